import type { Unsubscribable } from 'rxjs'
import { equalJson } from '../../api/json.ts'
import type { KubeObject, ObjectMeta, ObjectReference } from '../../api/types/meta.ts'
import type { Job } from '../../api/types/workload-specs.ts'
import { resources } from '../../client/client.ts'
import { cacheKey, keyOf, splitKey } from '../../client/informer.ts'
import { errorText, isNamespaceTerminating, isNotFound } from '../../client/refusals.ts'
import { parseSchedule, type Schedule } from '../../go/cron.ts'
import { goQuote } from '../../go/quote.ts'
import { offsetAt } from '../../go/zones.ts'
import { civilTime, padNumber, rfc3339 } from '../../kernel/calendar.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, createClockwork } from '../controller.ts'
import { isFinished } from '../job/status.ts'
import { compareText, controllerOf, epochOf, eventReference, newControllerRef } from '../objects.ts'
import { createTicks } from '../ticks.ts'

interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string
    readonly timeZone?: string
    readonly startingDeadlineSeconds?: number
    readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace'
    readonly suspend?: boolean
    readonly jobTemplate: { readonly metadata?: Partial<ObjectMeta>; readonly spec: Job['spec'] }
    readonly successfulJobsHistoryLimit?: number
    readonly failedJobsHistoryLimit?: number
  }
  readonly status?: { readonly active?: readonly ObjectReference[]; readonly lastScheduleTime?: string }
}

/** Up to v1.20 all CronJobs were looked at every 10 s; later each at its time. Source: cronjob_controller.go, Run; cronjob_controllerv2.go. */
const pollMs = 10 * second
const exactMs = 100
/** More missed starts than this are an error. Source: pkg/controller/cronjob/utils.go, getRecentUnmetScheduleTimes. */
const missedMax = 100

