import { md5 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Node, Pod } from '../../api/types/core.ts'
import type { Endpoint, EndpointPort } from '../../api/types/services.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { mayBecomeReady, type Service, targetPort } from '../endpoint-subsets.ts'
import { compareText, isPodReady } from '../objects.ts'

/** Pods as members of slices. Source: staging/src/k8s.io/endpointslice/utils.go. */

/** Labels of nodes that v1beta1 tells as topology, beside the name. Source: v1.18 pkg/controller/endpointslice/utils.go. */
const zoneLabel = 'topology.kubernetes.io/zone'
const regionLabel = 'topology.kubernetes.io/region'
const hostnameLabel = 'kubernetes.io/hostname'

/** Whether a Pod is a member at all. Source: util/controller_utils.go, ShouldPodBeInEndpoints. */
export function isMember(service: Service, pod: Pod, minor: number): boolean {
  const { metadata, status } = pod
  if (!status?.podIP) return false
  if (!has(minor, controllers.slicesTellTermination)) {
    const { publishNotReadyAddresses = false } = service.spec
    if (!publishNotReadyAddresses && metadata.deletionTimestamp !== undefined) return false
    return publishNotReadyAddresses || isPodReady(pod) || mayBecomeReady(pod)
  }
  return status.phase !== 'Failed' && status.phase !== 'Succeeded'
}

/** Source: podToEndpoint. */
export function endpointOf(service: Service, pod: Pod, node: Node | undefined, minor: number): Endpoint {
  const { metadata, spec, status } = pod
  const { namespace = '', name, uid, resourceVersion } = metadata
  const serving = isPodReady(pod)
  const terminating = metadata.deletionTimestamp !== undefined
  const tellsTermination = has(minor, controllers.slicesTellTermination)
  const published = service.spec.publishNotReadyAddresses === true
  const ready = published || (serving && !(tellsTermination && terminating))
  const hasHostname = Boolean(spec.hostname) && spec.subdomain === service.metadata.name
  const tellsVersion = !has(minor, controllers.endpointsTellNoVersion) && resourceVersion !== undefined
  return {
    addresses: [status?.podIP ?? ''],
    conditions: tellsTermination ? { ready, serving, terminating } : { ready },
    ...(hasHostname ? { hostname: spec.hostname ?? '' } : {}),
    targetRef: {
      kind: 'Pod',
      namespace,
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(tellsVersion ? { resourceVersion } : {}),
    },
    ...placeOf(spec.nodeName, node, minor),
  }
}

function placeOf(nodeName: string | undefined, node: Node | undefined, minor: number): Partial<Endpoint> {
  const labels = node?.metadata.labels ?? {}
  const [zone, region] = [labels[zoneLabel], labels[regionLabel]]
  if (has(minor, controllers.slicesAreV1)) return { ...(nodeName ? { nodeName } : {}), ...(zone ? { zone } : {}) }
  const topology = {
    ...(nodeName ? { [hostnameLabel]: nodeName } : {}),
    ...(zone ? { [zoneLabel]: zone } : {}),
    ...(region ? { [regionLabel]: region } : {}),
  }
  return Object.keys(topology).length === 0 ? {} : { topology }
}

/** Ports of a Pod under the names of the Service. Source: getEndpointPorts. */
export function portsOf({ spec }: Service, pod: Pod, minor: number): readonly EndpointPort[] {
  const ports = (spec.ports ?? []).flatMap((port): readonly EndpointPort[] => {
    const number = targetPort(pod, port)
    if (number === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = port
    return [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
  return inOrderOfHash(ports, minor)
}

/** Ports stand in the order of their hashes. Source: controller_utils.go, portsInOrder, deepHashObjectToString. */
export function inOrderOfHash(ports: readonly EndpointPort[], minor: number): readonly EndpointPort[] {
  if (ports.length < 2) return ports
  const version = has(minor, controllers.slicesAreV1) ? 'v1' : 'v1beta1'
  const hash = ({ name = '', protocol = '', port = 0, appProtocol = '<nil>' }: EndpointPort): string => {
    const members = `Name:(*string)${name} Protocol:(*v1.Protocol)${protocol} Port:(*int32)${port} AppProtocol:(*string)${appProtocol}`
    return bytesToHex(md5(utf8ToBytes(`(${version}.EndpointPort){${members}}`)))
  }
  return ports
    .map((port) => ({ port, hash: hash(port) }))
    .sort((a, b) => compareText(a.hash, b.hash))
    .map(({ port }) => port)
}
