import { addAmounts as addTexts, type Amounts as Texts } from '../api/amounts.ts'
import { type Selector, selectorFromObject } from '../api/label-selector.ts'
import { isSidecar } from '../api/pod-references.ts'
import { quantityMilliValue, quantityValue } from '../api/quantity.ts'
import type { Container, Pod, PodAffinityTerm, PodSpec, ResourceRequirements } from '../api/types/core.ts'

/** Amounts as the scheduler counts them: thousandths of a CPU, bytes, whole units of the others. */
export interface Amounts {
  milliCpu: number
  memory: number
  ephemeralStorage: number
  /** Extended resources, huge pages. Undefined: none. */
  scalars: Map<string, number> | undefined
}

export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>
  readonly selector: Selector
  readonly topologyKey: string
  /** Of preferred terms. */
  readonly weight: number
}

/** Pod affinity or anti-affinity with parsed selectors. */
export interface AffinityTerms {
  readonly required: readonly AffinityTerm[]
  readonly preferred: readonly AffinityTerm[]
}

/** What the scheduler needs of a Pod again and again, worked out once. */
export interface PodFacts {
  readonly pod: Pod
  readonly uid: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly priority: number
  readonly request: Readonly<Amounts>
  readonly requestsNothing: boolean
  /** As `request`, with a default for containers that ask for nothing: what scores go by. */
  readonly nonZeroCpu: number
  readonly nonZeroMemory: number
  readonly hostPorts: readonly HostPort[]
  readonly affinity: AffinityTerms | undefined
  readonly antiAffinity: AffinityTerms | undefined
}

/** Stand-ins for containers without requests. Source: pkg/scheduler/util/non_zero.go. */
const defaultRequest = { milliCpu: 100, memory: 200 * 1024 * 1024 } as const

type SpecFacts = Pick<PodFacts, 'request' | 'requestsNothing' | 'nonZeroCpu' | 'nonZeroMemory' | 'hostPorts'>

const noLabels = {}

/** What identifies a Pod; every Pod from the API server has a uid. */
export function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? `${metadata.namespace}/${metadata.name}`
}

export function podFacts(pod: Pod): PodFacts {
  const { namespace = '', labels = noLabels } = pod.metadata
  const spec = specFacts(pod.spec)
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  return {
    pod,
    uid: uidOf(pod),
    namespace,
    labels,
    priority: pod.spec.priority ?? 0,
    request: spec.request,
    requestsNothing: spec.requestsNothing,
    nonZeroCpu: spec.nonZeroCpu,
    nonZeroMemory: spec.nonZeroMemory,
    hostPorts: spec.hostPorts,
    affinity: podAffinity && affinityTerms(podAffinity, namespace),
    antiAffinity: podAntiAffinity && affinityTerms(podAntiAffinity, namespace),
  }
}

/** Source: pkg/scheduler/nodeinfo/node_info.go, calculateResource. */
function specFacts(spec: PodSpec): SpecFacts {
  const request: Amounts = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined }
  let nonZeroCpu = 0
  let nonZeroMemory = 0
  for (const { resources } of [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)]) {
    addAmounts(request, resources?.requests)
    nonZeroCpu += cpuOrDefault(resources)
    nonZeroMemory += memoryOrDefault(resources)
  }
  // An init container runs beside the sidecars before it.
  let sidecars: readonly Container[] = []
  for (const container of spec.initContainers ?? []) {
    const together = [...sidecars, container]
    if (isSidecar(container)) sidecars = together
    raiseAmounts(request, sumOfRequests(together))
    nonZeroCpu = Math.max(nonZeroCpu, sum(together, cpuOrDefault))
    nonZeroMemory = Math.max(nonZeroMemory, sum(together, memoryOrDefault))
  }
  addAmounts(request, spec.overhead)
  if (spec.overhead?.cpu !== undefined) nonZeroCpu += milliOf(spec.overhead.cpu)
  if (spec.overhead?.memory !== undefined) nonZeroMemory += unitsOf(spec.overhead.memory)
  const { milliCpu, memory, ephemeralStorage, scalars } = request
  const requestsNothing = milliCpu === 0 && memory === 0 && ephemeralStorage === 0 && scalars === undefined
  const hostPorts = hostPortsOf(spec)
  return { request: requestsNothing ? nothing : request, requestsNothing, nonZeroCpu, nonZeroMemory, hostPorts }
}

