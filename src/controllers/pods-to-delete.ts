import { deletionCostOf } from '../api/deletion-cost.ts'
import type { Pod } from '../api/types/core.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { compareText, epochOf, isPodActive, isPodReady, podCondition } from './objects.ts'

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** From v1.22 on Pods may say what their deletion costs, and times are compared by their magnitude. */
export interface DeletionOrder {
  /** Pods of all ReplicaSets of the same owner: who shares a node with many of them goes first. */
  readonly related: readonly Pod[]
  readonly minor: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * The `count` Pods that go first when there are too many; `order` is what ReplicaSets look at beside the Pods themselves.
 * Source: pkg/controller/controller_utils.go, ActivePods, ActivePodsWithRanks; replica_set.go, getPodsToDelete.
 */
export function podsToDelete(pods: readonly Pod[], count: number, order?: DeletionOrder): readonly Pod[] {
  return count >= pods.length ? pods : orderToDelete(pods, order).slice(0, count)
}

/** Those that go first come first. */
export function orderToDelete(pods: readonly Pod[], order?: DeletionOrder): readonly Pod[] {
  const onNode = new Map<string, number>()
  for (const pod of order?.related ?? []) {
    if (!isPodActive(pod)) continue
    const node = pod.spec.nodeName ?? ''
    onNode.set(node, (onNode.get(node) ?? 0) + 1)
  }
  const rank = (pod: Pod) => onNode.get(pod.spec.nodeName ?? '') ?? 0
  const costs = order !== undefined && has(order.minor, controllers.podsHaveDeletionCosts)
  const scaled = order !== undefined && has(order.minor, controllers.comparesAgesByMagnitude)
  const sooner = scaled ? laterByMagnitude(order.now) : later
  return [...pods].sort((a, b) => compare(a, b, rank, costs ? deletionCost : () => 0, sooner))
}

type Later = (a: number | undefined, b: number | undefined, pods: readonly [Pod, Pod]) => number

/** Negative when `a` goes first. */
function compare(a: Pod, b: Pod, rank: (pod: Pod) => number, cost: (pod: Pod) => number, laterFirst: Later): number {
  const isBound = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName))
  if (isBound !== 0) return isBound
  const phase = (phaseOrder[a.status?.phase ?? ''] ?? 0) - (phaseOrder[b.status?.phase ?? ''] ?? 0)
  if (phase !== 0) return phase
  const ready = Number(isPodReady(a)) - Number(isPodReady(b))
  if (ready !== 0) return ready
  const cheaper = cost(a) - cost(b)
  if (cheaper !== 0) return cheaper
  const doubled = rank(b) - rank(a)
  if (doubled !== 0) return doubled
  const [readyA, readyB] = [readySince(a), readySince(b)]
  const since = isPodReady(a) && readyA !== readyB ? laterFirst(readyA, readyB, [a, b]) : 0
  if (since !== 0) return since
  const restarts = maxRestarts(b) - maxRestarts(a)
  if (restarts !== 0) return restarts
  const [madeA, madeB] = [epochOf(a.metadata.creationTimestamp), epochOf(b.metadata.creationTimestamp)]
  return madeA === madeB ? 0 : laterFirst(madeA, madeB, [a, b])
}

/** What is no whole number of 32 bits counts as 0. */
function deletionCost({ metadata }: Pod): number {
  return deletionCostOf(metadata.annotations) ?? 0
}

/** Ages in powers of two; of those of one magnitude the uid decides. Source: controller_utils.go, logarithmicRankDiff. */
const laterByMagnitude =
  (now: number): Later =>
  (a, b, pods) => {
    if (a === undefined || b === undefined) return later(a, b)
    const nanoseconds = 1e6
    const magnitude = (at: number) => (now > at ? Math.trunc(Math.log2((now - at) * nanoseconds)) : -1)
    const [uidA, uidB] = [pods[0].metadata.uid ?? '', pods[1].metadata.uid ?? '']
    return magnitude(a) - magnitude(b) || compareText(uidA, uidB)
  }

/** A time that is missing counts as later than any. */
function later(a: number | undefined, b: number | undefined): number {
  const [left, right] = [a ?? Number.MAX_SAFE_INTEGER, b ?? Number.MAX_SAFE_INTEGER]
  return right - left
}

function readySince(pod: Pod): number | undefined {
  return epochOf(podCondition(pod, 'Ready')?.lastTransitionTime)
}

function maxRestarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount))
}