/** Starts Jobs when their schedule says so. Source: pkg/controller/cronjob; facts/apiserver.md 8.3. */
export function createCronJobController(context: ControllerContext): Controller {
  const { kernel, calendar, minor } = context
  const version = has(minor, controllers.cronJobsV2) ? 'v1' : 'v1beta1'
  const resource = { group: 'batch', version, resource: 'cronjobs' }
  const kind = { apiVersion: `batch/${version}`, kind: 'CronJob' }
  const client = context.clientFor('cronjob-controller')
  const recorder = context.recorder('cronjob-controller', 'cronjob-controller')
  const cronJobs = context.informer<CronJob>(resource)
  const jobs = context.informer<Job>(resources.jobs)
  jobs.addIndexer('cronJob', (job) => {
    const owner = controllerOf(job)
    return owner?.kind === 'CronJob' ? [owner.uid] : []
  })
  const dirty = new Set<string>()
  const timers = new Map<string, Unsubscribable>()
  const nowMs = () => calendar.at(kernel.now())

  const clockwork = createClockwork(kernel, [cronJobs, jobs], {
    begin: () => ticks.begin(),
    atRest: () => (dirty.size + timers.size > 0 ? undefined : true),
    goOnFrom: (_rest, beganAt) => ticks.goOnFrom(beganAt),
  })
  const ticks = createTicks(kernel, clockwork, has(minor, controllers.cronJobsV2) ? exactMs : pollMs, () => {
    if (dirty.size === 0) return
    clockwork.run(look, () => {
      if (dirty.size > 0) ticks.request()
    })
  })
  const mark = (key: string): void => {
    dirty.add(key)
    ticks.request()
  }
  const look = function* (): Steps<void> {
    const batch = [...dirty].sort(compareText)
    dirty.clear()
    for (const key of batch) {
      const { namespace, name } = splitKey(key)
      const cronJob = cronJobs.get(namespace, name)
      if (cronJob === undefined) continue
      const next = yield* sync(cronJob)
      yield* cleanUp(next)
      wakeUp(next)
    }
  }

  /** Looks again at the look that follows the next scheduled time. */
  const wakeUp = (cronJob: CronJob): void => {
    const key = keyOf(cronJob)
    timers.get(key)?.unsubscribe()
    timers.delete(key)
    if (cronJob.spec.suspend === true) return
    const at = scheduleOf(cronJob).next(nowMs())
    if (at !== undefined)
      timers.set(
        key,
        clockwork.after(at - nowMs(), () => mark(key)),
      )
  }

  const tell = (cronJob: CronJob, type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recorder.event(eventReference(cronJob, kind), type, reason, message)

  const write = function* (cronJob: CronJob, status: NonNullable<CronJob['status']>): Steps<CronJob | undefined> {
    if (equalJson(status, cronJob.status ?? {})) return cronJob
    const next = { ...cronJob, status }
    const written = yield* attempt(client.update<CronJob>(resource, next, { subresource: 'status' }))
    return written.ok ? written.value : undefined
  }

  /** Source: syncOne, its first part: who of the active has ended or is gone. */
  const stillActive = (cronJob: CronJob, own: readonly Job[]): readonly ObjectReference[] => {
    const active = cronJob.status?.active ?? []
    const left: ObjectReference[] = []
    for (const reference of active) {
      const job = own.find(({ metadata }) => metadata.uid === reference.uid)
      if (job === undefined) tell(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`)
      else if (isFinished(job)) {
        const end = job.status?.conditions?.find(({ status }) => status === 'True')?.type
        tell(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${reference.name}, status: ${end}`)
      } else left.push(reference)
    }
    for (const job of own)
      if (!isFinished(job) && !active.some(({ uid }) => uid === job.metadata.uid)) {
        const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`
        tell(cronJob, 'Warning', 'UnexpectedJob', message)
      }
    return left
  }

  const sync = function* (cached: CronJob): Steps<CronJob> {
    const own = jobs.byIndex('cronJob', cached.metadata.uid ?? '')
    const active = stillActive(cached, own)
    const written = yield* write(cached, withActive(cached.status, active))
    if (written === undefined) {
      mark(keyOf(cached))
      return cached
    }
    if (written.metadata.deletionTimestamp !== undefined || written.spec.suspend === true) return written
    if (has(minor, controllers.tellsZonesOfSchedules) && written.spec.schedule.includes('TZ'))
      tell(written, 'Warning', 'UnsupportedSchedule', unsupported(written.spec.schedule))
    const { due, missed } = dueTime(written, nowMs(), !has(minor, controllers.cronJobsV2))
    if (missed > missedMax) {
      tellMissed(written, missed)
      if (!has(minor, controllers.cronJobsV2)) return written
    }
    if (due === undefined) return written
    const { startingDeadlineSeconds, concurrencyPolicy } = written.spec
    if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * second < nowMs()) {
      tell(written, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`)
      return written
    }
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      if (has(minor, controllers.cronJobsV2)) tell(written, 'Normal', 'JobAlreadyActive', alreadyActive)
      return written
    }
    let left = active
    if (concurrencyPolicy === 'Replace')
      for (const reference of active) {
        if (!(yield* remove(written, reference.name ?? ''))) return written
        left = left.filter((one) => one !== reference)
      }
    return yield* startJob(written, due, left)
  }

  const startJob = function* (cronJob: CronJob, due: number, active: readonly ObjectReference[]): Steps<CronJob> {
    const { namespace = '', name } = cronJob.metadata
    const { metadata: template = {}, spec } = cronJob.spec.jobTemplate
    // v2 counts minutes: a schedule knows none finer.
    const stamp = Math.floor(due / (has(minor, controllers.cronJobsV2) ? 60 * second : second))
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        ...(template.labels === undefined ? {} : { labels: template.labels }),
        ...annotationsFor(cronJob, due, minor),
        name: `${name}-${stamp}`,
        namespace,
        ownerReferences: [newControllerRef(cronJob, kind)],
      },
      spec,
    }
    const created = yield* attempt(client.create<Job>(resources.jobs, job))
    if (!created.ok) {
      if (!isNamespaceTerminating(created.error))
        tell(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${errorText(created.error)}`)
      return cronJob
    }
    tell(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${created.value.metadata.name}`)
    const reference = eventReference(created.value, { apiVersion: 'batch/v1', kind: 'Job' })
    const status = { ...withActive(cronJob.status, [...active, reference]), lastScheduleTime: rfc3339(due) }
    return (yield* write(cronJob, status)) ?? cronJob
  }

  /** Source: syncOne; nextScheduleTime. */
  const tellMissed = (cronJob: CronJob, missed: number): void => {
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    if (!has(minor, controllers.cronJobsV2)) {
      const why = `Cannot determine if job needs to be started: Too many missed start time (> 100). ${advice}.`
      tell(cronJob, 'Warning', 'FailedNeedsStart', why)
      return
    }
    const count = has(minor, controllers.missedStartsAreNotCounted) ? '' : `: ${missed}`
    tell(cronJob, 'Warning', 'TooManyMissedTimes', `too many missed start times${count}. ${advice}`)
  }

  const remove = function* (cronJob: CronJob, name: string): Steps<boolean> {
    const key = { namespace: cronJob.metadata.namespace ?? '', name }
    const policy = { propagationPolicy: 'Background' } as const
    const gone = yield* attempt(client.delete(resources.jobs, key, policy))
    const isGone = gone.ok || isNotFound(gone.error)
    if (!isGone) tell(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${gone.ok ? '' : errorText(gone.error)}`)
    else tell(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`)
    return isGone
  }

  /** Ended Jobs beyond the limits go, oldest first. Source: cleanupFinishedJobs. */
  const cleanUp = function* (cronJob: CronJob): Steps<void> {
    const own = jobs.byIndex('cronJob', cronJob.metadata.uid ?? '')
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec
    for (const [type, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue
      const ended = own.filter((job) =>
        job.status?.conditions?.some((one) => one.type === type && one.status === 'True'),
      )
      const oldestFirst = ended.sort((a, b) => compareText(a.status?.startTime ?? '', b.status?.startTime ?? ''))
      for (const job of oldestFirst.slice(0, Math.max(0, ended.length - limit)))
        yield* remove(cronJob, job.metadata.name)
    }
  }

  cronJobs.addHandler({
    add: (cronJob) => mark(keyOf(cronJob)),
    update(old, cronJob) {
      if (!equalJson(old.spec, cronJob.spec)) mark(keyOf(cronJob))
    },
    delete(cronJob) {
      timers.get(keyOf(cronJob))?.unsubscribe()
      timers.delete(keyOf(cronJob))
    },
  })
  const jobChanged = (job: Job): void => {
    const owner = controllerOf(job)
    if (owner?.kind === 'CronJob') mark(cacheKey(job.metadata.namespace, owner.name))
  }
  jobs.addHandler({
    update(old, job) {
      if (isFinished(old) !== isFinished(job)) jobChanged(job)
    },
    delete: jobChanged,
  })
  return clockwork
}

