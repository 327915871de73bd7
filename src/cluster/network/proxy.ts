import type { Endpoints, Service, ServicePort } from '../../api/types/services.ts'
import { has } from '../../versions/changes.ts'
import { network } from '../../versions/network.ts'
import { type NetworkObjects, slicesOf } from './names.ts'

/** Where a connection to a Service may go. */
export interface Backend {
  readonly ip: string
  readonly port: number
}

/**
 * What kube-proxy (mode iptables) does with a connection to an address of the Services' network: `none`: the Service has no endpoints,
 * so that it is rejected; `nowhere`: no Service has that address and port, so that no rule takes it and nothing answers.
 * Source: pkg/proxy/iptables/proxier.go, syncProxyRules (`has no endpoints`, REJECT).
 */
export type Proxied = readonly Backend[] | 'none' | 'nowhere'

/** By the address and the port that a Service has within the cluster. */
export function backendsOfAddress(objects: NetworkObjects, ip: string, port: number): Proxied {
  const service = objects.list<Service>('services').find(({ spec }) => spec?.clusterIP === ip)
  return backendsOf(objects, service, ({ port: own }) => own === port)
}

/** The same by the port that a Service has on every node. */
export function backendsOfNodePort(objects: NetworkObjects, nodePort: number): Proxied {
  const isMeant = (port: ServicePort): boolean => port.nodePort === nodePort
  const service = objects.list<Service>('services').find(({ spec }) => spec?.ports?.some(isMeant))
  return backendsOf(objects, service, isMeant)
}

function backendsOf(
  objects: NetworkObjects,
  service: Service | undefined,
  isMeant: (port: ServicePort) => boolean,
): Proxied {
  const port = service?.spec?.ports?.find((each) => (each.protocol ?? 'TCP') === 'TCP' && isMeant(each))
  if (service === undefined || port === undefined) return 'nowhere'
  const found = usableBackends(objects, service, port.name ?? '')
  return found.length === 0 ? 'none' : found
}

/** Endpoints behind a port of a Service that connections go to, in the order of their addresses. */
export function usableBackends(objects: NetworkObjects, { metadata }: Service, port: string): readonly Backend[] {
  const { namespace = '', name } = metadata
  const found = has(objects.minor, network.servesBySlices)
    ? bySlices(objects, namespace, name, port)
    : byEndpoints(objects.get<Endpoints>('endpoints', namespace, name), port)
  return [...found].sort((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : a.port - b.port))
}

/** Those that are ready; where there are none, those that end and are ready still. Source: pkg/proxy/topology.go, CategorizeEndpoints. */
function bySlices(objects: NetworkObjects, namespace: string, name: string, port: string): readonly Backend[] {
  const all = slicesOf(objects, namespace, name).flatMap(({ endpoints, ports }) => {
    const number = (ports ?? []).find((each) => (each.name ?? '') === port)?.port
    if (number === undefined) return []
    return (endpoints ?? []).flatMap(({ addresses, conditions = {} }) =>
      addresses.slice(0, 1).map((ip) => ({ ip, port: number, conditions })),
    )
  })
  const ready = all.filter(({ conditions }) => conditions.ready !== false)
  const ending = all.filter(({ conditions }) => conditions.serving === true && conditions.terminating === true)
  const chosen = ready.length > 0 || !has(objects.minor, network.servesWhileEnding) ? ready : ending
  return chosen.map(({ ip, port: number }) => ({ ip, port: number }))
}

function byEndpoints(endpoints: Endpoints | undefined, port: string): readonly Backend[] {
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    const number = ports.find((each) => (each.name ?? '') === port)?.port
    return number === undefined ? [] : addresses.map(({ ip = '' }) => ({ ip, port: number }))
  })
}
