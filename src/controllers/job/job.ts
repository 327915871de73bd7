import { equalJson } from '../../api/json.ts'
import { selectorFromObject } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { OwnerReference } from '../../api/types/meta.ts'
import type { Job, JobStatus } from '../../api/types/workload-specs.ts'
import { type RequestError, resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from '../claim.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { Expectations } from '../expectations.ts'
import { controllerOf, epochOf, eventReference, isPodReady } from '../objects.ts'
import { createPodControl } from '../pod-control.ts'
import { byPolicy, indexFailure, metCriteria, type Settled } from './ends.ts'
import { createJobPods, jobKind } from './job-pods.ts'
import { failJobMessage, successMessage } from './policies.ts'
import {
  condition,
  type Found,
  failureTarget,
  foundPods,
  hasRestartedTooOften,
  isFinished,
  isSameCount,
  nextStatus,
  started,
  withSuspension,
} from './status.ts'

/** Pause after a failed Pod; doubles. Source: pkg/controller/job/job_controller.go, DefaultJobBackOff, MaxJobBackOff. */
const backOffMs = 10 * second
const backOffMaxMs = 360 * second
/** Source: job_controller.go, statusUpdateRetries. */
const statusTries = 4

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
  const jobPods = createJobPods(control, expectations, context.minor)
  const nowText = () => rfc3339(calendar.at(kernel.now()))
  const readyOf = (active: readonly Pod[]) =>
    has(context.minor, controllers.countsReadyJobPods) ? active.filter(isPodReady).length : undefined

  const tell = (job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recorder.event(eventReference(job, jobKind), type, reason, message)

  const failureOf = (job: Job, own: readonly Pod[], { active, failed, lost, done }: Found, retries: number) => {
    const target = failureTarget(job)
    if (target !== undefined) return target
    const broken = failJobMessage(job, own)
    if (broken !== undefined) return ['PodFailurePolicy', broken] as const
    const { parallelism = 1, backoffLimit = 6, activeDeadlineSeconds } = job.spec
    const isNewFailure = failed > (job.status?.failed ?? 0)
    const isOver = has(context.minor, controllers.failsJobsByFailedPods)
      ? failed > backoffLimit
      : isNewFailure && active.length !== parallelism && retries + 1 > backoffLimit
    if (isOver || hasRestartedTooOften(job, own))
      return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const
    const start = epochOf(job.status?.startTime)
    const runningMs = start === undefined || job.spec.suspend === true ? -1 : calendar.at(kernel.now()) - start
    if (activeDeadlineSeconds !== undefined && runningMs >= activeDeadlineSeconds * second)
      return ['DeadlineExceeded', 'Job was active longer than specified deadline'] as const
    return lost === undefined ? undefined : indexFailure(job, lost, done ?? [])
  }

  const fail = function* (job: Job, found: Found, [reason, message]: readonly [string, string]): Steps<Settled> {
    const { active, failed, terminating } = found
    const errors = yield* control.delete(job, active)
    const isTold =
      (has(context.minor, controllers.jobsEndWithTheirPods) || reason === 'PodFailurePolicy') &&
      failureTarget(job) === undefined
    const isOver = !has(context.minor, controllers.jobsEndWithTheirPods) || active.length + terminating === 0
    if (isOver) tell(job, 'Warning', reason, message)
    return {
      active: 0,
      failed: Math.max(failed + active.length, job.status?.failed ?? 0),
      error: errors.find((error) => error !== undefined && !isNotFound(error)),
      ends: [
        ...(isTold ? [condition('FailureTarget', nowText(), reason, message)] : []),
        ...(isOver ? [condition('Failed', nowText(), reason, message)] : []),
      ],
    }
  }

  /** Has as many Pods as are wanted, and sees whether that is all. */
  const proceed = function* (
    key: string,
    job: Job,
    found: Found,
    own: readonly Pod[],
    mayManage: boolean,
  ): Steps<Settled> {
    const { active, failed, succeeded } = found
    const managed = mayManage
      ? yield* jobPods.manage(key, job, found, own, calendar.at(kernel.now()))
      : { active: active.length, error: undefined }
    if ('waitMs' in managed && managed.waitMs !== undefined) queue.addAfter(key, managed.waitMs)
    const { completions, suspend } = job.spec
    const settled = { ...managed, failed, ends: [] }
    const isComplete = completions === undefined ? succeeded > 0 && managed.active === 0 : succeeded >= completions
    if (!isComplete) {
      const turned = mayManage && suspend !== undefined ? withSuspension(job.status, suspend, nowText()) : undefined
      if (turned === undefined) return settled
      if (suspend === true) tell(job, 'Normal', 'Suspended', 'Job suspended')
      else tell(job, 'Normal', 'Resumed', 'Job resumed')
      return { ...settled, turned }
    }
    if (completions !== undefined && managed.active > 0)
      tell(job, 'Warning', 'TooManyActivePods', 'Too many active pods running after completion count reached')
    if (completions !== undefined && succeeded > completions)
      tell(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached')
    tell(job, 'Normal', 'Completed', 'Job completed')
    if (!has(context.minor, controllers.jobsEndWithTheirPods))
      return { ...settled, ends: [condition('Complete', nowText())] }
    const why = ['CompletionsReached', 'Reached expected number of succeeded pods'] as const
    const ends = (['SuccessCriteriaMet', 'Complete'] as const).map((type) => condition(type, nowText(), ...why))
    return { ...settled, ends }
  }

  const ownPods = (job: Job): Steps<readonly Pod[] | undefined> =>
    claim({
      client,
      resource: resources.pods,
      owner: job,
      ownerKind: jobKind,
      ownerResource: resources.jobs,
      selector: selectorFromObject(job.spec.selector),
      candidates: [
        ...pods.byIndex(controllerIndex, job.metadata.uid ?? ''),
        ...pods.byIndex(controllerIndex, orphanKey(job.metadata.namespace)),
      ],
    })

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
      const own = yield* ownPods(cached)
      if (own === undefined) return 'retry'
      const job = started(cached, nowText())
      const { activeDeadlineSeconds } = job.spec
      if (job !== cached && activeDeadlineSeconds !== undefined) queue.addAfter(key, activeDeadlineSeconds * second)
      const found = foundPods(job, own, context.minor)
      const { succeeded, done, lost } = found
      const met = metCriteria(job)
      const failure = met === undefined ? failureOf(job, own, found, retries) : undefined
      const success = failure === undefined ? (met ?? successMessage(job, done ?? [])) : undefined
      const settled =
        failure !== undefined
          ? yield* fail(job, found, failure)
          : success !== undefined
            ? yield* byPolicy({ control, tell, nowText }, job, found, success)
            : yield* proceed(key, job, found, own, needsSync && job.metadata.deletionTimestamp === undefined)
      const isEnding = failure !== undefined || success !== undefined
      const { active, failed, error, ends } = settled
      const before = job.status ?? {}
      const ready = readyOf(isEnding ? [] : found.active)
      const terminating = has(context.minor, controllers.countsTerminatingJobPods)
        ? found.terminating + (isEnding ? found.active.length : 0)
        : undefined
      const counts = { active, ready, terminating, succeeded, failed, done, lost }
      const status = nextStatus(settled.turned ?? before, counts, ends, nowText(), context.minor)
      if (settled.turned === undefined && isSameCount(before, status))
        return wordOf(error, succeeded > (before.succeeded ?? 0))
      if (!(yield* writeStatus(namespace, name, status))) return 'retry'
      // A Pod that failed brings the next look after a pause.
      if (found.failed > (before.failed ?? 0) && ends.length === 0 && lost === undefined) return 'retry'
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

/** What a sync that changed no count comes to. */
function wordOf(error: RequestError | undefined, hasSucceeded: boolean): 'retry' | 'done' | 'keep' {
  if (error !== undefined) return 'retry'
  return hasSucceeded ? 'done' : 'keep'
}
