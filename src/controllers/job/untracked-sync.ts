import type { Pod } from '../../api/types/core.ts'
import type { Job, JobStatus, WorkloadCondition } from '../../api/types/workload-specs.ts'
import { type RequestError, resources } from '../../client/client.ts'
import { splitKey } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { isPodReady } from '../objects.ts'
import type { JobParts } from './job-parts.ts'
import {
  condition,
  type Found,
  foundPods,
  hasRestartedTooOften,
  isFinished,
  isPastDeadline,
  isSameCount,
  nextStatus,
  started,
  withSuspension,
} from './status.ts'

/** Source: job_controller.go, statusUpdateRetries. */
const statusTries = 4

/** How a sync left a Job. */
interface Settled {
  readonly active: number
  readonly failed: number
  readonly error: RequestError | undefined
  /** The condition that ends the Job. */
  readonly end: WorkloadCondition | undefined
  /** The status with its suspension, where that has changed. */
  readonly turned?: JobStatus
}

/** Syncs Jobs whose Pods count as long as they are there: up to v1.24. Source: pkg/controller/job/job_controller.go, syncJob. */
export class UntrackedSync {
  readonly #parts: JobParts

  constructor(parts: JobParts) {
    this.#parts = parts
  }

  #failureOf(job: Job, own: readonly Pod[], { active, failed }: Found, retries: number) {
    const { parallelism = 1, backoffLimit = 6 } = job.spec
    const isNewFailure = failed > (job.status?.failed ?? 0) && active.length !== parallelism
    const tries = has(this.#parts.minor, controllers.failsJobsByFailedPods) ? failed : retries + 1
    if ((isNewFailure && tries > backoffLimit) || hasRestartedTooOften(job, own))
      return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const
    return isPastDeadline(job, this.#parts.nowEpochMs())
      ? (['DeadlineExceeded', 'Job was active longer than specified deadline'] as const)
      : undefined
  }

  *#fail(job: Job, found: Found, [reason, message]: readonly [string, string]): Steps<Settled> {
    const { active, failed } = found
    const errors = yield* this.#parts.control.delete(job, active)
    this.#parts.tell(job, 'Warning', reason, message)
    return {
      active: 0,
      failed: Math.max(failed + active.length, job.status?.failed ?? 0),
      error: errors.find((error) => error !== undefined && !isNotFound(error)),
      end: condition('Failed', this.#parts.nowText(), reason, message),
    }
  }

  /** Has as many Pods as are wanted, and sees whether that is all. */
  *#proceed(key: string, job: Job, found: Found, mayManage: boolean): Steps<Settled> {
    const { active, failed, succeeded } = found
    const managed = mayManage
      ? yield* this.#parts.jobPods.manage(key, job, found)
      : { active: active.length, error: undefined }
    const { completions, suspend } = job.spec
    const settled = { active: managed.active, error: managed.error, failed, end: undefined }
    const isComplete = completions === undefined ? succeeded > 0 && managed.active === 0 : succeeded >= completions
    if (!isComplete) {
      const turned =
        mayManage && suspend !== undefined ? withSuspension(job.status, suspend, this.#parts.nowText()) : undefined
      if (turned === undefined) return settled
      if (suspend === true) this.#parts.tell(job, 'Normal', 'Suspended', 'Job suspended')
      else this.#parts.tell(job, 'Normal', 'Resumed', 'Job resumed')
      return { ...settled, turned }
    }
    if (completions !== undefined && managed.active > 0)
      this.#parts.tell(
        job,
        'Warning',
        'TooManyActivePods',
        'Too many active pods running after completion count reached',
      )
    if (completions !== undefined && succeeded > completions)
      this.#parts.tell(
        job,
        'Warning',
        'TooManySucceededPods',
        'Too many succeeded pods running after completion count reached',
      )
    this.#parts.tell(job, 'Normal', 'Completed', 'Job completed')
    return { ...settled, end: condition('Complete', this.#parts.nowText()) }
  }

  *#writeStatus(namespace: string, name: string, status: JobStatus): Steps<boolean> {
    for (let tries = 1; tries <= statusTries; tries++) {
      const fresh = yield* attempt(this.#parts.client.get<Job>(resources.jobs, { namespace, name }))
      if (!fresh.ok) return false
      const next = { ...fresh.value, status }
      const written = yield* attempt(this.#parts.client.update<Job>(resources.jobs, next, { subresource: 'status' }))
      if (written.ok) return true
    }
    return false
  }

  /** One sync; `key` is namespace/name. */
  *sync(key: string): Steps<Outcome> {
    const { namespace, name } = splitKey(key)
    const cached = this.#parts.jobs.get(namespace, name)
    if (cached === undefined) {
      this.#parts.expectations.forget(key)
      return 'done'
    }
    if (isFinished(cached)) return 'done'
    const retries = this.#parts.retries(key)
    const needsSync = this.#parts.expectations.areSatisfied(key)
    const own = yield* this.#parts.ownPods(cached)
    if (own === undefined) return 'retry'
    const job = started(cached, this.#parts.nowText())
    const { activeDeadlineSeconds } = job.spec
    if (job !== cached && activeDeadlineSeconds !== undefined) this.#parts.addAfter(key, activeDeadlineSeconds * second)
    const found = foundPods(job, own)
    const { succeeded, done } = found
    const failure = this.#failureOf(job, own, found, retries)
    const { active, failed, error, end, turned } =
      failure === undefined
        ? yield* this.#proceed(key, job, found, needsSync && job.metadata.deletionTimestamp === undefined)
        : yield* this.#fail(job, found, failure)
    const before = job.status ?? {}
    const ready = has(this.#parts.minor, controllers.countsReadyJobPods)
      ? (failure === undefined ? found.active : []).filter(isPodReady).length
      : undefined
    const status = nextStatus(turned ?? before, { active, ready, succeeded, failed, done }, end)
    if (turned === undefined && isSameCount(before, status)) return wordOf(error, succeeded > (before.succeeded ?? 0))
    if (!(yield* this.#writeStatus(namespace, name, status))) return 'retry'
    // A Pod that failed brings the next look after a pause.
    if (found.failed > (before.failed ?? 0) && end === undefined) return 'retry'
    return error === undefined ? 'done' : 'retry'
  }
}

/** What a sync that changed no count comes to. */
function wordOf(error: RequestError | undefined, hasSucceeded: boolean): Outcome {
  if (error !== undefined) return 'retry'
  return hasSucceeded ? 'done' : 'keep'
}
