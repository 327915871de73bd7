import { equalJson } from '../api/json.ts'
import { selectorFromObject } from '../api/label-selector.ts'
import type { Pod } from '../api/types/core.ts'
import type { OwnerReference } from '../api/types/meta.ts'
import type { Job, JobStatus, WorkloadCondition } from '../api/types/workload-specs.ts'
import { type RequestError, resources } from '../client/client.ts'
import { keyOf, splitKey } from '../client/informer.ts'
import { isNotFound } from '../client/refusals.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { second } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from './claim.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { Expectations } from './expectations.ts'
import { controllerOf, epochOf, eventReference, isPodActive, isPodReady, omitZero } from './objects.ts'
import { createPodControl, createSlowly, podFromTemplate } from './pod-control.ts'
import { podsToDelete } from './pods-to-delete.ts'

/** Pause after a failed Pod; doubles. Source: pkg/controller/job/job_controller.go, DefaultJobBackOff, MaxJobBackOff. */
const backOffMs = 10 * second
const backOffMaxMs = 360 * second
/** Source: job_controller.go, statusUpdateRetries. */
const statusTries = 4

const jobKind = { apiVersion: 'batch/v1', kind: 'Job' } as const

/** Runs Pods until enough of them have succeeded. Source: pkg/controller/job/job_controller.go; facts/apiserver.md 8.3. */
export function createJobController(context: ControllerContext): Controller {
  const { kernel, calendar } = context
  const client = context.clientFor('job-controller')
  const recorder = context.recorder('job-controller', 'job-controller')
  const jobs = context.informer<Job>(resources.jobs)
  const pods = context.informer<Pod>(resources.pods)
  jobs.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer(controllerIndex, claimKeys)
  const control = createPodControl(client, recorder, jobKind)
  const expectations = new Expectations(kernel)
  const nowText = () => rfc3339(calendar.at(kernel.now()))
  const readyOf = (active: readonly Pod[]) =>
    has(context.minor, controllers.countsReadyJobPods) ? active.filter(isPodReady).length : undefined

  const tell = (job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recorder.event(eventReference(job, jobKind), type, reason, message)

  /** Brings the number of active Pods to what it should be. Source: manageJob. */
  const manage = function* (
    key: string,
    job: Job,
    active: readonly Pod[],
    succeeded: number,
  ): Steps<{ readonly active: number; readonly error: RequestError | undefined }> {
    const { parallelism = 1, completions } = job.spec
    if (active.length > parallelism) {
      const doomed = podsToDelete(active, [], active.length - parallelism)
      expectations.expect(key, 0, doomed.map(keyOf))
      const errors = yield* control.delete(job, doomed)
      let error: RequestError | undefined
      let kept = 0
      for (const [at, one] of errors.entries()) {
        const pod = doomed[at]
        if (one === undefined || pod === undefined) continue
        expectations.deletionObserved(key, keyOf(pod))
        if (isNotFound(one)) continue
        kept++
        error ??= one
      }
      return { active: parallelism + kept, error }
    }
    const open = completions === undefined ? parallelism : Math.min(parallelism, completions - succeeded)
    const wanted = completions === undefined && succeeded > 0 ? active.length : open
    const missing = Math.max(0, wanted - active.length)
    if (missing === 0) return { active: active.length, error: undefined }
    expectations.expect(key, missing)
    const pod = podFromTemplate(job.spec.template, job, jobKind)
    const { made, error } = yield* createSlowly(control, job, new Array<object>(missing).fill(pod))
    for (let left = missing - made; left > 0; left--) expectations.creationObserved(key)
    return { active: active.length + made, error }
  }

  const fail = function* (job: Job, active: readonly Pod[]): Steps<RequestError | undefined> {
    const errors = yield* control.delete(job, active)
    return errors.find((error) => error !== undefined && !isNotFound(error))
  }

  const failureOf = (job: Job, own: readonly Pod[], isNewFailure: boolean, retries: number, active: number) => {
    const { parallelism = 1, backoffLimit = 6, activeDeadlineSeconds } = job.spec
    const isOver = isNewFailure && active !== parallelism && retries + 1 > backoffLimit
    if (isOver || hasRestartedTooOften(job, own))
      return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const
    const started = epochOf(job.status?.startTime)
    const runningMs = started === undefined ? -1 : calendar.at(kernel.now()) - started
    if (activeDeadlineSeconds !== undefined && runningMs >= activeDeadlineSeconds * second)
      return ['DeadlineExceeded', 'Job was active longer than specified deadline'] as const
    return undefined
  }

  const { queue, controller } = createQueue({
    context,
    informers: [jobs, pods],
    baseDelayMs: backOffMs,
    maxDelayMs: backOffMaxMs,
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const cached = jobs.get(namespace, name)
      if (cached === undefined) {
        expectations.forget(key)
        return 'done'
      }
      if (isFinished(cached)) return 'done'
      const retries = queue.retries(key)
      const needsSync = expectations.areSatisfied(key)
      const own = yield* claim({
        client,
        resource: resources.pods,
        owner: cached,
        ownerKind: jobKind,
        ownerResource: resources.jobs,
        selector: selectorFromObject(cached.spec.selector),
        candidates: [
          ...pods.byIndex(controllerIndex, cached.metadata.uid ?? ''),
          ...pods.byIndex(controllerIndex, orphanKey(namespace)),
        ],
      })
      if (own === undefined) return 'retry'
      const job = started(cached, nowText())
      const { activeDeadlineSeconds } = job.spec
      if (job !== cached && activeDeadlineSeconds !== undefined) queue.addAfter(key, activeDeadlineSeconds * second)
      const active = own.filter(isPodActive)
      const succeeded = own.filter(({ status }) => status?.phase === 'Succeeded').length
      let failed = own.filter(({ status }) => status?.phase === 'Failed').length
      const isNewFailure = failed > (job.status?.failed ?? 0)
      const failure = failureOf(job, own, isNewFailure, retries, active.length)
      let stillActive = active.length
      let error: RequestError | undefined
      let end: WorkloadCondition | undefined
      if (failure !== undefined) {
        error = yield* fail(job, active)
        failed += active.length
        stillActive = 0
        end = condition('Failed', nowText(), failure[0], failure[1])
        tell(job, 'Warning', failure[0], failure[1])
      } else {
        if (needsSync && job.metadata.deletionTimestamp === undefined) {
          const managed = yield* manage(key, job, active, succeeded)
          stillActive = managed.active
          error = managed.error
        }
        const { completions } = job.spec
        const isComplete = completions === undefined ? succeeded > 0 && stillActive === 0 : succeeded >= completions
        if (isComplete) {
          if (completions !== undefined && stillActive > 0)
            tell(job, 'Warning', 'TooManyActivePods', 'Too many active pods running after completion count reached')
          if (completions !== undefined && succeeded > completions)
            tell(
              job,
              'Warning',
              'TooManySucceededPods',
              'Too many succeeded pods running after completion count reached',
            )
          end = condition('Complete', nowText())
          tell(job, 'Normal', 'Completed', 'Job completed')
        }
      }
      const before = job.status ?? {}
      const counts = { active: stillActive, ready: readyOf(failure === undefined ? active : []), succeeded, failed }
      const status = nextStatus(before, counts, end, nowText())
      if (isSameCount(before, status)) return wordOf(error, succeeded > (before.succeeded ?? 0))
      if (!(yield* writeStatus(namespace, name, status))) return 'retry'
      // A Pod that failed brings the next look after a pause.
      if (isNewFailure && end === undefined) return 'retry'
      return error === undefined ? 'done' : 'retry'
    },
  })

  const writeStatus = function* (namespace: string, name: string, status: JobStatus): Steps<boolean> {
    for (let tries = 1; tries <= statusTries; tries++) {
      const fresh = yield* attempt(client.get<Job>(resources.jobs, { namespace, name }))
      if (!fresh.ok) return false
      const next = { ...fresh.value, status }
      const written = yield* attempt(client.update<Job>(resources.jobs, next, { subresource: 'status' }))
      if (written.ok) return true
    }
    return false
  }

  const resolve = (namespace: string | undefined, reference: OwnerReference | undefined): Job | undefined => {
    if (reference?.kind !== jobKind.kind) return undefined
    const job = jobs.get(namespace, reference.name)
    return job?.metadata.uid === reference.uid ? job : undefined
  }
  const enqueue = (job: Job, isImmediate = true): void => {
    const key = keyOf(job)
    const retries = isImmediate ? 0 : queue.retries(key)
    queue.addAfter(key, retries === 0 ? 0 : Math.min(backOffMs * 2 ** (retries - 1), backOffMaxMs))
  }
  const offerOrphan = (pod: Pod): void => {
    for (const job of jobs.byIndex('namespace', pod.metadata.namespace ?? ''))
      if (selectorFromObject(job.spec.selector).matches(pod.metadata.labels)) enqueue(job)
  }
  const podGone = (pod: Pod): void => {
    const job = resolve(pod.metadata.namespace, controllerOf(pod))
    if (job === undefined) return
    expectations.deletionObserved(keyOf(job), keyOf(pod))
    enqueue(job)
  }
  jobs.addHandler({
    add: (job) => enqueue(job),
    update(old, job) {
      enqueue(job)
      const { activeDeadlineSeconds } = job.spec
      const start = epochOf(job.status?.startTime)
      if (start === undefined || activeDeadlineSeconds === undefined) return
      if (old.spec.activeDeadlineSeconds === activeDeadlineSeconds) return
      queue.addAfter(keyOf(job), activeDeadlineSeconds * second - (calendar.at(kernel.now()) - start))
    },
    delete: (job) => enqueue(job),
  })
  pods.addHandler({
    add(pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod)
        return
      }
      const reference = controllerOf(pod)
      const job = resolve(pod.metadata.namespace, reference)
      if (job !== undefined) {
        expectations.creationObserved(keyOf(job))
        enqueue(job)
      } else if (reference === undefined) offerOrphan(pod)
    },
    update(old, pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod)
        return
      }
      const isImmediate = pod.status?.phase !== 'Failed'
      const [was, is] = [controllerOf(old), controllerOf(pod)]
      const former = was?.uid === is?.uid ? undefined : resolve(old.metadata.namespace, was)
      if (former !== undefined) enqueue(former, isImmediate)
      const job = resolve(pod.metadata.namespace, is)
      if (job !== undefined) enqueue(job, isImmediate)
      else if (is === undefined && (was !== undefined || !equalJson(old.metadata.labels, pod.metadata.labels)))
        offerOrphan(pod)
    },
    delete: podGone,
  })
  return controller
}

