import type { ContainerStatus, Pod } from '../../api/types/core.ts'
import type { ExitCodes, JobPolicies, PodFailureRule } from '../../api/types/job-policies.ts'
import type { Job } from '../../api/types/workload-specs.ts'
import { epochOf } from '../objects.ts'
import { completionIndex, countIndexes, hasIndex, type Indexes, parseIndexes } from './indexes.ts'

/** What the policies of a Job make of its Pods; the API server keeps only those that its version knows. */

/** Source: batch/v1 types.go, JobIndexFailureCountAnnotation, JobIndexIgnoredFailureCountAnnotation. */
const failuresKey = 'batch.kubernetes.io/job-index-failure-count'
const ignoredKey = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** Source: job_controller.go, DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff. */
const backOffMs = 10_000
const backOffMaxMs = 600_000

interface Verdict {
  /** Whether it counts against the backoffLimit. */
  readonly counts: boolean
  readonly failsIndex?: boolean
  /** Why the Job fails. */
  readonly message?: string
}

/** What the first rule that fits says of a Pod that failed. Source: pod_failure_policy.go, matchPodFailurePolicy. */
export function verdictOf({ podFailurePolicy }: JobPolicies, pod: Pod): Verdict {
  for (const [at, rule] of (podFailurePolicy?.rules ?? []).entries()) {
    const reason = reasonOf(rule, pod)
    if (reason === undefined) continue
    switch (rule.action) {
      case 'Ignore':
        return { counts: false }
      case 'FailIndex':
        return { counts: true, failsIndex: true }
      case 'FailJob':
        return { counts: true, message: `${reason} matching ${rule.action} rule at index ${at}` }
      default:
        return { counts: true }
    }
  }
  return { counts: true }
}

function reasonOf(
  { onExitCodes, onPodConditions = [] }: PodFailureRule,
  { metadata, status }: Pod,
): string | undefined {
  const pod = `${metadata.namespace}/${metadata.name}`
  if (onExitCodes !== undefined) {
    const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
    const found = all.find((container) => fits(onExitCodes, container))
    const code = found?.state?.terminated?.exitCode
    return found === undefined ? undefined : `Container ${found.name} for pod ${pod} failed with exit code ${code}`
  }
  const found = status?.conditions?.find((one) =>
    onPodConditions.some((pattern) => pattern.type === one.type && pattern.status === one.status),
  )
  return found === undefined ? undefined : `Pod ${pod} has condition ${found.type}`
}

/** Source: getMatchingContainerFromList, isOnExitCodesOperatorMatching. */
function fits({ containerName, operator, values = [] }: ExitCodes, { name, state }: ContainerStatus): boolean {
  const code = state?.terminated?.exitCode ?? 0
  if (code === 0 || (containerName !== undefined && containerName !== name)) return false
  return operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code)
}

/** Why a Job fails because of one Pod. Source: getFailJobMessage. */
export function failJobMessage(job: Job, own: readonly Pod[]): string | undefined {
  const { spec } = job
  if (spec.podFailurePolicy === undefined) return undefined
  for (const pod of own) {
    const { message } = isPodFailed(pod, job) ? verdictOf(spec, pod) : { message: undefined }
    if (message !== undefined) return message
  }
  return undefined
}

