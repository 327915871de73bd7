import type { Pod } from '../../api/types/core.ts'
import type { Job, JobStatus, UncountedTerminatedPods } from '../../api/types/workload-specs.ts'
import { isPodActive } from '../objects.ts'
import { completionIndex, countIndexes, parseIndexes, withIndexes } from './indexes.ts'
import { isPodFailed, newlyFailedIndexes, verdictOf } from './policies.ts'
import type { Found } from './status.ts'

/**
 * Pods of Jobs have a finalizer until they are counted, so that each counts once, also one that is deleted from outside.
 * Source: pkg/controller/job/tracking_utils.go; batch/v1 types.go, JobTrackingFinalizer.
 */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

/** Whether a Pod has that finalizer. */
export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) === true
}

/** Source: appendJobCompletionFinalizerIfNotFound. */
export function withTracking(finalizers: readonly string[] = []): readonly string[] {
  return finalizers.includes(trackingFinalizer) ? finalizers : [...finalizers, trackingFinalizer]
}

/** A strategic merge patch. Source: job_controller.go, removeTrackingFinalizerPatch. */
export const removalPatch = {
  metadata: { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] },
} as const

/**
 * Pods whose finalizer was taken away but whose cached copy still has it: uids by the key of their Job.
 * Source: tracking_utils.go, uidTrackingExpectations.
 */
export class FinalizerRemovals {
  readonly #uids = new Map<string, Set<string>>()

  expect(key: string, pods: readonly Pod[]): void {
    const uids = this.#uids.get(key) ?? new Set()
    for (const { metadata } of pods) uids.add(metadata.uid ?? '')
    this.#uids.set(key, uids)
  }

  observed(key: string, { metadata }: Pod): void {
    const uids = this.#uids.get(key)
    uids?.delete(metadata.uid ?? '')
    if (uids?.size === 0) this.#uids.delete(key)
  }

