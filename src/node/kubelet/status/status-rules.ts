import { equalJson } from '../../../api/json.ts'
import { mayRestart } from '../../../api/may-restart.ts'
import { isSidecar } from '../../../api/pod-references.ts'
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../../api/types/core.ts'
import { exact } from '../../../kernel/exact.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { isStatic } from '../pods/static-pod.ts'
import { resizeConditions } from '../resize/resize-conditions.ts'

/** Source: pkg/kubelet/types/pod_status.go, PodConditionsByKubelet. */
export const ownConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  ...resizeConditions,
])

/**
 * The status of a Pod that is over: what still seemed to run ended in an unknown way. From v1.22 on so did what waited, of
 * init containers only the first ones, down to the last that ever ran; from v1.27 on the phase is terminal.
 * Source: status_manager.go, TerminatePod, hasPodInitialized, initializedContainers.
 */
export function terminatedStatus(
  pod: Pod,
  before: PodStatus,
  facts: Pick<KubeletFacts, 'waitingEndsWithPod' | 'terminatedPodsFail'>,
): PodStatus {
  const { containerStatuses, initContainerStatuses } = before
  const waitingCounts = facts.waitingEndsWithPod
  const isEnded = !waitingCounts || hasInitialized(pod, before)
  const begun = waitingCounts
    ? Math.max(1, (initContainerStatuses ?? []).findLastIndex(hasRun) + 1)
    : Number.POSITIVE_INFINITY
  const isFinal = before.phase === 'Succeeded' || before.phase === 'Failed'
  return {
    ...before,
    ...(containerStatuses === undefined || !isEnded
      ? {}
      : { containerStatuses: containerStatuses.map((status) => ended(status, waitingCounts)) }),
    ...(initContainerStatuses === undefined
      ? {}
      : {
          initContainerStatuses: initContainerStatuses.map((status, at) =>
            at < begun ? ended(status, waitingCounts) : status,
          ),
        }),
    ...(facts.terminatedPodsFail && !isFinal && !isStatic(pod) ? { phase: 'Failed' } : {}),
  }
}

function hasRun({ state, lastState }: ContainerStatus): boolean {
  return state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined
}

function hasInitialized({ spec }: Pod, { containerStatuses = [], initContainerStatuses = [] }: PodStatus): boolean {
  const last = spec.initContainers?.at(-1)
  if (last === undefined) return true
  if (
    containerStatuses.some(
      ({ state, lastState }) => lastState?.terminated !== undefined || state?.waiting === undefined,
    )
  )
    return true
  const status = initContainerStatuses.find(({ name }) => name === last.name)
  if (isSidecar(last)) return status?.started === true
  return status?.state?.terminated?.exitCode === 0 || status?.lastState?.terminated?.exitCode === 0
}

function ended(status: ContainerStatus, waitingCounts: boolean): ContainerStatus {
  if (status.state?.terminated !== undefined) return status
  if (status.state?.waiting !== undefined && !waitingCounts) return status
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
  if (resizeConditions.some((type) => conditionOf(before, type) && !conditionOf(after, type))) return false
  // What changes most often is looked at first.
  if (before.phase !== after.phase || !equalJson(before.containerStatuses, after.containerStatuses)) return false
  return equalJson({ ...before, conditions: undefined }, { ...after, conditions: undefined })
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
  if ((pod.spec.restartPolicy ?? 'Always') === 'Always') return true
  const groups = [
    [pod.spec.containers, before.containerStatuses, after.containerStatuses],
    [pod.spec.initContainers, before.initContainerStatuses, after.initContainerStatuses],
  ] as const
  for (const [containers, old, next] of groups)
    for (const status of old ?? []) {
      const terminated = status.state?.terminated
      const container = containers?.find(({ name }) => name === status.name) ?? status
      if (terminated === undefined || mayRestart(container, pod.spec, terminated.exitCode)) continue
      const now = next?.find(({ name }) => name === status.name)
      if (now !== undefined && now.state?.terminated === undefined) return false
    }
  return true
}

/** A status, with the very objects of another one where both say the same. */
export function sharedStatus(own: PodStatus, other: PodStatus): PodStatus {
  if (equalJson(own, other)) return other
  const shared: Record<string, unknown> = { ...own }
  const found: Readonly<Record<string, unknown>> = { ...other }
  for (const key in shared) if (equalJson(shared[key], found[key])) shared[key] = found[key]
  const conditions = own.conditions?.map((one) => {
    const there = conditionOf(other, one.type)
    return there !== undefined && equalJson(one, there) ? there : one
  })
  if (conditions !== undefined) shared.conditions = conditions
  return exact(shared) as PodStatus // its members are those of `own`
}
