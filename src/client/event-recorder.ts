import type { Event, EventSource } from '../api/types/core.ts'
import type { KubeObject, ObjectReference } from '../api/types/meta.ts'
import { type Calendar, type EpochMs, rfc3339 } from '../kernel/calendar.ts'
import { flat, oneText } from '../kernel/flat-text.ts'
import { defineHandler } from '../kernel/handler.ts'
import type { Kernel, Ticket } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import type { RandomStream } from '../kernel/random.ts'
import { Scope } from '../kernel/scope.ts'
import { attempt, type Steps, sleep } from '../kernel/steps.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import { type Asked, type Client, type Reply, resources } from './client.ts'
import { type Correlated, correlation, EventCorrelator, type RestingCorrelator } from './event-correlator.ts'
import { EventQueue } from './event-queue.ts'
import { EventCount, EventRow, type EventTeller, takenIn } from './event-row.ts'

export interface EventRecorderOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  /** The recorder's own client: a kubelet's events have a rate limit of their own. */
  readonly client: Client
  readonly source: EventSource
  /** Minor version of the component. */
  readonly minor: number
  /** Draws the order of events of one instant (up to v1.20) and the first pause before a retry. */
  readonly random: RandomStream
}

/** The classic recorder of core/v1 events. Source: client-go tools/record/event.go; facts/apiserver.md 10. */
export interface EventRecorder {
  /** Sends it later, unless it is dropped: nobody waits for an event. */
  event(object: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void
  /** No event will be about the object with this uid any more: what was counted of it is let go. */
  forget(uid: string): void
  /** Events that wait to be sent. */
  readonly pending: number
  /** The component ends: what waits is lost, and so is what was counted. */
  stop(): void
  /** What a copy of it is to know; undefined while something waits. */
  atRest(): RestingRecorder | undefined
  /** Knows this instead of nothing. */
  goOnFrom(rest: RestingRecorder): void
}

/** What a recorder knows that has sent all its events. */
export interface RestingRecorder {
  readonly correlator: RestingCorrelator
  /** The instant of its last event, and how many it had before in that. */
  readonly lastName: { readonly ms: EpochMs; readonly count: number }
  /** When it looks for what it may forget; undefined: there is nothing. */
  readonly pruneAt: VirtualMs | undefined
}

/** Source: event.go, maxTriesPerEvent, defaultSleepDuration, maxQueuedEvents. */
const eventDelivery = { tries: 12, pauseMs: 10 * second, queue: 1000 } as const

/** Then an aggregate is too old to count. */
const prunesEveryMs: VirtualMs = correlation.aggregateIntervalMs + 1

/** A reference to an object, as events carry it. Source: client-go tools/reference/ref.go, GetReference. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion: object.apiVersion,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  }
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options)
}

const queue = defineHandler('events are queued', (recorder: Recorder) => recorder.enqueue())

/** A class: a cluster has one for each node and for most of its controllers. */
class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #names: EventNames
  readonly #correlator: EventCorrelator
  readonly #scope = new Scope()
  readonly #teller: EventTeller
  readonly #queue: EventQueue
  #made: EventRow[] = []
  #isSending = false
  #queueing: Ticket | undefined
  #pruneAt: VirtualMs | undefined

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#names = new EventNames(options)
    this.#teller = { source: options.source, namesItself: has(options.minor, clientGo.reportsItsController) }
    this.#queue = new EventQueue(this.#teller)
    this.#correlator = new EventCorrelator(options.minor, (objectName) => this.#names.next(objectName))
  }

  get pending(): number {
    return this.#queue.length + this.#made.length + (this.#isSending ? 1 : 0)
  }

  event(object: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.#scope.isEnded) return
    const timestamp = this.#now()
    // What was made within one instant is put into the queue by an event of its own.
    if (this.#made.length === 0) this.#queueing = this.#options.kernel.post(0, queue, this)
    const name = this.#names.next(object.name ?? '')
    const text = oneText(message)
    this.#made.push(new EventRow(this.#teller, object, type, reason, text, name, timestamp, timestamp, 1))
  }

  forget(uid: string): void {
    this.#correlator.forget(uid)
  }

  stop(): void {
    if (this.#queueing !== undefined) this.#options.kernel.cancel(this.#queueing)
    this.#scope.end()
    this.#queue.clear()
    this.#made = []
  }

  atRest(): RestingRecorder | undefined {
    if (this.pending > 0) return undefined
    return { correlator: this.#correlator.atRest(), lastName: this.#names.last, pruneAt: this.#pruneAt }
  }

  goOnFrom({ correlator, lastName, pruneAt }: RestingRecorder): void {
    this.#correlator.goOnFrom(correlator)
    this.#names.last = lastName
    if (pruneAt !== undefined) this.#start(() => this.#prune(pruneAt - this.#options.kernel.now()))
  }

  #now(): string {
    const { calendar, kernel } = this.#options
    return rfc3339(calendar.at(kernel.now()))
  }

  #start(work: () => Steps<void>): void {
    this.#scope.start(process(this.#options.kernel, work))
  }

  /** Lets go of what was counted when it makes no difference any more. */
  *#prune(firstMs: VirtualMs): Steps<void> {
    const { kernel } = this.#options
    for (let inMs = firstMs; ; inMs = prunesEveryMs) {
      this.#pruneAt = kernel.now() + inMs
      yield* sleep(inMs)
      if (!this.#correlator.prune(kernel.now())) break
    }
    this.#pruneAt = undefined
  }

  /** 1. For the kernel: what was made is put into the queue. */
  enqueue(): void {
    this.#queueing = undefined
    const { minor, random } = this.#options
    const events = this.#made
    this.#made = []
    // Up to v1.20 each event travels in a goroutine of its own, so those of one instant come in any order.
    if (!has(minor, clientGo.eventsInOrder)) shuffle(events, random)
    for (const event of events) if (this.#queue.length < eventDelivery.queue) this.#queue.push(event)
    if (this.#isSending) return
    this.#isSending = true
    this.#start(() => this.#sendAll())
  }

  /** 2. One after the other is sent, or counted, or dropped. */
  *#sendAll(): Steps<void> {
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      const result = this.#correlator.correlate(event, this.#options.kernel.now(), this.#now())
      if (this.#pruneAt === undefined) this.#start(() => this.#prune(prunesEveryMs))
      if (result.kind === 'skip') continue
      // 3. What the server refuses it would refuse again; only what did not reach it is worth another try.
      const { tries, pauseMs } = eventDelivery
      for (let attempts = 1; ; attempts++) {
        let reply = yield* attempt(this.#request(result))
        // The event has expired at the server: it is made again, with its count.
        if (result.kind === 'patch' && isMissing(reply)) reply = yield* attempt(this.#creation(result.event))
        if (reply.ok) this.#correlator.updateState(takenIn(reply.value), result)
        if (reply.ok || reply.error.kind === 'status' || attempts >= tries) break
        yield* sleep(attempts === 1 ? Math.floor(pauseMs * this.#options.random.next()) : pauseMs)
      }
    }
    this.#isSending = false
  }

  #request(result: Exclude<Correlated, { kind: 'skip' }>): Asked<Event> {
    if (result.kind === 'create') return this.#creation(result.event)
    const { name, namespace } = result.event
    const key = { namespace, name }
    const type = 'application/strategic-merge-patch+json'
    return this.#options.client.patch<Event>(resources.events, key, type, new EventCount(result.event))
  }

  #creation(event: EventRow): Asked<Event> {
    return this.#options.client.create<Event>(resources.events, event, { namespace: event.namespace })
  }
}

function isMissing(reply: Reply<Event>): boolean {
  return !reply.ok && reply.error.kind === 'status' && reply.error.status.code === 404
}

/**
 * `<object>.<ns since 1970 in hex>`. The simulation knows whole ms only; the rest of the number tells the recorder and
 * how many it made in that ms, so that no two are alike.
 */
class EventNames {
  last: RestingRecorder['lastName'] = { ms: -1, count: 0 }
  readonly #options: EventRecorderOptions
  readonly #offset: number

  constructor(options: EventRecorderOptions) {
    const { component, host } = options.source
    this.#options = options
    this.#offset = hash(`${component}/${host}`) % 900_000
  }

  next(objectName: string): string {
    const { kernel, calendar } = this.#options
    const ms = calendar.at(kernel.now())
    const count = ms === this.last.ms ? this.last.count + 1 : 0
    this.last = { ms, count }
    const nanos = BigInt(ms) * 1_000_000n + BigInt(this.#offset + count)
    return flat(`${objectName}.${nanos.toString(16)}`)
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

function shuffle(events: EventRow[], random: RandomStream): void {
  for (let i = events.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1)
    const a = events[i]
    const b = events[j]
    if (a === undefined || b === undefined) return
    events[i] = b
    events[j] = a
  }
}