/** Source: cronjob_controllerv2.go, syncCronJob. */
const alreadyActive = 'Not starting job because prior execution is running and concurrency policy is Forbid'

/** Source: cronjob_controllerv2.go, formatSchedule. */
function unsupported(schedule: string): string {
  return `CRON_TZ or TZ used in schedule ${goQuote(schedule)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`
}

/** A zone that stands before the line goes before the field. Source: github.com/robfig/cron v3.0.1, parser.go, Parse. */
function scheduleOf({ spec }: CronJob): Schedule {
  const inFront = /^(?:CRON_)?TZ=([^ ]*) +/.exec(spec.schedule)
  if (inFront === null) return parseSchedule(spec.schedule, spec.timeZone)
  return parseSchedule(spec.schedule.slice(inFront[0].length), inFront[1])
}

interface Due {
  /** The latest start that is due and was not made. */
  readonly due: number | undefined
  readonly missed: number
}

/** Counted one by one up to v1.20, later estimated by the first two. Source: getRecentUnmetScheduleTimes; mostRecentScheduleTime. */
function dueTime(cronJob: CronJob, now: number, isCounted: boolean): Due {
  const { metadata, spec, status } = cronJob
  const since = epochOf(status?.lastScheduleTime) ?? epochOf(metadata.creationTimestamp) ?? now
  const deadline = spec.startingDeadlineSeconds === undefined ? since : now - spec.startingDeadlineSeconds * second
  const schedule = scheduleOf(cronJob)
  const first = schedule.next(Math.max(since, deadline))
  if (first === undefined || first > now) return { due: undefined, missed: 0 }
  const following = schedule.next(first)
  if (following === undefined || following > now) return { due: first, missed: 1 }
  const apart = following - first
  const missed = isCounted ? countUpTo(schedule, first, now) : Math.floor((now - first) / apart) + 1
  return { due: latestUpTo(schedule, now, apart), missed }
}

/** How often a schedule was due from `first` to `now`; of more than are allowed not how many more. */
function countUpTo(schedule: Schedule, first: number, now: number): number {
  let count = 0
  for (let at: number | undefined = first; at !== undefined && at <= now && count <= missedMax; at = schedule.next(at))
    count++
  return count
}

/** Of a schedule that was due before. */
function latestUpTo(schedule: Schedule, now: number, apart: number): number | undefined {
  let latest: number | undefined
  for (let back = apart; latest === undefined; back *= 2)
    for (let at = schedule.next(now - back); at !== undefined && at <= now; at = schedule.next(at)) latest = at
  return latest
}

/** Source: pkg/controller/cronjob/utils.go, getJobFromTemplate2. */
function annotationsFor({ spec }: CronJob, due: number, minor: number): Pick<ObjectMeta, 'annotations'> {
  const { annotations } = spec.jobTemplate.metadata ?? {}
  if (!has(minor, controllers.jobsTellTheirTime)) return annotations === undefined ? {} : { annotations }
  const at = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': rfc3339In(due, spec.timeZone) }
  return { annotations: { ...annotations, ...at } }
}

/** Go's time.RFC3339, with the zone's distance from UTC. */
function rfc3339In(epochMs: number, zone: string | undefined): string {
  const offset = zone === undefined ? 0 : offsetAt(zone, epochMs) / (60 * second)
  if (offset === 0) return rfc3339(epochMs)
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const distance = `${offset < 0 ? '-' : '+'}${padNumber(hours, 2)}:${padNumber(minutes, 2)}`
  return rfc3339(epochMs + offset * 60 * second).replace('Z', distance)
}

function withActive(status: CronJob['status'], active: readonly ObjectReference[]): NonNullable<CronJob['status']> {
  const { active: _before, ...rest } = status ?? {}
  return active.length === 0 ? rest : { ...rest, active }
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Go's time.RFC1123Z in UTC. */
function rfc1123(epochMs: number): string {
  const { year, month, day, hour, minute: minutes, second: seconds } = civilTime(epochMs)
  const weekday = weekdays[(Math.floor(epochMs / 86_400_000) + 4) % 7]
  const clock = [hour, minutes, seconds].map((part) => padNumber(part, 2)).join(':')
  return `${weekday}, ${padNumber(day, 2)} ${months[month - 1]} ${year} ${clock} +0000`
}