/** Source: pkg/controller/job/utils.go, IsJobFinished. */
export function isFinished({ status }: Job): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True') ??
    false
  )
}

function started(job: Job, now: string): Job {
  return job.status?.startTime === undefined ? { ...job, status: { ...job.status, startTime: now } } : job
}

function condition(type: 'Complete' | 'Failed', now: string, reason?: string, message?: string): WorkloadCondition {
  return {
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}

/** What a sync that changed no count comes to. */
function wordOf(error: RequestError | undefined, hasSucceeded: boolean): 'retry' | 'done' | 'keep' {
  if (error !== undefined) return 'retry'
  return hasSucceeded ? 'done' : 'keep'
}

interface JobCounts {
  readonly active: number
  /** Undefined: nobody counts them yet. */
  readonly ready: number | undefined
  readonly succeeded: number
  readonly failed: number
}

function nextStatus(
  { conditions, startTime, completionTime }: JobStatus,
  { active, ready, succeeded, failed }: JobCounts,
  end: WorkloadCondition | undefined,
  now: string,
): JobStatus {
  const all = end === undefined ? conditions : [...(conditions ?? []), end]
  const completed = end?.type === 'Complete' ? now : completionTime
  return {
    ...(all === undefined ? {} : { conditions: all }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completed === undefined ? {} : { completionTime: completed }),
    ...omitZero({ active, succeeded, failed }),
    ...(ready === undefined ? {} : { ready }),
  }
}

function isSameCount(before: JobStatus, after: JobStatus): boolean {
  const same = (count: 'active' | 'succeeded' | 'failed') => (before[count] ?? 0) === (after[count] ?? 0)
  const conditions = (before.conditions ?? []).length === (after.conditions ?? []).length
  return conditions && before.ready === after.ready && same('active') && same('succeeded') && same('failed')
}

/** With restartPolicy OnFailure the restarts of containers count. Source: pastBackoffLimitOnFailure. */
function hasRestartedTooOften({ spec }: Job, own: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false
  const { backoffLimit = 6 } = spec
  let restarts = 0
  for (const { status } of own)
    if (status?.phase === 'Running' || status?.phase === 'Pending')
      for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
        restarts += container.restartCount
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
}
