import { jsonEqual } from '../../../api/json-equal.ts'
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../../api/types/core.ts'

/** Source: pkg/kubelet/types/pod_status.go, PodConditionsByKubelet. */
export const ownConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
])

/** The Pod is over: what still seemed to run ended in an unknown way. */
export function ended(status: ContainerStatus): ContainerStatus {
  if (status.state?.terminated !== undefined || status.state?.waiting !== undefined) return status
  return {
    ...status,
    state: {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
        startedAt: null,
        finishedAt: null,
      },
    },
  }
}

/** Equal as far as the kubelet writes: transition times do not count. Source: isPodStatusByKubeletEqual. */
export function sameForKubelet(before: PodStatus, after: PodStatus): boolean {
  for (const condition of after.conditions ?? []) {
    if (!ownConditions.has(condition.type)) continue
    const old = conditionOf(before, condition.type)
    if (old === undefined || !sameCondition(old, condition)) return false
  }
  // What changes most often is looked at first.
  if (before.phase !== after.phase || !jsonEqual(before.containerStatuses, after.containerStatuses)) return false
  return jsonEqual({ ...before, conditions: undefined }, { ...after, conditions: undefined })
}

/** The condition of a type. */
export function conditionOf({ conditions }: PodStatus, type: string): PodCondition | undefined {
  if (conditions !== undefined) for (const condition of conditions) if (condition.type === type) return condition
  return undefined
}

function sameCondition(a: PodCondition, b: PodCondition): boolean {
  return a.status === b.status && a.message === b.message && a.reason === b.reason
}

/** What ended stays ended unless the restart policy allows it. Source: checkContainerStateTransition. */
export function isLegal(before: PodStatus, after: PodStatus, pod: Pod): boolean {
  const policy = pod.spec.restartPolicy ?? 'Always'
  if (policy === 'Always') return true
  const groups = [
    [before.containerStatuses, after.containerStatuses],
    [before.initContainerStatuses, after.initContainerStatuses],
  ] as const
  for (const [old, next] of groups)
    for (const status of old ?? []) {
      const terminated = status.state?.terminated
      if (terminated === undefined || (terminated.exitCode !== 0 && policy === 'OnFailure')) continue
      const now = next?.find(({ name }) => name === status.name)
      if (now !== undefined && now.state?.terminated === undefined) return false
    }
  return true
}
