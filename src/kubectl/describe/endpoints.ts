import { at, listAt, numberAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Failure } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { type Describing, describeHead, describeLabels, describeOwnEvents } from './common.ts'

/** Source: kubectl pkg/describe/describe.go. */

/** Where the Pods of a Service are. */
export interface ServiceAddresses {
  /** At most three addresses of a port, named as the Service names it. */
  of(port: string): string
  /** Why nobody knows them. */
  readonly failure: Failure | undefined
}

/** Reads Endpoints, or from kubectl 1.31 on EndpointSlices. Source: describeService, describeBackendV1. */
export function* serviceAddresses(session: Session, namespace: string, name: string): Steps<ServiceAddresses> {
  const isNew = session.version.readsEndpointSlices
  const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`)
  const path = isNew
    ? `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`
    : `/api/v1/namespaces/${namespace}/endpoints/${name}`
  const found = yield* session.rest.tryRequest('GET', path)
  return {
    of: (port) => {
      const lists = listAt(found.ok ? found.value : undefined, isNew ? 'items' : 'subsets')
      if (lists.length === 0) return '<none>'
      const all = lists.flatMap((list) => (isNew ? addressesOfSlice(list, port) : addressesOfSubset(list, port)))
      const shown = all.slice(0, 3).join(',')
      return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown
    },
    failure: found.ok ? undefined : found.failure,
  }
}

/** Source: formatEndpoints. */
function addressesOfSubset(subset: unknown, portName: string): readonly string[] {
  const addresses = listAt(subset, 'addresses').map((address) => textAt(address, 'ip'))
  return onPorts(listAt(subset, 'ports'), portName, addresses)
}

/** Those that are ready, or of which nobody says. Source: formatEndpointSlices. */
function addressesOfSlice(slice: unknown, portName: string): readonly string[] {
  const ready = listAt(slice, 'endpoints').filter((endpoint) => at(endpoint, 'conditions', 'ready') !== false)
  const addresses = ready.map((endpoint) => String(listAt(endpoint, 'addresses')[0] ?? ''))
  return onPorts(listAt(slice, 'ports'), portName, addresses)
}

/** Headless Services may have no ports. */
function onPorts(ports: readonly unknown[], portName: string, addresses: readonly string[]): readonly string[] {
  if (ports.length === 0) return addresses
  return ports
    .filter((port) => textAt(port, 'name') === portName)
    .flatMap((port) => addresses.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${numberAt(port, ['port'])}`))
}

/** Addresses that are ready and not, by ports. Source: describeEndpoints. */
export function* describeEndpoints(d: Describing): Steps<void> {
  const { w, object } = d
  describeHead(d)
  w.line(0, 'Subsets:')
  for (const subset of listAt(object, 'subsets')) {
    const ips = (field: string): string =>
      listAt(subset, field)
        .map((address) => textAt(address, 'ip'))
        .join(',') || '<none>'
    w.field(1, 'Addresses', ips('addresses'))
    w.field(1, 'NotReadyAddresses', ips('notReadyAddresses'))
    const ports = listAt(subset, 'ports')
    if (ports.length > 0) {
      w.line(1, 'Ports:')
      w.line(2, 'Name\tPort\tProtocol')
      w.line(2, '----\t----\t--------')
    }
    for (const port of ports)
      w.line(2, `${textAt(port, 'name') || '<unset>'}\t${numberAt(port, ['port'])}\t${textAt(port, 'protocol')}`)
    w.line(0, '')
  }
  yield* describeOwnEvents(d)
}

/** Of `v1`, and of `v1beta1` with its topology. Source: describeEndpointSliceV1, describeEndpointSliceV1beta1. */
export function* describeEndpointSlice(d: Describing): Steps<void> {
  const { w, object } = d
  const isV1 = textAt(object, 'apiVersion') === 'discovery.k8s.io/v1'
  describeHead(d)
  w.field(0, 'AddressType', textAt(object, 'addressType'))
  const ports = listAt(object, 'ports')
  w.line(0, ports.length === 0 ? 'Ports: <unset>' : 'Ports:')
  if (ports.length > 0) {
    w.line(1, 'Name\tPort\tProtocol')
    w.line(1, '----\t----\t--------')
  }
  for (const port of ports)
    w.line(1, `${textAt(port, 'name') || '<unset>'}\t${textAt(port, 'port') || '<unset>'}\t${textAt(port, 'protocol')}`)
  const endpoints = listAt(object, 'endpoints')
  w.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:')
  for (const endpoint of endpoints) describeEndpoint(d, endpoint, isV1)
  yield* describeOwnEvents(d)
}

function describeEndpoint({ w }: Describing, endpoint: unknown, isV1: boolean): void {
  const orUnset = (...path: readonly string[]): string => textAt(endpoint, ...path) || '<unset>'
  w.field(1, '- Addresses', listAt(endpoint, 'addresses').join(isV1 ? ', ' : ',') || '<none>')
  w.line(2, 'Conditions:')
  w.field(3, 'Ready', orUnset('conditions', 'ready'))
  w.field(2, 'Hostname', orUnset('hostname'))
  const target = at(endpoint, 'targetRef')
  if (target !== undefined) w.field(2, 'TargetRef', `${textAt(target, 'kind')}/${textAt(target, 'name')}`)
  if (isV1) {
    w.field(2, 'NodeName', orUnset('nodeName'))
    w.field(2, 'Zone', orUnset('zone'))
  } else describeLabels(w, 'Topology', at(endpoint, 'topology'), '    ')
}
