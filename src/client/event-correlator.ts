import { digestNumber } from '../kernel/digest.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import { DigestLru } from './digest-lru.ts'
import { EventRow, nameOf } from './event-row.ts'

/**
 * Decides what becomes of an event before it is sent: combined with similar ones, counted, or dropped as spam.
 * Source: client-go tools/record/events_cache.go; facts/apiserver.md 10.2.
 */

/** Source: events_cache.go, the constants at its top. */
export const correlation = {
  lruEntries: 4096,
  aggregateMaxEvents: 10,
  aggregateIntervalMs: 600 * second,
  spamBurst: 25,
  spamRefillMs: 300 * second,
} as const

export type Correlated =
  | ToBeSent<'create'>
  /** `patch` is for an event that exists, and tells it anew; it is created for when it exists no longer. */
  | ToBeSent<'patch'>
  | { readonly kind: 'skip' }

interface ToBeSent<Kind extends string> {
  readonly kind: Kind
  readonly event: EventRow
  /** What `eventKey` says of the event, where it was asked. */
  readonly key: Key | undefined
}

interface Aggregate {
  /** Distinct messages, in the order in which they came: one alone stands for itself, more are a list as long as it has to be. */
  messages: string | readonly string[]
  lastAt: VirtualMs
}

interface SpamBucket {
  tokens: number
  countedAt: VirtualMs
}

/** What the next event of the same key is counted on: of an event that was told, its name, since when, and how often. */
class Observation {
  readonly uid: string | undefined
  readonly first: string | null
  readonly count: number
  /** As in its row. */
  readonly high: number | string
  readonly low: number

  constructor({ about, first, count, high, low }: EventRow) {
    this.uid = about.uid
    this.first = first
    this.count = count
    this.high = high
    this.low = low
  }

  isOf({ about, first, count, high, low }: EventRow): boolean {
    const isNamed = this.high === high && this.low === low
    return isNamed && this.count === count && this.first === first && this.uid === about.uid
  }
}

/** What client-go joins into a text of some 200 characters, as a digest of its parts: thousands of them are kept. */
type Key = number

/** What was counted: who was used last comes last. */
export interface RestingCorrelator {
  readonly aggregates: readonly (readonly [key: Key, aggregate: Aggregate])[]
  /** Of the events that were told last. */
  readonly observations: readonly (readonly [key: Key, observation: Observation])[]
  readonly buckets: readonly (readonly [key: Key, bucket: SpamBucket])[]
}

export class EventCorrelator {
  readonly #aggregates = new DigestLru<Aggregate>(correlation.lruEntries)
  readonly #observations = new DigestLru<Observation>(correlation.lruEntries)
  readonly #buckets = new DigestLru<SpamBucket>(correlation.lruEntries)
  readonly #minor: number
  readonly #nameFor: (objectName: string) => string

  /** `nameFor` makes the name of a combined event. */
  constructor(minor: number, nameFor: (objectName: string) => string) {
    this.#minor = minor
    this.#nameFor = nameFor
  }

