import type { Pod } from '../../api/types/core.ts'
import type { Job, JobStatus, WorkloadCondition } from '../../api/types/workload-specs.ts'
import { second } from '../../kernel/time.ts'
import { epochOf, isPodActive, omitZero } from '../objects.ts'
import { completionIndex, countIndexes, type Indexes, indexesText, withIndexes } from './indexes.ts'

/** What the Pods of a Job come to. */
export interface Found {
  readonly active: readonly Pod[]
  /** Pods that are being deleted and have not ended. */
  readonly terminating: readonly Pod[]
  readonly succeeded: number
  /** Without those that its policy passes over. */
  readonly failed: number
  /** Indexes that have succeeded; undefined where the Job has none. */
  readonly done: Indexes | undefined
  /** Indexes that are given up; undefined where failures are not counted by index. */
  readonly lost: Indexes | undefined
}

/**
 * What the Pods that are there come to, before Pods were tracked.
 * Source: pkg/controller/job/job_controller.go, getStatus; indexed_job_utils.go, calculateSucceededIndexes.
 */
export function foundPods(job: Job, own: readonly Pod[]): Found {
  const { completions = 0, completionMode } = job.spec
  const active = own.filter(isPodActive)
  const ended = own.filter(({ status }) => status?.phase === 'Succeeded')
  const failed = own.filter(({ status }) => status?.phase === 'Failed').length
  const indexes = ended.flatMap((pod) => completionIndex(pod) ?? []).filter((index) => index < completions)
  const done = completionMode === 'Indexed' ? withIndexes([], indexes) : undefined
  const succeeded = done === undefined ? ended.length : countIndexes(done)
  return { active, terminating: [], succeeded, failed, done, lost: undefined }
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
  readonly succeeded: number
  readonly failed: number
  readonly done: Indexes | undefined
}

/** The status with these counts and, where the Job ends, its last condition. */
export function nextStatus(
  { conditions, startTime, completionTime }: JobStatus,
  { active, ready, succeeded, failed, done }: JobCounts,
  end: WorkloadCondition | undefined,
): JobStatus {
  const all = end === undefined ? conditions : [...(conditions ?? []), end]
  const completed = end?.type === 'Complete' ? (end.lastTransitionTime ?? undefined) : completionTime
  const indexes = indexesText(done ?? [])
  return {
    ...(all === undefined ? {} : { conditions: all }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completed === undefined ? {} : { completionTime: completed }),
    ...omitZero({ active, succeeded, failed }),
    ...(indexes === '' ? {} : { completedIndexes: indexes }),
    ...(ready === undefined ? {} : { ready }),
  }
}

/** Whether there is nothing to write: times alone are not written. */
export function isSameCount(before: JobStatus, after: JobStatus): boolean {
  const same = (count: 'active' | 'succeeded' | 'failed') => (before[count] ?? 0) === (after[count] ?? 0)
  const conditions = (before.conditions ?? []).length === (after.conditions ?? []).length
  const others = before.completedIndexes === after.completedIndexes && before.ready === after.ready
  return conditions && others && same('active') && same('succeeded') && same('failed')
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

/** Source: pastActiveDeadline. */
export function isPastDeadline(job: Job, nowEpochMs: number): boolean {
  const leftMs = deadlineLeftMs(job, nowEpochMs)
  return leftMs !== undefined && leftMs <= 0 && job.spec.suspend !== true
}

/** What is left of the time that a Job may be active; undefined where it may for ever or has not begun. */
export function deadlineLeftMs({ spec, status }: Job, nowEpochMs: number): number | undefined {
  const start = epochOf(status?.startTime)
  if (start === undefined || spec.activeDeadlineSeconds === undefined) return undefined
  return spec.activeDeadlineSeconds * second - (nowEpochMs - start)
}
