import type { Pod } from '../../api/types/core.ts'
import type { Job, JobStatus, WorkloadCondition } from '../../api/types/workload-specs.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { isPodActive, omitZero } from '../objects.ts'
import { completionIndex, countIndexes, type Indexes, indexesText, parseIndexes, withIndexes } from './indexes.ts'
import { hasFailed, newlyFailedIndexes, verdictOf } from './policies.ts'

/** What the Pods of a Job come to. */
export interface Found {
  readonly active: readonly Pod[]
  /** Pods that are being deleted and have not ended. */
  readonly terminating: number
  readonly succeeded: number
  /** Without those that its policy passes over. */
  readonly failed: number
  /** Indexes that have succeeded; undefined where the Job has none. */
  readonly done: Indexes | undefined
  /** Indexes that are given up; undefined where failures are not counted by index. */
  readonly lost: Indexes | undefined
}

/** Source: pkg/controller/job/job_controller.go, getStatus; indexed_job_utils.go, calculateSucceededIndexes. */
export function foundPods(job: Job, own: readonly Pod[], minor: number): Found {
  const { completions = 0, completionMode } = job.spec
  const active = own.filter(isPodActive)
  const isGoing = ({ metadata, status }: Pod): boolean =>
    metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
  const terminating = own.filter(isGoing).length
  const failed = own.filter((pod) => hasFailed(pod) && verdictOf(job.spec, pod).counts).length
  const ended = own.filter(({ status }) => status?.phase === 'Succeeded')
  if (completionMode !== 'Indexed')
    return { active, terminating, succeeded: ended.length, failed, done: undefined, lost: undefined }
  const known = has(minor, controllers.keepsCompletedIndexes) ? (job.status?.completedIndexes ?? '') : ''
  const now = ended.flatMap((pod) => completionIndex(pod) ?? []).filter((index) => index < completions)
  const done = withIndexes(parseIndexes(known, completions), now)
  const lost =
    job.spec.backoffLimitPerIndex === undefined
      ? undefined
      : withIndexes(parseIndexes(job.status?.failedIndexes ?? '', completions), newlyFailedIndexes(job, own))
  return { active, terminating, succeeded: countIndexes(done), failed, done, lost }
}

/** Source: pkg/controller/job/utils.go, IsJobFinished. */
export function isFinished({ status }: Job): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True') ??
    false
  )
}

/** With its time of start, unless it is suspended. */
export function started(job: Job, now: string): Job {
  const isNew = job.status?.startTime === undefined && job.spec.suspend !== true
  return isNew ? { ...job, status: { ...job.status, startTime: now } } : job
}

/** A condition that holds from now on. Source: newCondition. */
export function condition(
  type: 'Complete' | 'Failed' | 'Suspended' | 'SuccessCriteriaMet' | 'FailureTarget',
  now: string,
  reason?: string,
  message?: string,
  status: 'True' | 'False' = 'True',
): WorkloadCondition {
  return {
    type,
    status,
    lastProbeTime: now,
    lastTransitionTime: now,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}

/**
 * The status that tells whether a Job is suspended; undefined where it does already. What was never suspended does not
 * tell that it is not; a Job that goes on starts anew. Source: syncJob, ensureJobConditionStatus.
 */
export function withSuspension(before: JobStatus = {}, suspend: boolean, now: string): JobStatus | undefined {
  const known = before.conditions?.find(({ type }) => type === 'Suspended')
  const word = suspend ? 'True' : 'False'
  if (known === undefined ? !suspend : known.status === word) return undefined
  const reason = suspend ? (['JobSuspended', 'Job suspended'] as const) : (['JobResumed', 'Job resumed'] as const)
  const next = condition('Suspended', now, ...reason, word)
  const conditions =
    known === undefined
      ? [...(before.conditions ?? []), next]
      : before.conditions?.map((one) => (one === known ? next : one))
  return { ...before, ...(conditions === undefined ? {} : { conditions }), ...(suspend ? {} : { startTime: now }) }
}

/** The counts of a status. */
export interface JobCounts {
  readonly active: number
  /** Undefined: nobody counts them yet. */
  readonly ready: number | undefined
  readonly terminating: number | undefined
  readonly succeeded: number
  readonly failed: number
  readonly done: Indexes | undefined
  readonly lost: Indexes | undefined
}

/** The status with these counts and, where the Job ends, its last condition. */
export function nextStatus(
  { conditions, startTime, completionTime }: JobStatus,
  { active, ready, terminating, succeeded, failed, done, lost }: JobCounts,
  ends: readonly WorkloadCondition[],
  now: string,
  minor: number,
): JobStatus {
  const all = ends.length === 0 ? conditions : [...(conditions ?? []), ...ends]
  const completed = ends.some(({ type }) => type === 'Complete') ? now : completionTime
  const indexes = indexesText(done ?? [])
  return {
    ...(all === undefined ? {} : { conditions: all }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completed === undefined ? {} : { completionTime: completed }),
    ...omitZero({ active, succeeded, failed }),
    ...(indexes === '' ? {} : { completedIndexes: indexes }),
    ...(lost === undefined ? {} : { failedIndexes: indexesText(lost) }),
    ...(terminating === undefined ? {} : { terminating }),
    ...(ready === undefined ? {} : { ready }),
    ...(has(minor, controllers.countsJobPodsOnce) ? { uncountedTerminatedPods: {} } : {}),
  }
}

/** Whether there is nothing to write: times alone are not written. */
export function isSameCount(before: JobStatus, after: JobStatus): boolean {
  const same = (count: 'active' | 'succeeded' | 'failed') => (before[count] ?? 0) === (after[count] ?? 0)
  const conditions = (before.conditions ?? []).length === (after.conditions ?? []).length
  const indexes = before.completedIndexes === after.completedIndexes && before.failedIndexes === after.failedIndexes
  const others = before.ready === after.ready && before.terminating === after.terminating
  return conditions && indexes && others && same('active') && same('succeeded') && same('failed')
}

/** Why a Job is bound to fail, once that was told. */
export function failureTarget({ status }: Job): readonly [reason: string, message: string] | undefined {
  const target = status?.conditions?.find(({ type, status: is }) => type === 'FailureTarget' && is === 'True')
  return target === undefined ? undefined : [target.reason ?? '', target.message ?? '']
}

/** With restartPolicy OnFailure the restarts of containers count. Source: pastBackoffLimitOnFailure. */
export function hasRestartedTooOften({ spec }: Job, own: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false
  const { backoffLimit = 6 } = spec
  let restarts = 0
  for (const { status } of own)
    if (status?.phase === 'Running' || status?.phase === 'Pending')
      for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
        restarts += container.restartCount
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
}
