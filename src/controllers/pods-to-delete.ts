import type { Pod } from '../api/types/core.ts'
import { epochOf, isPodActive, isPodReady, podCondition } from './objects.ts'

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * The `count` Pods that go first when there are too many. `related` are the Pods of all ReplicaSets of the same owner.
 * Source: pkg/controller/controller_utils.go, ActivePodsWithRanks; replica_set.go, getPodsToDelete.
 */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number): readonly Pod[] {
  if (count >= pods.length) return pods
  const onNode = new Map<string, number>()
  for (const pod of related) {
    if (!isPodActive(pod)) continue
    const node = pod.spec.nodeName ?? ''
    onNode.set(node, (onNode.get(node) ?? 0) + 1)
  }
  const rank = (pod: Pod) => onNode.get(pod.spec.nodeName ?? '') ?? 0
  return [...pods].sort((a, b) => order(a, b, rank)).slice(0, count)
}

/** Negative when `a` goes first. */
function order(a: Pod, b: Pod, rank: (pod: Pod) => number): number {
  const isBound = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName))
  if (isBound !== 0) return isBound
  const phase = (phaseOrder[a.status?.phase ?? ''] ?? 0) - (phaseOrder[b.status?.phase ?? ''] ?? 0)
  if (phase !== 0) return phase
  const ready = Number(isPodReady(a)) - Number(isPodReady(b))
  if (ready !== 0) return ready
  const doubled = rank(b) - rank(a)
  if (doubled !== 0) return doubled
  const since = isPodReady(a) ? laterFirst(readySince(a), readySince(b)) : 0
  if (since !== 0) return since
  const restarts = maxRestarts(b) - maxRestarts(a)
  if (restarts !== 0) return restarts
  return laterFirst(epochOf(a.metadata.creationTimestamp), epochOf(b.metadata.creationTimestamp))
}

/** A time that is missing counts as later than any. */
function laterFirst(a: number | undefined, b: number | undefined): number {
  const [left, right] = [a ?? Number.MAX_SAFE_INTEGER, b ?? Number.MAX_SAFE_INTEGER]
  return right - left
}

function readySince(pod: Pod): number | undefined {
  return epochOf(podCondition(pod, 'Ready')?.lastTransitionTime)
}

function maxRestarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount))
}