  /** The uids as they are now. */
  of(key: string): ReadonlySet<string> {
    return new Set(this.#uids.get(key))
  }

  forget(key: string): void {
    this.#uids.delete(key)
  }
}

/** What the Pods of a Job come to beside what its status counts already. */
export interface TrackedFound extends Found {
  /** Those with a finalizer that is not known to be gone. */
  readonly tracked: readonly Pod[]
  readonly newSucceeded: readonly Pod[]
  /** With those that its policy passes over. */
  readonly newFailed: readonly Pod[]
}

/** Source: job_controller.go, syncJob, getNewFinishedPods, getValidPodsWithFilter; indexed_job_utils.go, calculateSucceededIndexes, calculateFailedIndexes. */
export function foundTrackedPods(job: Job, own: readonly Pod[], expected: ReadonlySet<string>): TrackedFound {
  const { completions = 0, completionMode, backoffLimitPerIndex } = job.spec
  const isIndexed = completionMode === 'Indexed'
  const { succeeded = 0, failed = 0, completedIndexes = '', failedIndexes = '' } = job.status ?? {}
  const uncounted = uncountedOf(job.status)
  const tracked = own.filter((pod) => isTracked(pod) && !expected.has(pod.metadata.uid ?? ''))
  const valid = isIndexed ? tracked.filter((pod) => hasValidIndex(pod, completions)) : tracked
  const newSucceeded = valid.filter((pod) => pod.status?.phase === 'Succeeded' && !has(uncounted.succeeded, pod))
  const newFailed = valid.filter((pod) => isPodFailed(pod, job) && !has(uncounted.failed, pod))
  const counted = newFailed.filter((pod) => verdictOf(job.spec, pod).counts)
  const ended = own.filter((pod) => isTracked(pod) && pod.status?.phase === 'Succeeded')
  const done = isIndexed
    ? withIndexes(
        parseIndexes(completedIndexes, completions),
        ended.filter((pod) => hasValidIndex(pod, completions)).map((pod) => completionIndex(pod) ?? 0),
      )
    : undefined
  return {
    active: own.filter(isPodActive),
    terminating: own.filter(isTerminating),
    succeeded: done === undefined ? succeeded + newSucceeded.length + uncounted.succeeded.length : countIndexes(done),
    failed: failed + counted.length + uncounted.failed.length,
    done,
    lost:
      isIndexed && backoffLimitPerIndex !== undefined
        ? withIndexes(parseIndexes(failedIndexes, completions), newlyFailedIndexes(job, own.filter(isTracked)))
        : undefined,
    tracked,
    newSucceeded,
    newFailed,
  }
}

/** Source: pkg/controller/controller_utils.go, IsPodTerminating. */
function isTerminating({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
}

function hasValidIndex(pod: Pod, completions: number): boolean {
  const index = completionIndex(pod)
  return index !== undefined && index < completions
}

interface Uncounted {
  readonly succeeded: readonly string[]
  readonly failed: readonly string[]
}

function uncountedOf(status: JobStatus = {}): Uncounted {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  return { succeeded, failed }
}

function has(uids: readonly string[], { metadata }: Pod): boolean {
  return uids.includes(metadata.uid ?? '')
}

/** The uids as a status tells them: an empty list is left out. */
function toStatus({ succeeded, failed }: Uncounted): UncountedTerminatedPods {
  return {
    ...(succeeded.length === 0 ? {} : { succeeded }),
    ...(failed.length === 0 ? {} : { failed }),
  }
}

/** How many Pods may be uncounted at a time. Source: job_controller.go, MaxUncountedPods. */
const uncountedMax = 500

/** How a Job ends, as far as its Pods are concerned. */
export interface Ending {
  /** Whether it ends at all; then all Pods may go. */
  readonly isOver: boolean
  /** Whether Pods that have not ended count as failed. */
  readonly failsRest: boolean
}

/** What is to be counted now. */
export interface Tally {
  readonly status: JobStatus
  /** Pods whose finalizer may go once the status is written. */
  readonly release: readonly Pod[]
  readonly isFull: boolean
}

/**
 * Which Pods are counted next: their uids come into the status, then their finalizers go, then the counts go up.
 * `delayed` keep theirs until there is a Pod in their place. Source: trackJobStatusAndRemoveFinalizers, canRemoveFinalizer.
 */
export function tallied(
  job: Job,
  status: JobStatus,
  { tracked, done }: TrackedFound,
  { isOver, failsRest }: Ending,
  delayed: ReadonlySet<Pod>,
): Tally {
  const { completions = 0, completionMode } = job.spec
  const isIndexed = completionMode === 'Indexed'
  const settled = withCounted(status, (uid) => tracked.some(({ metadata }) => metadata.uid === uid))
  const before = uncountedOf(settled)
  const known = done === undefined ? [] : parseIndexes(job.status?.completedIndexes ?? '', completions)
  const [succeeded, failed] = [[...before.succeeded], [...before.failed]]
  const release: Pod[] = []
  let indexes = 0
  let isFull = false
  for (const pod of tracked) {
    if (isFull) break
    const isFailed = isPodFailed(pod, job)
    const isSucceeded = pod.status?.phase === 'Succeeded'
    const mayGo = job.metadata.deletionTimestamp !== undefined || isOver || isSucceeded
    if (!mayGo && (!isFailed || delayed.has(pod))) continue
    release.push(pod)
    const isValid = !isIndexed || hasValidIndex(pod, completions)
    if (isSucceeded && !has(before.failed, pod)) {
      if (!isIndexed && !has(before.succeeded, pod)) succeeded.push(pod.metadata.uid ?? '')
      const index = completionIndex(pod) ?? 0
      if (isIndexed && isValid && !known.some(([first, last]) => index >= first && index <= last)) indexes++
    } else if ((isFailed || failsRest) && isValid && !has(before.failed, pod) && verdictOf(job.spec, pod).counts)
      failed.push(pod.metadata.uid ?? '')
    isFull = indexes + succeeded.length + failed.length >= uncountedMax
  }
  return { status: { ...settled, uncountedTerminatedPods: toStatus({ succeeded, failed }) }, release, isFull }
}

/** With the counts of those whose finalizer is gone. Source: cleanUncountedPodsWithoutFinalizers. */
export function withCounted(status: JobStatus, isStillTracked: (uid: string) => boolean): JobStatus {
  const { succeeded, failed } = uncountedOf(status)
  const left = { succeeded: succeeded.filter(isStillTracked), failed: failed.filter(isStillTracked) }
  const more = succeeded.length - left.succeeded.length
  const worse = failed.length - left.failed.length
  if (more + worse === 0) return status
  return {
    ...status,
    ...(more === 0 ? {} : { succeeded: (status.succeeded ?? 0) + more }),
    ...(worse === 0 ? {} : { failed: (status.failed ?? 0) + worse }),
    uncountedTerminatedPods: toStatus(left),
  }
}

/** Whether Pods are still to be counted. */
export function hasUncounted(status: JobStatus): boolean {
  const { succeeded, failed } = uncountedOf(status)
  return succeeded.length + failed.length > 0
}