/** Most Pods ask for nothing. */
const nothing: Readonly<Amounts> = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined }

function sum(containers: readonly Container[], of: (resources: ResourceRequirements | undefined) => number): number {
  return containers.reduce((total, { resources }) => total + of(resources), 0)
}

function sumOfRequests(containers: readonly Container[]): ResourceList {
  const [first, ...others] = containers
  if (others.length === 0) return first?.resources?.requests
  return containers.reduce<Texts>((total, { resources }) => addTexts(total, resources?.requests), {})
}

function cpuOrDefault(resources: ResourceRequirements | undefined): number {
  const text = resources?.requests?.cpu
  return text === undefined ? defaultRequest.milliCpu : milliOf(text)
}

function memoryOrDefault(resources: ResourceRequirements | undefined): number {
  const text = resources?.requests?.memory
  return text === undefined ? defaultRequest.memory : unitsOf(text)
}

/** Numbers of texts that came before; Pods of one kind ask for the same. */
const milliValues = new Map<string, number>()
const values = new Map<string, number>()
/** Far more texts than differ in one scenario, and no leak for hostile ones. */
const rememberedMax = 4096

function milliOf(text: string): number {
  return remembered(milliValues, text, quantityMilliValue)
}

function unitsOf(text: string): number {
  return remembered(values, text, quantityValue)
}

function remembered(known: Map<string, number>, text: string, parse: (text: string) => number): number {
  const value = known.get(text)
  if (value !== undefined) return value
  if (known.size >= rememberedMax) known.clear()
  const parsed = parse(text)
  known.set(text, parsed)
  return parsed
}

type ResourceList = Readonly<Record<string, string>> | undefined

/** Adds a resource list. `pods` is not an amount of a Pod. */
export function addAmounts(sum: Amounts, list: ResourceList): void {
  if (list === undefined) return
  for (const name in list) change(sum, name, list[name] ?? '0', add)
}

function raiseAmounts(sum: Amounts, list: ResourceList): void {
  if (list === undefined) return
  for (const name in list) change(sum, name, list[name] ?? '0', Math.max)
}

function add(a: number, b: number): number {
  return a + b
}

function change(sum: Amounts, name: string, text: string, merge: (a: number, b: number) => number): void {
  switch (name) {
    case 'cpu':
      sum.milliCpu = merge(sum.milliCpu, milliOf(text))
      break
    case 'memory':
      sum.memory = merge(sum.memory, unitsOf(text))
      break
    case 'ephemeral-storage':
      sum.ephemeralStorage = merge(sum.ephemeralStorage, unitsOf(text))
      break
    case 'pods':
      break
    default:
      sum.scalars ??= new Map()
      sum.scalars.set(name, merge(sum.scalars.get(name) ?? 0, unitsOf(text)))
  }
}

function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  let ports: HostPort[] | undefined
  for (const container of spec.containers) {
    for (const { hostPort = 0, protocol = 'TCP', hostIP = '' } of container.ports ?? []) {
      if (hostPort <= 0) continue
      ports ??= []
      ports.push({ ip: hostIP || anyAddress, protocol: protocol || 'TCP', port: hostPort })
    }
  }
  return ports ?? noPorts
}

const noPorts: readonly HostPort[] = []

/** A host port without an address is taken on all. Source: pkg/scheduler/nodeinfo/host_ports.go, DefaultBindAllHostIP. */
export const anyAddress = '0.0.0.0'

type PodAffinity = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>

function affinityTerms(affinity: PodAffinity, namespace: string): AffinityTerms {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return {
    required: required.map((term) => affinityTerm(term, namespace, 0)),
    preferred: preferred.map(({ weight, podAffinityTerm }) => affinityTerm(podAffinityTerm, namespace, weight)),
  }
}

/** Source: pkg/scheduler/util/topologies.go: without namespaces a term is about the Pod's own. */
function affinityTerm(term: PodAffinityTerm, namespace: string, weight: number): AffinityTerm {
  const namespaces = new Set(term.namespaces?.length ? term.namespaces : [namespace])
  return { namespaces, selector: selectorFromObject(term.labelSelector), topologyKey: term.topologyKey, weight }
}

export function termSelects(term: AffinityTerm, pod: PodFacts): boolean {
  return term.namespaces.has(pod.namespace) && term.selector.matches(pod.labels)
}
