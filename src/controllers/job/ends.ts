import type { Pod } from '../../api/types/core.ts'
import type { Job, WorkloadCondition } from '../../api/types/workload-specs.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { countIndexes } from './indexes.ts'
import { failJobMessage, successMessage } from './policies.ts'
import { hasRestartedTooOften, isPastDeadline } from './status.ts'
import type { TrackedFound } from './tracking.ts'

/** The condition that a Job comes to. */
export interface Finish {
  readonly type: 'Complete' | 'Failed' | 'SuccessCriteriaMet' | 'FailureTarget'
  readonly reason?: string
  readonly message?: string
}

/** Why a Job ends before it has all its Pods; undefined while it goes on. Source: job_controller.go, syncJob. */
export function earlyFinish(
  job: Job,
  own: readonly Pod[],
  found: TrackedFound,
  minor: number,
  nowEpochMs: number,
): Finish | undefined {
  const met = heldCondition(job, 'SuccessCriteriaMet')
  if (met !== undefined) return { type: 'SuccessCriteriaMet', ...reasonOf(met) }
  const target = heldCondition(job, 'FailureTarget')
  if (target !== undefined) return { type: 'Failed', ...reasonOf(target) }
  const broken = failJobMessage(job, own)
  if (broken !== undefined) return { type: 'FailureTarget', reason: 'PodFailurePolicy', message: broken }
  const failure = (reason: string, message: string): Finish => ({
    type: has(minor, controllers.jobsEndWithTheirPods) ? 'FailureTarget' : 'Failed',
    reason,
    message,
  })
  if (hasFailedTooOften(job, found, minor) || hasRestartedTooOften(job, own))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (isPastDeadline(job, nowEpochMs))
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  const lost = indexFailure(job, found)
  if (lost !== undefined) return failure(...lost)
  const success = successMessage(job, found.done ?? [])
  return success === undefined ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: success }
}

/** What a Job comes to that has all its Pods. Source: newSuccessCondition; batch/v1 types.go, JobReasonCompletionsReached. */
export function lateFinish(minor: number): Finish {
  return has(minor, controllers.jobsEndWithTheirPods)
    ? {
        type: 'SuccessCriteriaMet',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    : { type: 'Complete' }
}

/** What follows on a condition that only tells how a Job will end. */
export function afterInterim({ type, ...why }: Finish): Finish {
  if (type === 'FailureTarget') return { type: 'Failed', ...why }
  return type === 'SuccessCriteriaMet' ? { type: 'Complete', ...why } : { type, ...why }
}

/** The condition of a type that holds, if there is one. */
export function heldCondition({ status }: Job, type: string): WorkloadCondition | undefined {
  return status?.conditions?.find((one) => one.type === type && one.status === 'True')
}

function reasonOf({ reason, message }: WorkloadCondition): Omit<Finish, 'type'> {
  return { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) }
}

/** Before v1.28 only where a Pod has failed since and the number of active ones shows it. */
function hasFailedTooOften({ spec, status }: Job, { failed, active }: TrackedFound, minor: number): boolean {
  const { backoffLimit = 6, parallelism = 1 } = spec
  const isSeen =
    has(minor, controllers.failsJobsAtEachSync) || (failed > (status?.failed ?? 0) && active.length !== parallelism)
  return isSeen && failed > backoffLimit
}

/** Source: syncJob, what it says of failed indexes. */
function indexFailure({ spec }: Job, { lost, done = [] }: TrackedFound): readonly [string, string] | undefined {
  if (lost === undefined) return undefined
  const { maxFailedIndexes, completions = 0 } = spec
  const count = countIndexes(lost)
  if (maxFailedIndexes !== undefined && count > maxFailedIndexes)
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes']
  return count > 0 && count + countIndexes(done) >= completions
    ? ['FailedIndexes', 'Job has failed indexes']
    : undefined
}
