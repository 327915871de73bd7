import { equalJson } from '../../api/json.ts'
import type { Pod } from '../../api/types/core.ts'
import type { Job, JobStatus } from '../../api/types/workload-specs.ts'
import { type RequestError, resources } from '../../client/client.ts'
import { splitKey } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { isPodReady, omitZero } from '../objects.ts'
import { type BackoffRecord, Backoffs, remainingPauseMs } from './backoff.ts'
import { afterInterim, earlyFinish, type Finish, heldCondition, lateFinish } from './ends.ts'
import { completionIndex, hasIndex, indexesText } from './indexes.ts'
import type { JobParts } from './job-parts.ts'
import { type Managed, releaseAll } from './job-pods.ts'
import { lastFailures } from './policies.ts'
import { condition, deadlineLeftMs, isFinished, started, withSuspension } from './status.ts'
import {
  type FinalizerRemovals,
  foundTrackedPods,
  hasUncounted,
  type TrackedFound,
  tallied,
  withCounted,
} from './tracking.ts'

/** Pod events are looked at together. Source: job_controller.go, syncJobBatchPeriod. */
export const batchMs = second

/** What a sync did about the Pods of a Job. */
interface Acted extends Managed {
  /** How the Job ends; undefined while it goes on, or while something is still to be seen. */
  readonly finish: Finish | undefined
  /** The status with its suspension, where that has changed. */
  readonly turned?: JobStatus | undefined
}

/** One round: the Job as it was cached, and all that was found. */
interface Round {
  readonly key: string
  readonly job: Job
  readonly found: TrackedFound
  readonly record: BackoffRecord
  /** The last Pods of indexes that are to be tried again. */
  readonly failures: ReadonlyMap<number, Pod>
}

/**
 * Syncs Jobs whose Pods have a finalizer until they are counted: from v1.25 on.
 * Source: pkg/controller/job/job_controller.go, syncJob.
 */
export class TrackedSync {
  readonly #parts: JobParts
  readonly #removals: FinalizerRemovals
  readonly #backoffs = new Backoffs()
  readonly #remembers: boolean
  readonly #delays: boolean

  constructor(parts: JobParts, removals: FinalizerRemovals) {
    this.#parts = parts
    this.#removals = removals
    this.#remembers = has(parts.minor, controllers.remembersJobFailures)
    this.#delays = has(parts.minor, controllers.jobsEndWithTheirPods)
  }