/** Whether Pods that are being deleted are waited for. Source: onlyReplaceFailedPods. */
export function replacesFailedOnly({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined
}

/**
 * Whether a tracked Pod counts as failed: one that is deleted does, too, unless Pods are replaced only when they have failed.
 * Source: job_controller.go, isPodFailed.
 */
export function isPodFailed({ metadata, status }: Pod, job: Job): boolean {
  if (status?.phase === 'Failed') return true
  return !replacesFailedOnly(job) && metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded'
}

/** Indexes that will not be tried again. Source: indexed_job_utils.go, calculateFailedIndexes, isIndexFailed. */
export function newlyFailedIndexes(job: Job, own: readonly Pod[]): readonly number[] {
  const { spec } = job
  const { backoffLimitPerIndex: limit, completions = 0 } = spec
  if (limit === undefined) return []
  return own.flatMap((pod) => {
    if (!isPodFailed(pod, job)) return []
    const index = completionIndex(pod)
    const { counts, failsIndex } = verdictOf(spec, pod)
    const isOver = failsIndex === true || (counts && failuresOf(pod, failuresKey) >= limit)
    return index !== undefined && index < completions && isOver ? [index] : []
  })
}

function failuresOf({ metadata }: Pod, key: string): number {
  return Number(metadata.annotations?.[key] ?? '0') || 0
}

function allFailures(pod: Pod): number {
  return failuresOf(pod, failuresKey) + failuresOf(pod, ignoredKey)
}

/** The last Pod of each index that failed and is to be tried again. Source: getPodsWithDelayedDeletionPerIndex. */
export function lastFailures(
  job: Job,
  tracked: readonly Pod[],
  isSettled: (index: number) => boolean,
): ReadonlyMap<number, Pod> {
  const last = new Map<number, Pod>()
  for (const pod of tracked) {
    const index = completionIndex(pod)
    if (index === undefined || isSettled(index) || !isPodFailed(pod, job)) continue
    const known = last.get(index)
    const isLater = known === undefined || allFailures(known) <= allFailures(pod)
    if (isLater && (known === undefined || finishedAt(pod) >= finishedAt(known))) last.set(index, pod)
  }
  return last
}

/** How often the Pods of an index have failed, as the next one says. Source: getNewIndexFailureCounts. */
export function failureAnnotations({ spec }: Job, failed: Pod | undefined): Readonly<Record<string, string>> {
  if (spec.backoffLimitPerIndex === undefined) return {}
  if (failed === undefined) return { [failuresKey]: '0' }
  const { counts } = verdictOf(spec, failed)
  const failures = failuresOf(failed, failuresKey) + (counts ? 1 : 0)
  const ignored = failuresOf(failed, ignoredKey) + (counts ? 0 : 1)
  return { [failuresKey]: `${failures}`, ...(ignored === 0 ? {} : { [ignoredKey]: `${ignored}` }) }
}

/** How long an index waits before it is tried again. Source: backoff_utils.go, getRemainingTimePerIndex. */
export function remainingMs(failed: Pod | undefined, nowEpochMs: number): number {
  if (failed === undefined) return 0
  return Math.max(0, finishedAt(failed) + pauseAfter(allFailures(failed) + 1) - nowEpochMs)
}

/** The pause after so many failures, in ms. Source: backoff_utils.go, getRemainingTimeForFailuresCount. */
export function pauseAfter(failures: number): number {
  return Math.min(backOffMs * 2 ** Math.min(failures - 1, 20), backOffMaxMs)
}

/** When a Pod ended, in ms since 1970. Source: getFinishedTime. */
export function finishedAt({ metadata, status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => epochOf(state?.terminated?.finishedAt))
  const latest = Math.max(...ends.map((end) => end ?? Number.NaN))
  if (ends.length > 0 && !Number.isNaN(latest)) return latest
  const ready = status?.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'False')
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata
  const deletedMs = epochOf(deletionTimestamp)
  const graceMs = deletionGracePeriodSeconds * 1000
  return (
    epochOf(ready?.lastTransitionTime) ??
    (deletedMs === undefined ? (epochOf(metadata.creationTimestamp) ?? 0) : deletedMs - graceMs)
  )
}

/** Why a Job has succeeded before all its indexes have. Source: success_policy.go, matchSuccessPolicy. */
export function successMessage({ spec }: Job, done: Indexes): string | undefined {
  const { successPolicy, completions = 0 } = spec
  if (successPolicy === undefined || done.length === 0) return undefined
  const at = (successPolicy.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && countIndexes(done) >= succeededCount
    const required = parseIndexes(succeededIndexes, completions)
    let found = 0
    for (const [first, last] of required) for (let i = first; i <= last; i++) if (hasIndex(done, i)) found++
    return found >= (succeededCount ?? countIndexes(required))
  })
  return at < 0 ? undefined : `Matched rules at index ${at}`
}
