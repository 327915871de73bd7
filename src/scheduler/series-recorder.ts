import type { Event } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { type Client, type Reply, resources } from '../client/client.ts'
import { referenceTo } from '../client/event-recorder.ts'
import { SeriesRow, type SeriesTeller } from '../client/event-row.ts'
import { type Calendar, rfc3339Micro } from '../kernel/calendar.ts'
import { digestNumber } from '../kernel/digest.ts'
import { extended } from '../kernel/extended.ts'
import { flat } from '../kernel/flat-text.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { Scope } from '../kernel/scope.ts'
import { attempt, type Steps, sleep } from '../kernel/steps.ts'
import { minute, second, type VirtualMs } from '../kernel/time.ts'

/** Source: client-go tools/events/event_broadcaster.go, finishTime, refreshTime, maxTriesPerEvent, defaultSleepDuration. */
const series = { finishMs: 6 * minute, refreshMs: 30 * minute, tries: 12, pauseMs: 10 * second, jitter: 0.25 } as const

export interface SeriesRecorderOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly client: Client
  /** `default-scheduler`. */
  readonly controller: string
  /** Where it runs: the end of `reportingInstance`. */
  readonly host: string
  readonly random: RandomStream
  /** When its clocks began to tick. */
  readonly startedAt: VirtualMs
  /** The scheduler's life: what waits when it ends is lost. */
  readonly scope: Scope
}

export interface SeriesRecorder {
  event(
    regarding: KubeObject,
    related: KubeObject | undefined,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    note: string,
  ): void
}

interface Known {
  event: SeriesRow
  eventTimeMs: VirtualMs
  count: number
  lastObservedMs: VirtualMs
}

/**
 * Events of the newer API: no counts, but a series that begins with the first repetition, is told once, and then only
 * counted until it is over (written every 30 minutes, or when quiet for 6). What is the same event is decided without
 * the message but with the object's resourceVersion. Source: client-go tools/events/{event_broadcaster,event_recorder}.go;
 * facts/apiserver.md 9.4. The events are written as core/v1, in the form in which that API shows them.
 */
export function createSeriesRecorder(options: SeriesRecorderOptions): SeriesRecorder {
  const { kernel, calendar, client, controller, host, random, startedAt, scope } = options
  /** By a digest of what makes events the same: thousands of them are kept. */
  const known = new Map<number, Known>()
  const teller: SeriesTeller = {
    source: { component: controller },
    namesItself: true,
    reportingInstance: flat(`${controller}-${host}`),
  }
  let isWatching = false
  /** The instant of the last name in ns since 1970, and how many names it gave. */
  let lastName = { ms: -1, nanos: 0n, count: 0 }

  const micro = (at: VirtualMs) => rfc3339Micro(calendar.at(at))
  const nameFor = (object: string): string => {
    const ms = calendar.at(kernel.now())
    if (ms === lastName.ms) lastName.count++
    else lastName = { ms, nanos: BigInt(ms) * 1_000_000n, count: 0 }
    return flat(`${object}.${(lastName.nanos + BigInt(lastName.count)).toString(16)}`)
  }

  /** What does not reach the server is tried again; what it refuses it would refuse again. */
  function* write(entry: Known): Steps<void> {
    for (let tries = 1; ; tries++) {
      const reply = entry.count === 0 ? yield* attempt(create(entry.event)) : yield* writeSeries(entry)
      if (reply.ok || reply.error.kind === 'status' || tries >= series.tries) return
      yield* sleep(Math.floor(series.pauseMs * (1 + series.jitter * random.next())))
    }
  }
  function* writeSeries(entry: Known): Steps<Reply<Event>> {
    const { name, namespace } = entry.event
    const told = { count: entry.count, lastObservedTime: micro(entry.lastObservedMs) }
    const type = 'application/strategic-merge-patch+json'
    const key = { namespace, name }
    const patched = yield* attempt(client.patch<Event>(resources.events, key, type, { series: told }))
    const isGone = !patched.ok && patched.error.kind === 'status' && patched.error.status.code === 404
    return isGone
      ? yield* attempt(client.create<Event>(resources.events, extended(entry.event.object, { series: told })))
      : patched
  }
  const create = (event: SeriesRow) => client.create<Event>(resources.events, event, { namespace: event.namespace })
  const send = (entry: Known): void => {
    scope.start(process(kernel, () => write(entry)))
  }

  /** Both loops of the broadcaster, run only while something is remembered. */
  function* watchOver(): Steps<void> {
    isWatching = true
    while (known.size > 0) {
      const elapsed = kernel.now() - startedAt
      const next = (Math.floor(elapsed / series.finishMs) + 1) * series.finishMs
      yield* sleep(next - elapsed)
      tick(next % series.refreshMs === 0)
    }
    isWatching = false
  }
  const tick = (refreshes: boolean): void => {
    for (const [key, entry] of known) {
      const last = entry.count === 0 ? entry.eventTimeMs : entry.lastObservedMs
      const isOver = kernel.now() - last > series.finishMs
      if (entry.count > 0 && (isOver || refreshes)) send(entry)
      if (isOver) known.delete(key)
    }
  }

  return {
    event(regarding, related, type, reason, action, note) {
      const reference = referenceTo(regarding)
      const { uid = '', resourceVersion = '' } = reference
      const key = digestNumber([action, reason, uid, resourceVersion, related?.metadata.uid ?? ''])
      const same = known.get(key)
      if (same !== undefined) {
        same.count++
        same.lastObservedMs = kernel.now()
        if (same.count === 1) send(same)
        return
      }
      const event = new SeriesRow(
        teller,
        reference,
        related && referenceTo(related),
        { type, reason, action, message: flat(note) },
        nameFor(regarding.metadata.name),
        micro(kernel.now()),
      )
      const entry: Known = { event, eventTimeMs: kernel.now(), count: 0, lastObservedMs: kernel.now() }
      known.set(key, entry)
      if (!isWatching) scope.start(process(kernel, watchOver))
      send(entry)
    },
  }
}
