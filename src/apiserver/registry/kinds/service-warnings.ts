import type { Service } from '../../../api/types/services.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

const topologyHints = 'service.kubernetes.io/topology-aware-hints'

/** What of a Service does nothing, or will not for long. Source: pkg/api/service/warnings.go, GetWarningsForService. */
export function serviceWarnings({ metadata, spec = {} }: Service, minor: number): readonly string[] {
  const told: string[] = []
  const { type = '', externalIPs = [], externalName = '', loadBalancerIP = '' } = spec
  const isHeadless = type === 'ClusterIP' && spec.clusterIP === 'None'
  if (has(minor, apiServer.warnsOfTopologyHints) && Object.hasOwn(metadata.annotations ?? {}, topologyHints)) {
    told.push(`annotation ${topologyHints} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  }
  if (isHeadless && has(minor, apiServer.warnsOfHeadlessFields)) {
    const tail = 'is ignored for headless services'
    if (loadBalancerIP !== '') told.push(`spec.loadBalancerIP ${tail}`)
    if (externalIPs.length > 0) told.push(`spec.externalIPs ${tail}`)
    if (spec.sessionAffinity !== 'None') told.push(`spec.SessionAffinity ${tail}`)
  }
  const isName = type === 'ExternalName'
  if (externalIPs.length > 0 && !isHeadless && !isName && has(minor, apiServer.warnsOfExternalIps)) {
    told.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (has(minor, apiServer.warnsOfIgnoredServiceFields)) {
    if (isName && externalIPs.length > 0) told.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
    if (!isName && externalName !== '') told.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  const { trafficDistribution } = spec as { readonly trafficDistribution?: string } // a member that the type leaves out
  if (trafficDistribution === 'PreferClose' && has(minor, apiServer.warnsOfPreferClose)) {
    told.push(`spec.trafficDistribution: ${goQuote('PreferClose')} is deprecated; use ${goQuote('PreferSameZone')}`)
  }
  return told
}
