import { selectorFromObject } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { OwnerReference } from '../../api/types/meta.ts'
import type { Job } from '../../api/types/workload-specs.ts'
import { resources } from '../../client/client.ts'
import { splitKey } from '../../client/informer.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { minute, second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from '../claim.ts'
import { type Controller, type ControllerContext, combine, createQueue } from '../controller.ts'
import { Expectations } from '../expectations.ts'
import { controllerOf, eventReference } from '../objects.ts'
import { createPodControl } from '../pod-control.ts'
import { listenForJobs, podBackOff } from './job-events.ts'
import type { JobParts } from './job-parts.ts'
import { createJobPods, jobKind } from './job-pods.ts'
import { isFinished } from './status.ts'
import { isManagedElsewhere, syncOrphan, TrackedSync } from './tracked-sync.ts'
import { FinalizerRemovals, trackingFinalizer } from './tracking.ts'
import { UntrackedSync } from './untracked-sync.ts'

/** Pause after a sync that failed, once failures of Pods are remembered apart. Source: DefaultJobApiBackOff, MaxJobApiBackOff. */
const apiBackOff = { baseDelayMs: second, maxDelayMs: minute } as const

/** Runs Pods until enough of them have succeeded. Source: pkg/controller/job/job_controller.go; facts/apiserver.md 8.3. */
export function createJobController(context: ControllerContext): Controller {
  const { kernel, calendar, minor } = context
  const client = context.clientFor('job-controller')
  const recorder = context.recorder('job-controller', 'job-controller')
  const jobs = context.informer<Job>(resources.jobs)
  const pods = context.informer<Pod>(resources.pods)
  jobs.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer(controllerIndex, claimKeys)
  const control = createPodControl(client, recorder, jobKind)
  const expectations = new Expectations(kernel)
  const tracks = has(minor, controllers.tracksJobPods)
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
      ...(tracks ? { finalizer: trackingFinalizer } : {}),
    })
  const parts: JobParts = {
    minor,
    client,
    jobs,
    control,
    expectations,
    jobPods: createJobPods(client, control, expectations, minor),
    ownPods,
    tell: (job, type, reason, message) => recorder.event(eventReference(job, jobKind), type, reason, message),
    nowEpochMs: () => calendar.at(kernel.now()),
    nowText: () => rfc3339(calendar.at(kernel.now())),
    addAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    retries: (key) => queue.retries(key),
  }
  const removals = new FinalizerRemovals()
  const syncs = tracks ? new TrackedSync(parts, removals) : new UntrackedSync(parts)
  const retry = has(minor, controllers.batchesJobStatuses) ? apiBackOff : podBackOff
  const { queue, controller } = createQueue({
    context,
    informers: [jobs, pods],
    ...retry,
    sync: (key) => syncs.sync(key),
  })
  const resolve = (namespace: string | undefined, reference: OwnerReference | undefined): Job | undefined => {
    if (reference?.kind !== jobKind.kind) return undefined
    const job = jobs.get(namespace, reference.name)
    return job?.metadata.uid === reference.uid ? job : undefined
  }
  /** Whether nobody will count a Pod. */
  const isOrphan = (pod: Pod): boolean => {
    const job = resolve(pod.metadata.namespace, controllerOf(pod))
    return job === undefined || (!isManagedElsewhere(job, minor) && isFinished(job))
  }
  const orphans = tracks
    ? createQueue({
        context,
        informers: [jobs, pods],
        workers: 1,
        ...retry,
        *sync(key) {
          const { namespace, name } = splitKey(key)
          const pod = pods.get(namespace, name)
          return yield* syncOrphan(parts, pod, pod !== undefined && isOrphan(pod))
        },
      })
    : undefined
  listenForJobs({ parts, pods, queue, orphans: orphans?.queue, removals, resolve })
  return orphans === undefined ? controller : combine(controller, orphans.controller)
}
