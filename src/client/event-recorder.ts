import type { Event, EventSource } from '../api/types/core.ts'
import type { KubeObject, ObjectReference } from '../api/types/meta.ts'
import { type Calendar, rfc3339 } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import type { RandomStream } from '../kernel/random.ts'
import { Scope } from '../kernel/scope.ts'
import { attempt, type Steps, sleep } from '../kernel/steps.ts'
import { second } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import { type Client, type Reply, resources } from './client.ts'
import { type Correlated, correlation, EventCorrelator } from './event-correlator.ts'

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
}

/** Source: event.go, maxTriesPerEvent, defaultSleepDuration, maxQueuedEvents. */
const eventDelivery = { tries: 12, pauseMs: 10 * second, queue: 1000 } as const

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
  const { kernel, calendar, client, source, minor, random } = options
  const nameFor = eventNames(kernel, calendar, source)
  const now = () => rfc3339(calendar.at(kernel.now()))
  const correlator = new EventCorrelator(minor, nameFor)
  const scope = new Scope()
  const queue: Event[] = []
  let made: Event[] = []
  let isSending = false
  let isPruning = false

  /** Lets go of what was counted when it makes no difference any more. */
  function* prune(): Steps<void> {
    isPruning = true
    do yield* sleep(correlation.aggregateIntervalMs + 1)
    while (correlator.prune(kernel.now()))
    isPruning = false
  }

  /** 1. What was made within one instant is put into the queue by an event of its own. */
  function* enqueue(): Steps<void> {
    yield* sleep(0)
    const events = made
    made = []
    // Up to v1.20 each event travels in a goroutine of its own, so those of one instant come in any order.
    if (!has(minor, clientGo.eventsInOrder)) shuffle(events, random)
    for (const event of events) if (queue.length < eventDelivery.queue) queue.push(event)
    if (isSending) return
    isSending = true
    yield* sendAll()
    isSending = false
  }

  /** 2. One after the other is sent, or counted, or dropped. */
  function* sendAll(): Steps<void> {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const result = correlator.correlate(event, kernel.now(), now())
      if (!isPruning) scope.start(process(kernel, prune))
      if (result.kind !== 'skip') yield* deliver(result)
    }
  }

  /** 3. What the server refuses it would refuse again; only what did not reach it is worth another try. */
  function* deliver(result: Exclude<Correlated, { kind: 'skip' }>): Steps<void> {
    const { tries, pauseMs } = eventDelivery
    for (let attempts = 1; ; attempts++) {
      const reply = yield* send(result)
      if (reply.ok) correlator.updateState(reply.value)
      if (reply.ok || reply.error.kind === 'status' || attempts >= tries) return
      yield* sleep(attempts === 1 ? Math.floor(pauseMs * random.next()) : pauseMs)
    }
  }

  function* send(result: Exclude<Correlated, { kind: 'skip' }>): Steps<Reply<Event>> {
    const { event } = result
    if (result.kind === 'create') return yield* attempt(client.create<Event>(resources.events, event))
    const { name, namespace } = event.metadata
    const key = namespace === undefined ? { name } : { namespace, name }
    const type = 'application/strategic-merge-patch+json'
    const patched = yield* attempt(client.patch<Event>(resources.events, key, type, result.patch))
    const hasExpired = !patched.ok && patched.error.kind === 'status' && patched.error.status.code === 404
    // The event has expired at the server: it is made again, with its count.
    return hasExpired ? yield* attempt(client.create<Event>(resources.events, event)) : patched
  }

  return {
    get pending() {
      return queue.length + made.length + (isSending ? 1 : 0)
    },
    event(object, type, reason, message) {
      if (scope.isEnded) return
      const timestamp = now()
      if (made.length === 0) scope.start(process(kernel, enqueue))
      made.push({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: nameFor(object.name ?? ''), namespace: object.namespace || 'default' },
        involvedObject: object,
        reason,
        message,
        source,
        firstTimestamp: timestamp,
        lastTimestamp: timestamp,
        count: 1,
        type,
        eventTime: null,
        // Source: event.go, generateEvent: filled from v1.28 on.
        reportingComponent: has(minor, clientGo.reportsItsController) ? (source.component ?? '') : '',
        reportingInstance: has(minor, clientGo.reportsItsController) ? (source.host ?? '') : '',
      })
    },
    forget: (uid) => correlator.forget(uid),
    stop() {
      scope.end()
      queue.length = 0
      made = []
    },
  }
}

/**
 * `<object>.<ns since 1970 in hex>`. The simulation knows whole ms only; the rest of the number tells the recorder and
 * how many it made in that ms, so that no two are alike.
 */
function eventNames(kernel: Kernel, calendar: Calendar, source: EventSource): (objectName: string) => string {
  const offset = hash(`${source.component}/${source.host}`) % 900_000
  let lastMs = -1
  let count = 0
  return (objectName) => {
    const ms = calendar.at(kernel.now())
    count = ms === lastMs ? count + 1 : 0
    lastMs = ms
    const nanos = BigInt(ms) * 1_000_000n + BigInt(offset + count)
    return `${objectName}.${nanos.toString(16)}`
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

function shuffle(events: Event[], random: RandomStream): void {
  for (let i = events.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1)
    const a = events[i]
    const b = events[j]
    if (a === undefined || b === undefined) return
    events[i] = b
    events[j] = a
  }
}
