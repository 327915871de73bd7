import type { Node, NodeCondition } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { ownershipOf, setOwnership } from '../apiserver/ownership/ownership.ts'
import type { Store, StoredResource, StoreEvent } from '../apiserver/store.ts'
import type { Presenter } from '../apiserver/stored-objects.ts'
import { type Calendar, rfc3339, rfc3339Micro } from '../kernel/calendar.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { SignsOfLife } from '../node/kubelet/signs-of-life.ts'

const leases = 'leases.coordination.k8s.io'

/** Source: core/v1 types.go, NamespaceNodeLease. */
const leaseNamespace = 'kube-node-lease'

/** A node, as far as its signs of life go. */
export interface LivingNode {
  readonly kubelet: { readonly signs: SignsOfLife }
  readonly clock: Calendar
  /** Signs of life are told one by one. */
  readonly isThreatened: boolean
}

/** Conditions that a kubelet reports. Source: pkg/kubelet/kubelet_node_status.go, defaultNodeStatusFuncs. */
const reported: ReadonlySet<string> = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'])

/**
 * Nodes and leases look as if every sign of life had been told: whoever reads them sees the dates of the last one, told or only
 * computed, and a write of them stores what was seen. Their resourceVersions are those of what was written.
 */
export function presentHeartbeats(store: Store, nodes: ReadonlyMap<string, LivingNode>): void {
  store.collection('nodes').presents = new Dated(
    ({ metadata }) => nodes.get(metadata.name),
    ({ kubelet }) => {
      const last = kubelet.signs.report()
      return last === undefined || last.isTold ? undefined : last.at
    },
    ({ kubelet }) => kubelet.signs.nextUnseenReport(),
    (object, at) => withHeartbeats(object as Node, rfc3339(at)),
  )
  store.collection(leases).presents = new Dated(
    ({ metadata }) => (metadata.namespace === leaseNamespace ? nodes.get(metadata.name) : undefined),
    ({ kubelet, isThreatened }) => (isThreatened ? undefined : kubelet.signs.unseenRenewal()),
    ({ kubelet }) => kubelet.signs.nextUnseenRenewal(),
    (object, at) => withRenewTime(object, rfc3339Micro(at)),
  )
}

/** Whether a node's lease was taken away: its kubelet finds out at the next renewal, and makes another. */
export function isLostLease(resource: StoredResource, event: StoreEvent): boolean {
  return resource === leases && event.type === 'DELETED' && event.object.metadata.namespace === leaseNamespace
}

interface Look {
  readonly stored: KubeObject
  readonly at: VirtualMs
  readonly seen: KubeObject
}

class Dated implements Presenter {
  /** The last look at each node: two looks in between which nothing was told see the same object. */
  readonly #looks = new Map<LivingNode, Look>()
  readonly #nodeOf: (object: KubeObject) => LivingNode | undefined
  readonly #lastUnseen: (node: LivingNode) => VirtualMs | undefined
  readonly #nextUnseen: (node: LivingNode) => VirtualMs | undefined
  readonly #date: (object: KubeObject, epochMs: number) => KubeObject

  constructor(
    nodeOf: (object: KubeObject) => LivingNode | undefined,
    lastUnseen: (node: LivingNode) => VirtualMs | undefined,
    nextUnseen: (node: LivingNode) => VirtualMs | undefined,
    date: (object: KubeObject, epochMs: number) => KubeObject,
  ) {
    this.#nodeOf = nodeOf
    this.#lastUnseen = lastUnseen
    this.#nextUnseen = nextUnseen
    this.#date = date
  }

  seen(stored: KubeObject): KubeObject {
    const node = this.#nodeOf(stored)
    const at = node && this.#lastUnseen(node)
    if (node === undefined || at === undefined) return stored
    const last = this.#looks.get(node)
    if (last?.stored === stored && last.at === at) return last.seen
    const seen = setOwnership(this.#date(stored, node.clock.at(at)), ownershipOf(stored))
    this.#looks.set(node, { stored, at, seen })
    return seen
  }

  changesAt(stored: KubeObject): VirtualMs | undefined {
    const node = this.#nodeOf(stored)
    return node && this.#nextUnseen(node)
  }
}

function withHeartbeats(node: Node, lastHeartbeatTime: string): Node {
  const conditions = node.status?.conditions?.map(
    (condition): NodeCondition => (reported.has(condition.type) ? { ...condition, lastHeartbeatTime } : condition),
  )
  return conditions === undefined ? node : { ...node, status: { ...node.status, conditions } }
}

function withRenewTime(lease: KubeObject, renewTime: string): KubeObject {
  const { spec } = lease as { readonly spec?: object } // a Lease
  return { ...lease, spec: { ...spec, renewTime } } as KubeObject
}
