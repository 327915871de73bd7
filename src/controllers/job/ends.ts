import type { Job, JobStatus, WorkloadCondition } from '../../api/types/workload-specs.ts'
import type { RequestError } from '../../client/client.ts'
import { isNotFound } from '../../client/refusals.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { PodControl } from '../pod-control.ts'
import { countIndexes, type Indexes } from './indexes.ts'
import { replacesFailedOnly } from './policies.ts'
import { condition, type Found } from './status.ts'

/** How a sync left a Job. */
export interface Settled {
  readonly active: number
  readonly failed: number
  readonly error: RequestError | undefined
  /** Conditions that end the Job, or tell that it will end. */
  readonly ends: readonly WorkloadCondition[]
  /** The status with its suspension, where that has changed. */
  readonly turned?: JobStatus
}

/** What ending a Job needs of its controller. */
interface EndParts {
  readonly control: PodControl
  tell(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void
  /** RFC 3339. */
  nowText(): string
}

/** The rest of its Pods goes; when they have, it has succeeded. Source: job_controller.go, syncJob, what it does of a successPolicy. */
export function* byPolicy(
  { control, tell, nowText }: EndParts,
  job: Job,
  found: Found,
  message: string,
): Steps<Settled> {
  const { active, failed, terminating } = found
  const errors = yield* control.delete(job, active)
  const isOver = active.length + terminating === 0
  if (isOver) tell(job, 'Normal', 'Completed', 'Job completed')
  const ends = metCriteria(job) === undefined ? (['SuccessCriteriaMet'] as const) : []
  return {
    active: 0,
    failed: Math.max(failed + (replacesFailedOnly(job) ? 0 : active.length), job.status?.failed ?? 0),
    error: errors.find((error) => error !== undefined && !isNotFound(error)),
    ends: [...ends, ...(isOver ? (['Complete'] as const) : [])].map((type) =>
      condition(type, nowText(), 'SuccessPolicy', message),
    ),
  }
}

/** Source: syncJob, what it says of failed indexes. */
export function indexFailure({ spec }: Job, lost: Indexes, done: Indexes): readonly [string, string] | undefined {
  const { maxFailedIndexes, completions = 0 } = spec
  const count = countIndexes(lost)
  if (maxFailedIndexes !== undefined && count > maxFailedIndexes)
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes']
  return count > 0 && count + countIndexes(done) >= completions
    ? ['FailedIndexes', 'Job has failed indexes']
    : undefined
}

/** By which rule a Job has succeeded while some of its Pods still go. */
export function metCriteria({ status }: Job): string | undefined {
  const met = status?.conditions?.find(
    ({ type, reason }) => type === 'SuccessCriteriaMet' && reason === 'SuccessPolicy',
  )
  return met?.message
}
