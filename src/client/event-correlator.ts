import type { Event } from '../api/types/core.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import { Lru } from './lru.ts'

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
  | { readonly kind: 'create'; readonly event: Event }
  /** `patch` is for an event that exists; `event` is for when it exists no longer. */
  | { readonly kind: 'patch'; readonly event: Event; readonly patch: EventPatch }
  | { readonly kind: 'skip' }

export interface EventPatch {
  readonly count: number
  readonly lastTimestamp: string
  readonly message: string
}

interface Observation {
  readonly count: number
  readonly firstTimestamp: string | null | undefined
  readonly name: string
}

interface Aggregate {
  /** Distinct messages, in the order in which they came. */
  readonly messages: Set<string>
  lastAt: VirtualMs
}

interface SpamBucket {
  tokens: number
  countedAt: VirtualMs
}

export class EventCorrelator {
  readonly #aggregates = new Lru<Aggregate>(correlation.lruEntries)
  readonly #observations = new Lru<Observation>(correlation.lruEntries)
  readonly #buckets = new Lru<SpamBucket>(correlation.lruEntries)
  readonly #minor: number
  readonly #nameFor: (objectName: string) => string

  /** `nameFor` makes the name of a combined event. */
  constructor(minor: number, nameFor: (objectName: string) => string) {
    this.#minor = minor
    this.#nameFor = nameFor
  }

  correlate(event: Event, now: VirtualMs, timestamp: string): Correlated {
    const [aggregated, key] = this.#aggregate(event, now, timestamp)
    const last = this.#observations.get(key)
    const observed: Event =
      last === undefined
        ? aggregated
        : {
            ...aggregated,
            metadata: { ...aggregated.metadata, name: last.name },
            firstTimestamp: last.firstTimestamp ?? null,
            count: last.count + 1,
          }
    this.#remember(key, observed)
    // The bucket comes last: what it drops has been counted.
    if (!this.#passes(observed, now)) return { kind: 'skip' }
    if (last === undefined) return { kind: 'create', event: observed }
    const { count = 1, lastTimestamp, message = '' } = observed
    return { kind: 'patch', event: observed, patch: { count, lastTimestamp: lastTimestamp ?? timestamp, message } }
  }

  /** The server took an event: what it stored is what is counted on from. */
  updateState(stored: Event): void {
    this.#remember(eventKey(stored), stored)
  }

  #remember(key: string, event: Event): void {
    const { count = 1, firstTimestamp, metadata } = event
    this.#observations.set(key, { count, firstTimestamp, name: metadata.name })
  }

  #aggregate(event: Event, now: VirtualMs, timestamp: string): readonly [Event, string] {
    const key = `${spamKey(event)}${event.type}${event.reason}`
    let record = this.#aggregates.get(key)
    if (record === undefined || now - record.lastAt > correlation.aggregateIntervalMs) {
      record = { messages: new Set(), lastAt: now }
      this.#aggregates.set(key, record)
    }
    record.messages.add(event.message ?? '')
    record.lastAt = now
    if (record.messages.size < correlation.aggregateMaxEvents) return [event, eventKey(event)]
    // Go forgets an arbitrary message; here the oldest.
    for (const oldest of record.messages) {
      record.messages.delete(oldest)
      break
    }
    const combined: Event = {
      ...event,
      metadata: { ...event.metadata, name: this.#nameFor(event.involvedObject.name ?? '') },
      message: `(combined from similar events): ${event.message}`,
      count: 1,
      firstTimestamp: timestamp,
      lastTimestamp: timestamp,
    }
    return [combined, key]
  }

  #passes(event: Event, now: VirtualMs): boolean {
    const key = this.#minor >= 32 ? `${spamKey(event)}${event.type}` : spamKey(event)
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

/** Source: events_cache.go, getSpamKey. */
function spamKey({ source, involvedObject }: Event): string {
  const { kind, namespace, name, uid, apiVersion } = involvedObject
  return [source?.component, source?.host, kind, namespace, name, uid, apiVersion].join('')
}

/** Source: events_cache.go, getEventKey. */
function eventKey({ source, involvedObject, type, reason, message }: Event): string {
  const { kind, namespace, name, fieldPath, uid, apiVersion } = involvedObject
  const object = [source?.component, source?.host, kind, namespace, name, fieldPath, uid, apiVersion]
  return [...object, type, reason, message].join('')
}
