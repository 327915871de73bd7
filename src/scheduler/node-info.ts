import { quantityValue } from '../api/quantity.ts'
import type { Node, Taint } from '../api/types/core.ts'
import { SparseMap } from '../kernel/sparse.ts'
import { type Amounts, addAmounts, anyAddress, type HostPort, type PodFacts } from './pod-facts.ts'

const noTaints: readonly Taint[] = []
const noPods: ReadonlyMap<string, PodFacts> = new Map()
const noLabels: Readonly<Record<string, string>> = {}

/**
 * A node and the Pods that count as on it, with their sums kept up to date: one exists for every node, and each look at
 * it is a field access. Source: pkg/scheduler/nodeinfo/node_info.go.
 */
export class NodeInfo {
  /** Undefined while Pods are known to be on a node that is not (or no longer) there. */
  node: Node | undefined
  readonly name: string
  labels: Readonly<Record<string, string>> = noLabels
  taints: readonly Taint[] = noTaints
  isUnschedulable = false
  /** Region and zone, or `''`. Source: pkg/util/node/node.go, GetZoneKey. */
  zone = ''
  readonly pods = new SparseMap<string, PodFacts>()
  /** How many of them: in a large cluster each Pod asks hundreds of nodes. */
  podCount = 0
  /** Those of `pods` that have affinity or anti-affinity; made with the first, for most nodes have none. */
  #withAffinity: Map<string, PodFacts> | undefined
  #withRequiredAntiAffinity: Map<string, PodFacts> | undefined
  readonly allocatable: Amounts = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined }
  readonly requested: Amounts = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined }
  allowedPods = 0
  nonZeroCpu = 0
  nonZeroMemory = 0
  /** `protocol port` -> address -> uses. */
  #ports: Map<string, Map<string, number>> | undefined

  constructor(name: string) {
    this.name = name
  }

  setNode(node: Node | undefined): void {
    this.node = node
    this.labels = node?.metadata.labels ?? noLabels
    this.taints = node?.spec?.taints ?? noTaints
    this.isUnschedulable = node?.spec?.unschedulable ?? false
    this.zone = zoneOf(this.labels)
    const list = node?.status?.allocatable
    Object.assign(this.allocatable, { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined })
    addAmounts(this.allocatable, list)
    this.allowedPods = quantityValue(list?.pods ?? '0')
  }

  get podsWithAffinity(): ReadonlyMap<string, PodFacts> {
    return this.#withAffinity ?? noPods
  }

  get podsWithRequiredAntiAffinity(): ReadonlyMap<string, PodFacts> {
    return this.#withRequiredAntiAffinity ?? noPods
  }

  addPod(pod: PodFacts): void {
    this.pods.set(pod.uid, pod)
    this.podCount = this.pods.size
    this.#count(pod, 1)
    if (pod.affinity !== undefined || pod.antiAffinity !== undefined)
      this.#withAffinity = (this.#withAffinity ?? new Map()).set(pod.uid, pod)
    if (pod.antiAffinity?.required.length)
      this.#withRequiredAntiAffinity = (this.#withRequiredAntiAffinity ?? new Map()).set(pod.uid, pod)
  }

  /** Takes a newer version of a Pod that asks for the same. */
  replacePod(pod: PodFacts): void {
    this.pods.set(pod.uid, pod)
    if (this.#withAffinity?.has(pod.uid)) this.#withAffinity.set(pod.uid, pod)
    if (this.#withRequiredAntiAffinity?.has(pod.uid)) this.#withRequiredAntiAffinity.set(pod.uid, pod)
  }

  removePod(uid: string): void {
    const pod = this.pods.get(uid)
    if (pod === undefined) return
    this.pods.delete(uid)
    this.podCount = this.pods.size
    this.#count(pod, -1)
    this.#withAffinity?.delete(uid)
    this.#withRequiredAntiAffinity?.delete(uid)
  }

  #count(pod: PodFacts, by: 1 | -1): void {
    const { requested } = this
    const { request } = pod
    requested.milliCpu += by * request.milliCpu
    requested.memory += by * request.memory
    requested.ephemeralStorage += by * request.ephemeralStorage
    this.nonZeroCpu += by * pod.nonZeroCpu
    this.nonZeroMemory += by * pod.nonZeroMemory
    if (request.scalars !== undefined) {
      requested.scalars ??= new Map()
      for (const [name, amount] of request.scalars) {
        requested.scalars.set(name, (requested.scalars.get(name) ?? 0) + by * amount)
      }
    }
    for (const port of pod.hostPorts) this.#countPort(port, by)
  }

  #countPort({ ip, protocol, port }: HostPort, by: 1 | -1): void {
    this.#ports ??= new Map()
    const key = `${protocol} ${port}`
    const addresses = this.#ports.get(key) ?? new Map<string, number>()
    this.#ports.set(key, addresses)
    const uses = (addresses.get(ip) ?? 0) + by
    if (uses > 0) addresses.set(ip, uses)
    else addresses.delete(ip)
    if (addresses.size === 0) this.#ports.delete(key)
  }

  /** Whether a Pod here uses a host port that `wanted` would need. Source: nodeinfo/host_ports.go, CheckConflict. */
  portConflicts(wanted: HostPort): boolean {
    const addresses = this.#ports?.get(`${wanted.protocol} ${wanted.port}`)
    if (addresses === undefined) return false
    return wanted.ip === anyAddress || addresses.has(anyAddress) || addresses.has(wanted.ip)
  }

  /** A copy to try things out on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name)
    copy.setNode(this.node)
    for (const pod of this.pods.values()) copy.addPod(pod)
    return copy
  }
}

function zoneOf(labels: Readonly<Record<string, string>>): string {
  const label = (old: string, stable: string) =>
    Object.hasOwn(labels, old) ? labels[old] : Object.hasOwn(labels, stable) ? labels[stable] : ''
  const zone = label('failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone')
  const region = label('failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region')
  return zone === '' && region === '' ? '' : `${region}:\0:${zone}`
}
