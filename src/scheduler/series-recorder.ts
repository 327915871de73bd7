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
  return new Broadcaster(options)
}

/** A class: generators that are closures would keep their simulation alive (docs/decisions/0011-what-is-made-in-crowds.md). */
class Broadcaster implements SeriesRecorder {
  readonly #options: SeriesRecorderOptions
  readonly #teller: SeriesTeller
  /** By a digest of what makes events the same: thousands of them are kept. */
  readonly #known = new Map<number, Known>()
  #isWatching = false
  /** The instant of the last name in ns since 1970, and how many names it gave. */
  #lastName = { ms: -1, nanos: 0n, count: 0 }

  constructor(options: SeriesRecorderOptions) {
    const { controller, host } = options
    this.#options = options
    this.#teller = {
      source: { component: controller },
      namesItself: true,
      reportingInstance: flat(`${controller}-${host}`),
    }
  }

  event(
    regarding: KubeObject,
    related: KubeObject | undefined,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    note: string,
  ): void {
    const { kernel, scope } = this.#options
    const reference = referenceTo(regarding)
    const { uid = '', resourceVersion = '' } = reference
    const key = digestNumber([action, reason, uid, resourceVersion, related?.metadata.uid ?? ''])
    const same = this.#known.get(key)
    if (same !== undefined) {
      same.count++
      same.lastObservedMs = kernel.now()
      if (same.count === 1) this.#send(same)
      return
    }
    const event = new SeriesRow(
      this.#teller,
      reference,
      related && referenceTo(related),
      { type, reason, action, message: flat(note) },
      this.#nameFor(regarding.metadata.name),
      this.#micro(kernel.now()),
    )
    const entry: Known = { event, eventTimeMs: kernel.now(), count: 0, lastObservedMs: kernel.now() }
    this.#known.set(key, entry)
    if (!this.#isWatching) scope.start(process(kernel, () => this.#watchOver()))
    this.#send(entry)
  }

  #micro(at: VirtualMs): string {
    return rfc3339Micro(this.#options.calendar.at(at))
  }

  #nameFor(object: string): string {
    const { calendar, kernel } = this.#options
    const ms = calendar.at(kernel.now())
    if (ms === this.#lastName.ms) this.#lastName.count++
    else this.#lastName = { ms, nanos: BigInt(ms) * 1_000_000n, count: 0 }
    const { nanos, count } = this.#lastName
    return flat(`${object}.${(nanos + BigInt(count)).toString(16)}`)
  }

  #send(entry: Known): void {
    const { kernel, scope } = this.#options
    scope.start(process(kernel, () => this.#write(entry)))
  }

  /** What does not reach the server is tried again; what it refuses it would refuse again. */
  *#write(entry: Known): Steps<void> {
    const { client, random } = this.#options
    const { event } = entry
    for (let tries = 1; ; tries++) {
      const reply =
        entry.count === 0
          ? yield* attempt(client.create<Event>(resources.events, event, { namespace: event.namespace }))
          : yield* this.#writeSeries(entry)
      if (reply.ok || reply.error.kind === 'status' || tries >= series.tries) return
      yield* sleep(Math.floor(series.pauseMs * (1 + series.jitter * random.next())))
    }
  }

  *#writeSeries(entry: Known): Steps<Reply<Event>> {
    const { client } = this.#options
    const { name, namespace } = entry.event
    const told = { count: entry.count, lastObservedTime: this.#micro(entry.lastObservedMs) }
    const type = 'application/strategic-merge-patch+json'
    const key = { namespace, name }
    const patched = yield* attempt(client.patch<Event>(resources.events, key, type, { series: told }))
    const isGone = !patched.ok && patched.error.kind === 'status' && patched.error.status.code === 404
    return isGone
      ? yield* attempt(client.create<Event>(resources.events, extended(entry.event.object, { series: told })))
      : patched
  }

  /** Both loops of the broadcaster, run only while something is remembered. */
  *#watchOver(): Steps<void> {
    const { kernel, startedAt } = this.#options
    this.#isWatching = true
    while (this.#known.size > 0) {
      const elapsed = kernel.now() - startedAt
      const next = (Math.floor(elapsed / series.finishMs) + 1) * series.finishMs
      yield* sleep(next - elapsed)
      this.#tick(next % series.refreshMs === 0)
    }
    this.#isWatching = false
  }

  #tick(refreshes: boolean): void {
    const { kernel } = this.#options
    for (const [key, entry] of this.#known) {
      const last = entry.count === 0 ? entry.eventTimeMs : entry.lastObservedMs
      const isOver = kernel.now() - last > series.finishMs
      if (entry.count > 0 && (isOver || refreshes)) this.#send(entry)
      if (isOver) this.#known.delete(key)
    }
  }
}