  atRest(): RestingCorrelator {
    return {
      aggregates: [...this.#aggregates.entries()].map(([key, aggregate]) => [key, copyOf(aggregate)]),
      observations: [...this.#observations.entries()],
      buckets: [...this.#buckets.entries()].map(([key, bucket]) => [key, { ...bucket }]),
    }
  }

  /** Knows this instead of nothing. */
  goOnFrom({ aggregates, observations, buckets }: RestingCorrelator): void {
    for (const [key, aggregate] of aggregates) this.#aggregates.set(key, copyOf(aggregate))
    for (const [key, observation] of observations) this.#observations.set(key, observation)
    for (const [key, bucket] of buckets) this.#buckets.set(key, { ...bucket })
  }

  correlate(event: EventRow, now: VirtualMs, timestamp: string): Correlated {
    const spam = spamKey(event)
    const [aggregated, key] = this.#aggregate(event, spam, now, timestamp)
    const own = aggregated === event ? key : undefined
    const last = this.#observations.get(key)
    const observed = last === undefined ? aggregated : countedOn(aggregated, last)
    this.#observations.set(key, new Observation(observed))
    // The bucket comes last: what it drops has been counted.
    if (!this.#passes(observed, spam, now)) return { kind: 'skip' }
    return { kind: last === undefined ? 'create' : 'patch', event: observed, key: own }
  }

  /**
   * Lets go of what makes no difference any more: aggregates whose interval is over, buckets that are full again. Returns
   * whether some are left for which that time will come.
   */
  prune(now: VirtualMs): boolean {
    this.#aggregates.dropWhile(({ lastAt }) => now - lastAt > correlation.aggregateIntervalMs)
    this.#buckets.dropWhile(
      ({ tokens, countedAt }) => tokens + (now - countedAt) / correlation.spamRefillMs >= correlation.spamBurst,
    )
    return this.#aggregates.size + this.#buckets.size > 0
  }

  /** No event will be about the object with this uid any more: what was counted of it goes. */
  forget(uid: string): void {
    this.#observations.drop((observation) => observation.uid === uid)
  }

  /** The server took an event: what it stored is what is counted on from. */
  updateState(stored: EventRow, { event, key }: Pick<ToBeSent<string>, 'event' | 'key'>): void {
    const own = key !== undefined && hasSameKey(stored, event) ? key : eventKey(stored)
    // Most are stored as they were sent.
    const known = this.#observations.get(own)
    if (known?.isOf(stored) !== true) this.#observations.set(own, new Observation(stored))
  }

  #aggregate(event: EventRow, spam: Key, now: VirtualMs, timestamp: string): readonly [EventRow, Key] {
    const key = digestNumber([String(spam), event.type, event.reason])
    let record = this.#aggregates.get(key)
    const { message } = event
    if (record === undefined || now - record.lastAt > correlation.aggregateIntervalMs) {
      record = { messages: message, lastAt: now }
      this.#aggregates.set(key, record)
    }
    record.lastAt = now
    record.messages = withMessage(record.messages, message)
    const { messages } = record
    if (typeof messages === 'string' || messages.length < correlation.aggregateMaxEvents)
      return [event, eventKey(event)]
    // Go forgets an arbitrary message; here the oldest.
    record.messages = messages.slice(1)
    const { teller, about, type, reason } = event
    const text = `(combined from similar events): ${message}`
    const name = this.#nameFor(about.name ?? '')
    const combined = new EventRow(teller, about, type, reason, text, name, timestamp, timestamp, 1)
    return [combined, key]
  }

  #passes(event: EventRow, spam: Key, now: VirtualMs): boolean {
    const isByType = has(this.#minor, clientGo.spamIsCountedByType)
    const key = isByType ? digestNumber([String(spam), event.type]) : spam
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = { tokens: correlation.spamBurst, countedAt: now }
      this.#buckets.set(key, bucket)
    }
    const refilled = bucket.tokens + (now - bucket.countedAt) / correlation.spamRefillMs
    bucket.tokens = Math.min(correlation.spamBurst, refilled)
    bucket.countedAt = now
    // Sums of many small refills miss the whole token by less than this.
    if (bucket.tokens < 1 - 1e-9) return false
    bucket.tokens -= 1
    return true
  }
}

function copyOf({ messages, lastAt }: Aggregate): Aggregate {
  return { messages, lastAt }
}

function withMessage(messages: Aggregate['messages'], message: string): Aggregate['messages'] {
  if (typeof messages === 'string') return messages === message ? messages : [messages, message]
  return messages.includes(message) ? messages : messages.concat(message)
}

/** The event once more, after `last` of the same key. */
function countedOn({ teller, about, type, reason, message, last: at }: EventRow, last: Observation): EventRow {
  const name = nameOf(about, last.high, last.low)
  return new EventRow(teller, about, type, reason, message, name, last.first, at, last.count + 1)
}

/** Source: events_cache.go, getSpamKey. */
function spamKey({ teller: { source }, about }: EventRow): Key {
  const { kind = '', namespace = '', name = '', uid = '', apiVersion = '' } = about
  return digestNumber([source.component ?? '', source.host ?? '', kind, namespace, name, uid, apiVersion])
}

/** Source: events_cache.go, getEventKey. */
function eventKey({ teller: { source }, about, type, reason, message }: EventRow): Key {
  const { kind = '', namespace = '', name = '', fieldPath = '', uid = '', apiVersion = '' } = about
  const from = [source.component ?? '', source.host ?? '']
  return digestNumber([...from, kind, namespace, name, fieldPath, uid, apiVersion, type, reason, message])
}

/** Whether two events have the same key, without making it. */
function hasSameKey(a: EventRow, b: EventRow): boolean {
  if (a === b) return true
  const [one, other] = [a.teller.source, b.teller.source]
  return (
    a.message === b.message &&
    a.reason === b.reason &&
    a.type === b.type &&
    one.component === other.component &&
    one.host === other.host &&
    objectParts.every((part) => a.about[part] === b.about[part])
  )
}

const objectParts = ['uid', 'name', 'namespace', 'kind', 'fieldPath', 'apiVersion'] as const
