import { equalJson } from '../../api/json.ts'
import { selectorFromObject } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { OwnerReference } from '../../api/types/meta.ts'
import type { Job } from '../../api/types/workload-specs.ts'
import { type Informer, keyOf } from '../../client/informer.ts'
import type { WorkQueue } from '../../client/work-queue.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { controllerIndex } from '../claim.ts'
import { controllerOf } from '../objects.ts'
import type { JobParts } from './job-parts.ts'
import { deadlineLeftMs, isFinished } from './status.ts'
import { batchMs } from './tracked-sync.ts'
import { type FinalizerRemovals, isTracked } from './tracking.ts'

/** Who is told of changes of Jobs and Pods, and what it must know for that. */
export interface JobEars {
  readonly parts: JobParts
  readonly pods: Informer<Pod>
  readonly queue: WorkQueue
  /** Pods that no Job will count; undefined where Pods are not tracked. */
  readonly orphans: WorkQueue | undefined
  readonly removals: FinalizerRemovals
  resolve(namespace: string | undefined, reference: OwnerReference | undefined): Job | undefined
}

/** What makes the controller look at a Job again, which says how soon it does. */
type Cause = 'spec' | 'status' | 'pod' | 'failure'

/** Pause after a failed Pod, and after a sync that found one; doubles. Source: pkg/controller/job/job_controller.go of v1.18, DefaultJobBackOff, MaxJobBackOff. */
export const podBackOff = { baseDelayMs: 10 * second, maxDelayMs: 360 * second } as const

/** Source: job_controller.go, enqueueControllerDelayed, enqueueSyncJobInternal. */
function delayMs(cause: Cause, retries: number, minor: number): number {
  const podsMs = has(minor, controllers.batchesJobPods) ? batchMs : 0
  const batchesAll = has(minor, controllers.batchesJobStatuses)
  if (cause === 'spec') return 0
  if (cause === 'status') return batchesAll ? batchMs : 0
  if (cause === 'pod' || batchesAll || retries === 0) return podsMs
  return Math.min(podBackOff.baseDelayMs * 2 ** (retries - 1), podBackOff.maxDelayMs)
}

/** Puts Jobs into the queue when they or their Pods change. Source: job_controller.go, addPod, updatePod, deletePod, updateJob, deleteJob. */
export function listenForJobs(ears: JobEars): void {
  const { parts, pods, queue, orphans, removals, resolve } = ears
  const { minor, jobs, expectations } = parts
  const enqueue = (job: Job, cause: Cause): void => {
    const key = keyOf(job)
    queue.addAfter(key, delayMs(cause, queue.retries(key), minor))
  }
  const release = (pod: Pod): void => {
    if (isTracked(pod)) orphans?.add(keyOf(pod))
  }
  const offerOrphan = (pod: Pod): void => {
    for (const job of jobs.byIndex('namespace', pod.metadata.namespace ?? ''))
      if (selectorFromObject(job.spec.selector).matches(pod.metadata.labels)) enqueue(job, 'pod')
  }
  const podGone = (pod: Pod, isFinal: boolean): void => {
    const job = resolve(pod.metadata.namespace, controllerOf(pod))
    if (job === undefined || (orphans !== undefined && isFinished(job))) {
      if (!isFinal) release(pod)
      return
    }
    expectations.deletionObserved(keyOf(job), keyOf(pod))
    if (isFinal || !isTracked(pod)) removals.observed(keyOf(job), pod)
    enqueue(job, 'pod')
  }
  jobs.addHandler({
    add: (job) => enqueue(job, 'spec'),
    update(old, job) {
      enqueue(job, old.metadata.generation === job.metadata.generation ? 'status' : 'spec')
      if (old.spec.activeDeadlineSeconds === job.spec.activeDeadlineSeconds) return
      const leftMs = deadlineLeftMs(job, parts.nowEpochMs())
      if (leftMs !== undefined) queue.addAfter(keyOf(job), leftMs)
    },
    delete(job) {
      enqueue(job, 'spec')
      if (orphans !== undefined) for (const pod of pods.byIndex(controllerIndex, job.metadata.uid ?? '')) release(pod)
    },
  })
  pods.addHandler({
    add(pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod, false)
        return
      }
      const reference = controllerOf(pod)
      const job = resolve(pod.metadata.namespace, reference)
      if (job !== undefined) {
        expectations.creationObserved(keyOf(job))
        enqueue(job, 'pod')
      } else if (reference === undefined) {
        release(pod)
        offerOrphan(pod)
      }
    },
    update(old, pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod, false)
        return
      }
      const cause = causeOf(old, pod, minor)
      const [was, is] = [controllerOf(old), controllerOf(pod)]
      const former = was?.uid === is?.uid ? undefined : resolve(old.metadata.namespace, was)
      const job = resolve(pod.metadata.namespace, is)
      for (const one of [former, job]) {
        if (one === undefined) continue
        if (!isTracked(pod)) removals.observed(keyOf(one), pod)
        enqueue(one, cause)
      }
      if (job !== undefined || is !== undefined) return
      release(pod)
      if (was !== undefined || !equalJson(old.metadata.labels, pod.metadata.labels)) offerOrphan(pod)
    },
    delete: (pod) => podGone(pod, true),
  })
}

/** Up to v1.23 each news of a Pod that failed makes its Job wait, later only the first. Source: updatePod (#114516). */
function causeOf(old: Pod, pod: Pod, minor: number): Cause {
  if (pod.status?.phase !== 'Failed') return 'pod'
  return has(minor, controllers.batchesJobPods) && old.status?.phase === 'Failed' ? 'pod' : 'failure'
}
