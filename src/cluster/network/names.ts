import type { KubeObject } from '../../api/types/meta.ts'
import type { EndpointSlice, Endpoints, Service } from '../../api/types/services.ts'
import { isAddress, type NameAnswer } from '../../shell/net/network.ts'
import { has } from '../../versions/changes.ts'
import { network } from '../../versions/network.ts'

/** What of a cluster its network is made from: the objects as they are stored now. */
export interface NetworkObjects {
  readonly minor: number
  get<T extends KubeObject>(kind: NetworkKind, namespace: string, name: string): T | undefined
  list<T extends KubeObject>(kind: NetworkKind, namespace?: string): readonly T[]
}
/** As the store calls them. */
export type NetworkKind = 'services' | 'endpoints' | 'endpointslices.discovery.k8s.io' | 'pods' | 'namespaces'

/** Source: cmd/kubeadm/app/constants/constants.go, GetDNSIP: the tenth address of the Services' network. */
export const dnsAddress = '10.96.0.10'
/** Source: kubeadm's default, networking.dnsDomain. */
export const clusterDomain = 'cluster.local'

/** Where a name of the cluster's domain leads to. `host`: of a Pod behind the Service. */
export interface ServiceName {
  readonly namespace: string
  readonly service: string
  readonly host: string | undefined
}

/** The parts of `[host.]service.namespace.svc.cluster.local`. Source: coredns plugin/kubernetes/parse.go, parseRequest. */
export function parseServiceName(name: string): ServiceName | undefined {
  if (!name.endsWith(`.svc.${clusterDomain}`)) return undefined
  const parts = name.slice(0, -`.svc.${clusterDomain}`.length).split('.')
  const [namespace = '', service = '', host, ...rest] = parts.reverse()
  return rest.length > 0 || parts.length < 2 ? undefined : { namespace, service, host }
}

/** What CoreDNS answers to a question for the addresses of a whole name. Source: coredns plugin/kubernetes/kubernetes.go, findServices. */
export function clusterAnswer(objects: NetworkObjects, asked: string): NameAnswer {
  const name = asked.toLowerCase()
  if (name === clusterDomain || name === `svc.${clusterDomain}`) return { kind: 'empty' }
  if (!name.endsWith(`.${clusterDomain}`)) return { kind: isOutside(name) ? 'outside' : 'unknown' }
  const pod = /^(\d+-\d+-\d+-\d+)\.([^.]+)\.pod\.cluster\.local$/.exec(name)
  if (pod !== null) return podAnswer(objects, (pod[1] ?? '').replaceAll('-', '.'), pod[2] ?? '')
  const ownNamespace = /^([^.]+)\.svc\.cluster\.local$/.exec(name)?.[1]
  if (ownNamespace !== undefined)
    return { kind: objects.get('namespaces', '', ownNamespace) === undefined ? 'unknown' : 'empty' }
  const parsed = parseServiceName(name)
  return parsed === undefined ? { kind: 'unknown' } : serviceAnswer(objects, parsed)
}

/** As kubeadm sets CoreDNS up: `pods insecure`, which answers for any address. */
function podAnswer(objects: NetworkObjects, address: string, namespace: string): NameAnswer {
  return isAddress(address) && objects.get('namespaces', '', namespace) !== undefined
    ? { kind: 'found', addresses: [address] }
    : { kind: 'unknown' }
}

function serviceAnswer(objects: NetworkObjects, { namespace, service: name, host }: ServiceName): NameAnswer {
  const service = objects.get<Service>('services', namespace, name)
  // The name server itself is no object of a simulated cluster.
  if (service === undefined && namespace === 'kube-system' && name === 'kube-dns')
    return { kind: 'found', addresses: [dnsAddress] }
  if (service === undefined) return { kind: 'unknown' }
  const { type, externalName = '', clusterIP = '' } = service.spec ?? {}
  if (type === 'ExternalName') return host === undefined ? aliasAnswer(objects, externalName) : { kind: 'unknown' }
  if (host === undefined && clusterIP !== 'None')
    return clusterIP === '' ? { kind: 'unknown' } : { kind: 'found', addresses: [clusterIP] }
  const addresses = readyAddresses(objects, namespace, name, host)
  return addresses.length === 0 ? { kind: 'unknown' } : { kind: 'found', addresses }
}

/** CoreDNS asks on for what an ExternalName stands for. */
function aliasAnswer(objects: NetworkObjects, externalName: string): NameAnswer {
  const target = externalName.replace(/\.$/, '')
  const answer = clusterAnswer(objects, target)
  return answer.kind === 'found' ? { ...answer, aliases: [target, ...(answer.aliases ?? [])] } : answer
}

/**
 * Addresses of the ready members of a headless Service, or of the one that has a host name. Who has none goes by its address with dashes.
 * Source: coredns plugin/kubernetes/object/endpoint.go, EndpointSliceToEndpoints; kubernetes.go, endpointHostname.
 */
function readyAddresses(objects: NetworkObjects, namespace: string, name: string, host?: string): readonly string[] {
  const isMeant = (ip: string, hostname: string | undefined): boolean =>
    host === undefined || host === (hostname || ip.replaceAll('.', '-'))
  const found = has(objects.minor, network.servesBySlices)
    ? slicesOf(objects, namespace, name).flatMap(({ endpoints }) =>
        (endpoints ?? []).flatMap(({ addresses, conditions, hostname }) =>
          conditions?.ready === false ? [] : addresses.filter((ip) => isMeant(ip, hostname)),
        ),
      )
    : (objects.get<Endpoints>('endpoints', namespace, name)?.subsets ?? []).flatMap(({ addresses = [] }) =>
        addresses.flatMap(({ ip = '', hostname }) => (isMeant(ip, hostname) ? [ip] : [])),
      )
  return [...new Set(found)].sort()
}

/** The slices of a Service. Source: discovery/v1 well_known_labels.go, LabelServiceName. */
export function slicesOf(objects: NetworkObjects, namespace: string, name: string): readonly EndpointSlice[] {
  return objects
    .list<EndpointSlice>('endpointslices.discovery.k8s.io', namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
}

/** The name of a Service's address. Source: coredns plugin/kubernetes/reverse.go, serviceRecordForIP. */
export function nameOfAddress(objects: NetworkObjects, ip: string): string | undefined {
  if (ip === dnsAddress) return `kube-dns.kube-system.svc.${clusterDomain}`
  const service = objects.list<Service>('services').find(({ spec }) => spec?.clusterIP === ip)
  return service && `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.${clusterDomain}`
}

/** Whether a name looks like one of the world outside, by its last label: nothing is known of what it leads to. */
export function isOutside(name: string): boolean {
  return /\.(?:[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|dev|app|cloud|internal|intranet|corp|lan|home)$/.test(name)
}