  /** Deletes what is active. Source: deleteActivePods. */
  *#end({ job, found }: Round, finish: Finish, isSatisfied: boolean): Steps<Acted> {
    const { active } = found
    const errors = yield* this.#parts.control.delete(job, active)
    const deleted = active.filter((_, at) => errors[at] === undefined || isNotFound(errors[at]))
    const error = errors.find((one) => one !== undefined && !isNotFound(one))
    const isSure = isSatisfied && deleted.length === active.length
    return { active: active.length - deleted.length, error, deleted, finish: isSure ? finish : undefined }
  }

  /** Has as many Pods as are wanted, and sees whether that is all. */
  *#proceed(round: Round, mayManage: boolean): Steps<Acted> {
    const { key, job, found, record, failures } = round
    const nowEpochMs = this.#parts.nowEpochMs()
    const pausesAll = this.#remembers && job.spec.backoffLimitPerIndex === undefined
    const allMs = pausesAll ? remainingPauseMs(record, nowEpochMs) : 0
    const managed: Managed = mayManage
      ? yield* this.#parts.jobPods.manage(key, job, found, { allMs, failures, nowEpochMs })
      : { active: found.active.length, error: undefined }
    if (managed.waitMs !== undefined) this.#parts.addAfter(key, Math.max(managed.waitMs, batchMs))
    const { completions, suspend = false } = job.spec
    const isEnough = completions === undefined ? found.succeeded > 0 : found.succeeded >= completions
    if (isEnough && managed.active === 0) return { ...managed, finish: lateFinish(this.#parts.minor) }
    const turned = mayManage ? withSuspension(job.status, suspend, this.#parts.nowText()) : undefined
    if (turned !== undefined && suspend) this.#parts.tell(job, 'Normal', 'Suspended', 'Job suspended')
    if (turned !== undefined && !suspend) this.#parts.tell(job, 'Normal', 'Resumed', 'Job resumed')
    return { ...managed, finish: undefined, turned }
  }

  *#write(job: Job, status: JobStatus): Steps<Job | undefined> {
    const written = yield* attempt(this.#parts.client.update<Job>(resources.jobs, { ...job, status }, statusOnly))
    return written.ok ? written.value : undefined
  }

  /** The status with what is active, and with the indexes. */
  #counted({ job, found }: Round, { active, deleted = [], turned }: Acted): JobStatus {
    const { ready: _ready, terminating: _going, active: _active, ...before } = turned ?? job.status ?? {}
    const gone = this.#delays ? deleted : []
    const { done, lost, terminating, succeeded } = found
    return {
      ...before,
      ...omitZero({ active }),
      ready: found.active.filter(isPodReady).length - gone.filter(isPodReady).length,
      ...(has(this.#parts.minor, controllers.countsTerminatingJobPods)
        ? { terminating: terminating.length + gone.length }
        : {}),
      uncountedTerminatedPods: before.uncountedTerminatedPods ?? {},
      ...(done === undefined ? {} : { ...omitZero({ succeeded }), completedIndexes: indexesText(done) }),
      ...(lost === undefined ? {} : { failedIndexes: indexesText(lost) }),
    }
  }

  /** Writes what is to be counted, lets the Pods go, counts them. Source: trackJobStatusAndRemoveFinalizers. */
  *#track(round: Round, cached: Job, acted: Acted): Steps<'failed' | 'finished' | 'open'> {
    const { key, job, found, failures } = round
    const { finish } = acted
    const isMet = finish?.type === 'SuccessCriteriaMet'
    const ending = { isOver: finish !== undefined, failsRest: finish !== undefined && !isMet }
    const tally = tallied(job, this.#counted(round, acted), found, ending, new Set(failures.values()))
    const status = withoutEmpty(finish === undefined ? tally.status : this.#withInterim(job, tally.status, finish))
    let current = { ...job, status }
    if (!equalJson(status, cached.status ?? {})) {
      const written = yield* this.#write(job, status)
      if (written === undefined) return 'failed'
      this.#backoffs.update(key, round.record)
      current = { ...written, status }
    }
    if (tally.release.length > 0) this.#removals.expect(key, tally.release)
    const refused = yield* releaseAll(this.#parts.client, tally.release)
    for (const pod of refused.keys()) this.#removals.observed(key, pod)
    const isKept = (pod: Pod): boolean => {
      const error: RequestError | undefined = refused.get(pod)
      return tally.release.includes(pod) ? error !== undefined && !isNotFound(error) : true
    }
    const left = new Set(found.tracked.filter(isKept).map(({ metadata }) => metadata.uid ?? ''))
    const after = withCounted(status, (uid) => left.has(uid))
    if (tally.release.some(isKept)) {
      if (after !== status) yield* this.#write(current, after)
      return 'failed'
    }
    const isOver =
      finish !== undefined && !tally.isFull && !hasUncounted(after) && !(this.#delays && hasTerminating(after))
    const last = isOver ? withEnd(after, afterInterim(finish), this.#parts.nowText()) : after
    if (last === status) return 'open'
    if ((yield* this.#write(current, withoutEmpty(last))) === undefined) return 'failed'
    if (!isOver) return 'open'
    tellEnd(this.#parts, job, last, afterInterim(finish))
    return 'finished'
  }

  #withInterim(job: Job, status: JobStatus, finish: Finish): JobStatus {
    const isInterim = finish.type === 'FailureTarget' || finish.type === 'SuccessCriteriaMet'
    if (!isInterim || heldCondition(job, finish.type) !== undefined) return status
    const told = condition(finish.type, this.#parts.nowText(), finish.reason, finish.message)
    return { ...status, conditions: [...(status.conditions ?? []), told] }
  }

  /** One sync; `key` is namespace/name. */
  *sync(key: string): Steps<Outcome> {
    const { namespace, name } = splitKey(key)
    const cached = this.#parts.jobs.get(namespace, name)
    if (cached !== undefined && isManagedElsewhere(cached, this.#parts.minor)) return 'done'
    if (cached === undefined || isFinished(cached)) {
      this.#backoffs.forget(key)
      if (cached === undefined) {
        this.#parts.expectations.forget(key)
        this.#removals.forget(key)
      }
      return 'done'
    }
    const expected = this.#removals.of(key)
    const isSatisfied = this.#parts.expectations.areSatisfied(key)
    const own = yield* this.#parts.ownPods(cached)
    if (own === undefined) return 'retry'
    const job = started(cached, this.#parts.nowText())
    const found = foundTrackedPods(job, own, expected)
    const record = this.#backoffs.next(key, found.newSucceeded, found.newFailed)
    const round: Round = { key, job, found, record, failures: failuresOf(job, found) }
    const finish = earlyFinish(job, own, found, this.#parts.minor, this.#parts.nowEpochMs())
    const leftMs =
      finish === undefined && job.spec.suspend !== true ? deadlineLeftMs(job, this.#parts.nowEpochMs()) : undefined
    if (leftMs !== undefined) this.#parts.addAfter(key, leftMs)
    const acted =
      finish === undefined
        ? yield* this.#proceed(round, isSatisfied && job.metadata.deletionTimestamp === undefined)
        : yield* this.#end(round, finish, isSatisfied)
    const came = yield* this.#track(round, cached, acted)
    if (came === 'failed') return 'retry'
    if (this.#remembers) return acted.error === undefined ? 'done' : 'retry'
    // A Pod that failed brings the next look after a pause.
    const hasFailed = found.failed > (cached.status?.failed ?? 0) && came !== 'finished'
    if (hasFailed || acted.error !== undefined) return 'retry'
    return found.succeeded > (cached.status?.succeeded ?? 0) ? 'done' : 'keep'
  }
}

const statusOnly = { subresource: 'status' } as const

/** Source: getPodsWithDelayedDeletionPerIndex. */
function failuresOf(job: Job, { active, tracked, done = [], lost }: TrackedFound): ReadonlyMap<number, Pod> {
  if (lost === undefined) return new Map()
  const busy = new Set(active.map(completionIndex))
  const { completions = 0 } = job.spec
  const isSettled = (index: number): boolean =>
    index >= completions || busy.has(index) || hasIndex(done, index) || hasIndex(lost, index)
  return lastFailures(job, tracked, isSettled)
}

function hasTerminating({ terminating = 0 }: JobStatus): boolean {
  return terminating > 0
}

/** An index that is done may be none again: an empty text is left out. */
function withoutEmpty(status: JobStatus): JobStatus {
  if (status.completedIndexes !== '') return status
  const { completedIndexes: _none, ...rest } = status
  return rest
}

/** Source: enactJobFinished. */
function withEnd(status: JobStatus, { type, reason, message }: Finish, now: string): JobStatus {
  const last = condition(type, now, reason, message)
  return {
    ...status,
    conditions: [...(status.conditions ?? []), last],
    ...(type === 'Complete' ? { completionTime: now } : {}),
  }
}

/** Source: recordJobFinished. */
function tellEnd({ tell }: JobParts, job: Job, { succeeded = 0 }: JobStatus, finish: Finish): void {
  const { completions } = job.spec
  if (finish.type !== 'Complete') {
    tell(job, 'Warning', finish.reason ?? '', finish.message ?? '')
    return
  }
  if (completions !== undefined && succeeded > completions)
    tell(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached')
  tell(job, 'Normal', 'Completed', 'Job completed')
}

/** Source: managedByExternalController. */
export function isManagedElsewhere({ spec }: Job, minor: number): boolean {
  const { managedBy } = spec
  return (
    has(minor, controllers.leavesManagedJobs) && managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller'
  )
}

/** Takes the finalizer from a Pod that no Job will count. Source: syncOrphanPod. */
export function* syncOrphan(parts: Pick<JobParts, 'client'>, pod: Pod | undefined, isOrphan: boolean): Steps<Outcome> {
  if (pod === undefined || !isOrphan) return 'done'
  const refused = yield* releaseAll(parts.client, [pod])
  return [...refused.values()].every(isNotFound) ? 'done' : 'retry'
}
