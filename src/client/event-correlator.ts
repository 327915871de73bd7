import { digestNumber } from '../kernel/digest.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import { DigestLru, type Packing } from './digest-lru.ts'
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
  readonly messages: string | readonly string[]
  readonly lastAt: VirtualMs
}

interface SpamBucket {
  readonly tokens: number
  readonly countedAt: VirtualMs
}

/** What the next event of the same key is counted on: of an event that was told, its name, since when, and how often. */
interface Observation {
  readonly uid: string | undefined
  readonly first: string | null
  readonly count: number
  /** As in its row. */
  readonly high: number | string
  readonly low: number
}

function observationOf({ about, first, count, high, low }: EventRow): Observation {
  return { uid: about.uid, first, count, high, low }
}

function isOf(known: Observation, { about, first, count, high, low }: EventRow): boolean {
  const isNamed = known.high === high && known.low === low
  return isNamed && known.count === count && known.first === first && known.uid === about.uid
}

/** Of one whose name is no number, in the place of the uid. */
class OtherName {
  readonly uid: string | undefined
  readonly name: string

  constructor(uid: string | undefined, name: string) {
    this.uid = uid
    this.name = name
  }
}

/** What lies in cells was written there by the same packing. */
const packedObservation: Packing<Observation> = {
  width: 2,
  numbers: 3,
  write({ cells, at, numbers, from }, { uid, first, count, high, low }) {
    cells[at] = typeof high === 'string' ? new OtherName(uid, high) : uid
    cells[at + 1] = first
    numbers[from] = count
    numbers[from + 1] = typeof high === 'string' ? 0 : high
    numbers[from + 2] = low
  },
  read({ cells, at, numbers, from }) {
    const [of, first] = [cells[at], cells[at + 1]] as [string | OtherName | undefined, string | null] // as it was written
    const [uid, high] = of instanceof OtherName ? [of.uid, of.name] : [of, numbers[from + 1] ?? 0]
    return { uid, first, count: numbers[from] ?? 0, high, low: numbers[from + 2] ?? 0 }
  },
}

const packedAggregate: Packing<Aggregate> = {
  width: 2,
  write({ cells, at }, { messages, lastAt }) {
    cells[at] = messages
    cells[at + 1] = lastAt
  },
  read: ({ cells, at }) => ({ messages: cells[at] as Aggregate['messages'], lastAt: cells[at + 1] as VirtualMs }), // as it was written
}

const packedBucket: Packing<SpamBucket> = {
  width: 2,
  write({ cells, at }, { tokens, countedAt }) {
    cells[at] = tokens
    cells[at + 1] = countedAt
  },
  read: ({ cells, at }) => ({ tokens: cells[at] as number, countedAt: cells[at + 1] as VirtualMs }), // as it was written
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
  readonly #aggregates = new DigestLru(correlation.lruEntries, packedAggregate)
  readonly #observations = new DigestLru(correlation.lruEntries, packedObservation)
  readonly #buckets = new DigestLru(correlation.lruEntries, packedBucket)
  readonly #minor: number
  readonly #nameFor: (objectName: string) => string

  /** `nameFor` makes the name of a combined event. */
  constructor(minor: number, nameFor: (objectName: string) => string) {
    this.#minor = minor
    this.#nameFor = nameFor
  }

  atRest(): RestingCorrelator {
    return {
      aggregates: [...this.#aggregates.entries()],
      observations: [...this.#observations.entries()],
      buckets: [...this.#buckets.entries()],
    }
  }

  /** Knows this instead of nothing. */
  goOnFrom({ aggregates, observations, buckets }: RestingCorrelator): void {
    for (const [key, aggregate] of aggregates) this.#aggregates.set(key, aggregate)
    for (const [key, observation] of observations) this.#observations.set(key, observation)
    for (const [key, bucket] of buckets) this.#buckets.set(key, bucket)
  }

  correlate(event: EventRow, now: VirtualMs, timestamp: string): Correlated {
    const spam = spamKey(event)
    const [aggregated, key] = this.#aggregate(event, spam, now, timestamp)
    const own = aggregated === event ? key : undefined
    const last = this.#observations.get(key)
    const observed = last === undefined ? aggregated : countedOn(aggregated, last)
    this.#observations.set(key, observationOf(observed))
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
    if (known === undefined || !isOf(known, stored)) this.#observations.set(own, observationOf(stored))
  }

  #aggregate(event: EventRow, spam: Key, now: VirtualMs, timestamp: string): readonly [EventRow, Key] {
    const key = digestNumber([String(spam), event.type, event.reason])
    const record = this.#aggregates.get(key)
    const { message } = event
    const isOver = record === undefined || now - record.lastAt > correlation.aggregateIntervalMs
    const messages = isOver ? message : withMessage(record.messages, message)
    const isSingle = typeof messages === 'string' || messages.length < correlation.aggregateMaxEvents
    // Go forgets an arbitrary message; here the oldest.
    this.#aggregates.set(key, { messages: isSingle ? messages : messages.slice(1), lastAt: now })
    if (isSingle) return [event, eventKey(event)]
    const { teller, about, type, reason } = event
    const text = `(combined from similar events): ${message}`
    const name = this.#nameFor(about.name ?? '')
    const combined = new EventRow(teller, about, type, reason, text, name, timestamp, timestamp, 1)
    return [combined, key]
  }

  #passes(event: EventRow, spam: Key, now: VirtualMs): boolean {
    const isByType = has(this.#minor, clientGo.spamIsCountedByType)
    const key = isByType ? digestNumber([String(spam), event.type]) : spam
    const { tokens, countedAt } = this.#buckets.get(key) ?? { tokens: correlation.spamBurst, countedAt: now }
    const left = Math.min(correlation.spamBurst, tokens + (now - countedAt) / correlation.spamRefillMs)
    // Sums of many small refills miss the whole token by less than this.
    const passes = left >= 1 - 1e-9
    this.#buckets.set(key, { tokens: passes ? left - 1 : left, countedAt: now })
    return passes
  }
}

function withMessage(messages: Aggregate['messages'], message: string): Aggregate['messages'] {
  if (typeof messages === 'string') return messages === message ? messages : bothOf(messages, message)
  return messages.includes(message) ? messages : messages.concat(message)
}

/** Pods of one form tell the same one after the other: two messages are one list for all that do, until another comes. */
function bothOf(first: string, second: string): readonly string[] {
  const known = pairs.find((pair) => pair[0] === first && pair[1] === second)
  if (known !== undefined) return known
  const pair = [first, second] as const
  pairs = [pair, ...pairs.slice(0, pairsAtMost - 1)]
  return pair
}

const pairsAtMost = 8
let pairs: readonly (readonly [string, string])[] = []

/** The event once more, after `last` of the same key. */
function countedOn({ teller, about, type, reason, message, last: at }: EventRow, last: Observation): EventRow {
  const name = nameOf(about.name, last.high, last.low)
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
