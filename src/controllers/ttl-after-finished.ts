import type { Job } from '../api/types/workload-specs.ts'
import { resources } from '../client/client.ts'
import { keyOf, splitKey } from '../client/informer.ts'
import { isNotFound } from '../client/refusals.ts'
import { attempt } from '../kernel/steps.ts'
import { second } from '../kernel/time.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { isFinished } from './job/status.ts'
import { epochOf } from './objects.ts'

/**
 * Deletes Jobs some time after they ended, where they say so. On since v1.21.
 * Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
 */
export function createTtlAfterFinishedController(context: ControllerContext): Controller {
  const { kernel, calendar } = context
  const client = context.clientFor('ttl-after-finished-controller')
  const jobs = context.informer<Job>(resources.jobs)

  const leftMs = (job: Job): number | undefined => {
    const { ttlSecondsAfterFinished } = job.spec
    if (ttlSecondsAfterFinished === undefined || !isFinished(job)) return undefined
    const end = job.status?.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed')
    const ended = epochOf(end?.lastTransitionTime) ?? calendar.at(kernel.now())
    return ended + ttlSecondsAfterFinished * second - calendar.at(kernel.now())
  }

  const { queue, controller } = createQueue({
    context,
    informers: [jobs],
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const cached = jobs.get(namespace, name)
      if (cached === undefined || (leftMs(cached) ?? 1) > 0) return 'done'
      // The Job may have been changed since: the server knows.
      const live = yield* attempt(client.get<Job>(resources.jobs, { namespace, name }))
      if (!live.ok) return isNotFound(live.error) ? 'done' : 'retry'
      if ((leftMs(live.value) ?? 1) > 0) return 'done'
      const { uid } = live.value.metadata
      const policy = {
        propagationPolicy: 'Foreground' as const,
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      }
      const gone = yield* attempt(client.delete(resources.jobs, { namespace, name }, policy))
      return gone.ok || isNotFound(gone.error) ? 'done' : 'retry'
    },
  })
  const add = (job: Job): void => {
    const left = job.metadata.deletionTimestamp === undefined ? leftMs(job) : undefined
    if (left !== undefined) queue.addAfter(keyOf(job), left)
  }
  jobs.addHandler({ add, update: (_old, job) => add(job) })
  return controller
}
