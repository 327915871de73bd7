import { selectorFromSet } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { Service, ServicePort } from '../../api/types/services.ts'
import { type Ending, isAddress, type ResolverConfig, type Wanted } from '../../shell/net/network.ts'
import { candidatesOf } from '../../shell/net/resolve.ts'
import { type NetworkObjects, parseServiceName, type ServiceName } from './names.ts'
import { usableBackends } from './proxy.ts'

/** Says in words why a program does not get what it wants of another, as far as the objects of the cluster tell. */

/** What is asked about. */
export interface Question {
  /** Of the Pod that asks. */
  readonly namespace: string
  readonly wanted: Wanted
  readonly ending: Ending
  readonly resolver: ResolverConfig
  /** What is the matter with the machine of an address. */
  problemOf(ip: string): string | undefined
}

/** `db:5432`, or the host alone. */
export function wantedText({ host, port }: Wanted): string {
  return port === undefined ? host : `${host}:${port}`
}

/** What it came to. */
export function endingText(ending: Ending): string {
  switch (ending.kind) {
    case 'reached':
      return 'reached'
    case 'unnamed':
      return 'no address is found for the name'
    case 'partly':
      return 'the name is found, but nslookup fails'
    case 'refused':
      return 'the connection is refused'
    case 'silent':
      return 'nothing answers'
    case 'unreachable':
      return 'nobody has the address'
    case 'status':
      return `the answer is ${ending.status}`
  }
}

/** Why; undefined: nothing is known of it. */
export function reasonOf(objects: NetworkObjects, question: Question): string | undefined {
  const { wanted, ending, resolver } = question
  if (ending.kind === 'reached' || ending.kind === 'status') return undefined
  // Source: busybox networking/nslookup.c since 1.29, send_queries, G.exitcode.
  if (ending.kind === 'partly') return 'it asks for the name in each domain of the search list, and not all have it'
  if (resolver.servers.length === 0 && ending.kind === 'unnamed') return 'the Pod has no name server'
  const named = serviceOf(objects, wanted.host, resolver)
  if (named.service === undefined) return ending.kind === 'unnamed' ? whyUnnamed(objects, named.asked) : undefined
  return whyService(objects, named.service, question)
}

interface Named {
  readonly asked: ServiceName | undefined
  readonly service: Service | undefined
}

/** The Service that a host means: the first of the names it may stand for that is there, or the first at all. */
function serviceOf(objects: NetworkObjects, host: string, resolver: ResolverConfig): Named {
  if (isAddress(host)) {
    const service = objects.list<Service>('services').find(({ spec }) => spec?.clusterIP === host)
    return { asked: undefined, service }
  }
  const names = candidatesOf(host, resolver).flatMap((name) => parseServiceName(name.toLowerCase()) ?? [])
  for (const asked of names) {
    const service = objects.get<Service>('services', asked.namespace, asked.service)
    if (service !== undefined) return { asked, service }
  }
  return { asked: meantBy(objects, names), service: undefined }
}

/** `db` may mean a Service of the own namespace, `db.prod` one of namespace prod rather than Pod db of Service prod. */
function meantBy(objects: NetworkObjects, names: readonly ServiceName[]): ServiceName | undefined {
  return names.find(({ namespace, host }) => host === undefined && isNamespace(objects, namespace)) ?? names.at(-1)
}

function isNamespace(objects: NetworkObjects, name: string): boolean {
  return objects.get('namespaces', '', name) !== undefined
}

function whyUnnamed(objects: NetworkObjects, asked: ServiceName | undefined): string | undefined {
  if (asked === undefined) return undefined
  const { namespace, service } = asked
  return isNamespace(objects, namespace)
    ? `there is no Service ${service} in namespace ${namespace}`
    : `there is no namespace ${namespace}`
}

function whyService(objects: NetworkObjects, service: Service, question: Question): string | undefined {
  const { wanted } = question
  const { ports = [], clusterIP, type } = service.spec ?? {}
  const name = nameOf(service)
  if (type === 'ExternalName') return undefined
  const isHeadless = clusterIP === 'None'
  if (question.ending.kind === 'unnamed' && !isHeadless)
    return `${name} is there, but not under the name that was asked for, without the search list`
  const port = ports.find((each) => each.port === wanted.port) ?? (wanted.port === undefined ? ports[0] : undefined)
  if (port === undefined && !isHeadless && wanted.port !== undefined)
    return `${name} has no port ${wanted.port}; it has ${ports.map((each) => each.port).join(', ') || 'none'}`
  const ready = usableBackends(objects, service, (port ?? ports[0])?.name ?? '')
  if (ready.length === 0) return `${name} has no endpoints: ${whyNoEndpoints(objects, service, port ?? ports[0])}`
  return whyBehind(objects, service, ready, question)
}

/** There are endpoints, and what lies behind them does not take the connection. */
function whyBehind(
  objects: NetworkObjects,
  service: Service,
  ready: readonly { readonly ip: string; readonly port: number }[],
  { ending, wanted, problemOf }: Question,
): string | undefined {
  const problems = [...new Set(ready.flatMap(({ ip }) => problemOf(ip) ?? []))]
  if (ending.kind === 'silent' && problems.length > 0)
    return `${nameOf(service)} leads to a node that does not answer: ${problems.join(', ')}`
  if (ending.kind !== 'refused') return undefined
  const isHeadless = service.spec?.clusterIP === 'None'
  const port = isHeadless ? wanted.port : ready[0]?.port
  const pods = selectedPods(objects, service).filter(({ status }) => ready.some(({ ip }) => ip === status?.podIP))
  return pods.length === 0 ? undefined : `nothing listens on port ${port} of ${podNames(pods)}`
}

/** What is missing for a Service to have endpoints. Source: pkg/controller/endpointslice: who is a member, and when it is ready. */
function whyNoEndpoints(objects: NetworkObjects, service: Service, port: ServicePort | undefined): string {
  const selector = Object.entries(service.spec?.selector ?? {})
  if (selector.length === 0) return 'it selects no Pods, and nobody else gives it any'
  const pods = selectedPods(objects, service)
  if (pods.length === 0) {
    const labels = selector.map(([key, value]) => `${key}=${value}`).join(',')
    return `no Pod of namespace ${service.metadata.namespace ?? ''} has ${labels}`
  }
  const ready = pods.filter(isReadyPod)
  if (ready.length > 0 && typeof port?.targetPort === 'string' && !ready.some((pod) => hasPort(pod, port.targetPort)))
    return `${podNames(ready)} ${ready.length === 1 ? 'has' : 'have'} no port named ${port.targetPort}`
  return `${podNames(pods)} ${pods.length === 1 ? 'is' : 'are'} not ready`
}

function selectedPods(objects: NetworkObjects, { metadata, spec }: Service): readonly Pod[] {
  if (Object.keys(spec?.selector ?? {}).length === 0) return []
  const selector = selectorFromSet(spec?.selector ?? {})
  return objects.list<Pod>('pods', metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels))
}

function isReadyPod({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
}

function hasPort({ spec }: Pod, name: number | string | undefined): boolean {
  return spec.containers.some(({ ports = [] }) => ports.some((port) => port.name === name))
}

/** At most three, and how many more. */
function podNames(pods: readonly Pod[]): string {
  const names = pods.slice(0, 3).map(({ metadata }) => metadata.name)
  const more = pods.length - names.length
  return `${pods.length === 1 ? 'Pod' : 'Pods'} ${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}

function nameOf({ metadata }: Service): string {
  return `Service ${metadata.namespace ?? ''}/${metadata.name}`
}
