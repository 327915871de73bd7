import type { Pod } from '../../api/types/core.ts'
import type { ResolverConfig } from '../../shell/net/network.ts'
import { clusterDomain, dnsAddress } from './names.ts'

/** A node's own: there is one name server, of which nothing is known. */
const ofNode: ResolverConfig = { servers: ['10.0.0.2'], searches: [], options: [] }

/** How the resolver of a Pod's containers is set up. Source: pkg/kubelet/network/dns/dns.go, GetPodDNS, appendDNSConfig. */
export function resolverOf(spec: Partial<Pod['spec']>, namespace: string): ResolverConfig {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = spec
  const isOfCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true)
  const base: ResolverConfig = isOfCluster
    ? {
        servers: [dnsAddress],
        searches: [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain],
        options: ['ndots:5'],
      }
    : dnsPolicy === 'None'
      ? { servers: [], searches: [], options: [] }
      : ofNode
  if (dnsConfig === undefined) return base
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const own = options.map(({ name = '', value }) => (value === undefined ? name : `${name}:${value}`))
  const named = new Set(options.map(({ name }) => name))
  return {
    servers: [...new Set([...base.servers, ...nameservers])],
    searches: [...new Set([...base.searches, ...searches])],
    options: [...base.options.filter((option) => !named.has(option.split(':')[0])), ...own],
  }
}

/**
 * The text of a container's /etc/resolv.conf. Source: containerd, parseDNSOptions; under docker pkg/kubelet/dockershim/docker_sandbox.go,
 * rewriteResolvFile.
 */
export function resolvConfText({ servers, searches, options }: ResolverConfig, isDocker: boolean): string {
  const search = searches.length === 0 ? [] : [`search ${searches.join(' ')}`]
  const name = servers.map((server) => `nameserver ${server}`)
  const rest = options.length === 0 ? [] : [`options ${options.join(' ')}`]
  const lines = isDocker ? [...name, ...search, ...rest] : [...search, ...name, ...rest]
  return lines.map((line) => `${line}\n`).join('')
}
