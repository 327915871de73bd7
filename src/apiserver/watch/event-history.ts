import { invariant } from '../../kernel/invariant.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { HeldChange, type RowBook } from '../held-row.ts'
import { PlaceQueue } from '../place-queue.ts'
import type { StoreEvent } from '../store-event.ts'
import { Revenants } from './revenants.ts'

/** Events of one resource, for watches that start in the past. Source: apiserver pkg/storage/cacher/watch_cache.go. */
export interface EventHistory {
  append(event: StoreEvent): void
  /** Lets go of what nobody can ask for any more. Returns whether something is left that will have to go one day. */
  prune(): boolean
  /** Events after a revision, oldest first; or, if some of them are forgotten, the oldest revision to start from. */
  since(revision: number): { ok: true; events: readonly StoreEvent[] } | { ok: false; message: string }
  /** Who will ask from some revision one day, and wants to know before that is forgotten; absent: that cannot be told. */
  readonly revenants?: Revenants
  /** The server is another process, which has listed the resource at this revision: of a cache nothing is left. */
  beginAnew(revision: number): void
  /** What is kept, for a copy. */
  atRest(): RestingHistory
  /** Knows this instead of nothing. */
  goOnFrom(rest: RestingHistory): void
}

/** What a history knows. */
export interface RestingHistory {
  /** Oldest first. */
  readonly events: readonly StoreEvent[]
  /** Revision of the list with which it began. */
  readonly startRevision: number
  /** How far it has forgotten, as its `revenants` count. */
  readonly passed: number
  /** Whether it has all since then. */
  readonly isWhole: boolean
  /** Of a cache that grows: for how many events there is room, and when each came. */
  readonly capacity: number
  readonly times: readonly VirtualMs[]
}

/**
 * The history of a resource without a cache: etcd's own, as far back as the last compaction.
 * Source: apiserver pkg/storage/etcd3/errors.go, interpretWatchError.
 */
export function createUncachedHistory(compactedRevision: () => number): EventHistory {
  return new UncachedHistory(compactedRevision)
}

class UncachedHistory implements EventHistory {
  readonly #compactedRevision: () => number
  /** Of a change by which a row came: its place in the book. */
  readonly #events = new PlaceQueue<StoreEvent>()
  #book: RowBook | undefined
  #pruneAt = pruneAtLeast

  constructor(compactedRevision: () => number) {
    this.#compactedRevision = compactedRevision
  }

  append(event: StoreEvent): void {
    const row = event instanceof HeldChange ? event.row : undefined
    if (row === undefined) this.#events.push(event)
    else {
      this.#book = row.book
      row.book.holdChange(row.place)
      this.#events.push(row.place)
    }
    if (this.#events.length < this.#pruneAt) return
    this.prune()
    this.#pruneAt = Math.max(pruneAtLeast, 2 * this.#events.length)
  }

  prune(): boolean {
    const oldest = this.#compactedRevision()
    let gone = 0
    for (const event of this.#events.values()) {
      if (this.#revisionOf(event) > oldest) break
      if (typeof event === 'number') this.#book?.letGoOfChange(event)
      gone++
    }
    this.#events.take(gone)
    return this.#events.length > 0
  }

  beginAnew(): void {
    // etcd stays.
  }

  /** Of objects alone: rows know their server. */
  atRest(): RestingHistory {
    const events = Array.from(this.#events.values(), (event) => plain(this.#seen(event)))
    return { events, startRevision: 0, passed: -1, isWhole: true, capacity: 0, times: [] }
  }

  goOnFrom(rest: RestingHistory): void {
    for (const event of rest.events) this.#events.push(event)
    this.#pruneAt = Math.max(pruneAtLeast, 2 * this.#events.length)
  }

  since(revision: number): ReturnType<EventHistory['since']> {
    if (revision < this.#compactedRevision())
      return { ok: false, message: 'The resourceVersion for the provided watch is too old.' }
    const events: StoreEvent[] = []
    for (const event of this.#events.values()) if (this.#revisionOf(event) > revision) events.push(this.#seen(event))
    return { ok: true, events }
  }

  #revisionOf(event: StoreEvent | number): number {
    return typeof event === 'number' ? this.#bookOf().revisionAt(event) : event.revision
  }

  #seen(event: StoreEvent | number): StoreEvent {
    return typeof event === 'number' ? this.#bookOf().changeAt(event) : event
  }

  #bookOf(): RowBook {
    invariant(this.#book !== undefined, 'whoever kept a place has seen the book')
    return this.#book
  }
}

/** So many changes are kept before it is looked for the first time which of them nobody can ask for. */
const pruneAtLeast = 1000

function plain({ type, object, old, revision }: StoreEvent): StoreEvent {
  return { type, object, old, revision }
}

/** How long a cache that grows keeps events: while all are younger it doubles instead of letting one go. */
const freshMs: VirtualMs = 75_000

/** Between these a cache grows by twos and shrinks by halves. */
const growth = { least: 100, most: 100 * 1024 } as const

/** How many events a cache holds: always as many, or as many as were busy lately. */
export type CacheSize = { readonly fixed: number } | { readonly now: () => VirtualMs }

/** `startRevision` is that of the list with which the cache began. */
export function createEventHistory(size: CacheSize, startRevision: number): EventHistory {
  return new EventRing(size, startRevision)
}

/** A class, for there is one for each resource. */
class EventRing implements EventHistory {
  readonly revenants = new Revenants()
  private capacity: number
  private startRevision: number
  /** Whether nothing was let go since the list. Up to v1.18 only a cache that is not full knows that. */
  private isWhole = true
  /** The oldest event is at `next` once the ring is full. */
  private ring: StoreEvent[] = []
  private next = 0
  /** When each event came; undefined for a ring that never grows. */
  private times: VirtualMs[] | undefined
  private readonly now: () => VirtualMs

  constructor(size: CacheSize, startRevision: number) {
    const grows = 'now' in size
    this.capacity = grows ? growth.least : size.fixed
    this.times = grows ? [] : undefined
    this.now = grows ? size.now : () => 0
    this.startRevision = startRevision
  }

  append(event: StoreEvent): void {
    this.resize()
    const { ring, next, times } = this
    if (ring.length < this.capacity) {
      ring.push(event)
      times?.push(this.now())
      return
    }
    ring[next] = event
    if (times !== undefined) times[next] = this.now()
    this.isWhole = false
    this.next = (next + 1) % this.capacity
    this.revenants.forget(this.at(0)?.revision ?? 0)
  }

  atRest(): RestingHistory {
    this.straighten()
    const { ring, startRevision, isWhole, capacity, times } = this
    const { passed } = this.revenants
    return { events: [...ring], startRevision, passed, isWhole, capacity, times: [...(times ?? [])] }
  }

  goOnFrom({ events, startRevision, passed, isWhole, capacity, times }: RestingHistory): void {
    this.startRevision = startRevision
    this.isWhole = isWhole
    this.ring.push(...events)
    if (this.times !== undefined) {
      this.times.push(...times)
      this.capacity = capacity
    }
    this.revenants.passed = passed
    if (passed >= 0) this.revenants.oldest = events[0]?.revision ?? startRevision + 1
  }

  beginAnew(revision: number): void {
    this.ring = []
    this.next = 0
    this.isWhole = true
    if (this.times !== undefined) {
      this.times = []
      this.capacity = growth.least
    }
    this.startRevision = revision
    this.revenants.forget(revision)
    this.revenants.oldest = revision + 1
  }

  /** Of a cache the newest stay, however old they are. */
  prune(): boolean {
    return false
  }

  since(revision: number): ReturnType<EventHistory['since']> {
    const { length } = this.ring
    const isCut = this.times === undefined ? length > 0 && length === this.capacity : !this.isWhole
    const oldest = isCut ? (this.at(0)?.revision ?? 0) : this.startRevision + 1
    if (revision < oldest - 1) {
      return { ok: false, message: `too old resource version: ${revision} (${oldest - 1})` }
    }
    // Events are ordered by revision: look for the first that is newer.
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.at(middle)?.revision ?? 0) > revision) high = middle
      else low = middle + 1
    }
    const events: StoreEvent[] = []
    for (let index = low; index < length; index++) {
      const event = this.at(index)
      if (event !== undefined) events.push(event)
    }
    return { ok: true, events }
  }

  /** Source: apiserver pkg/storage/cacher/watch_cache.go, resizeCacheLocked. */
  private resize(): void {
    const { times, ring, capacity } = this
    if (times === undefined || ring.length < capacity) return
    const age = (index: number) => this.now() - (times[(this.next + index) % capacity] ?? 0)
    if (age(0) < freshMs) {
      if (capacity === growth.most) return
      this.straighten()
      this.capacity = Math.min(capacity * 2, growth.most)
    } else if (age(capacity - Math.floor(capacity / 4)) > freshMs && capacity > growth.least) {
      this.straighten()
      this.capacity = Math.max(Math.floor(capacity / 2), growth.least)
      this.ring.splice(0, ring.length - this.capacity)
      this.times?.splice(0, times.length - this.capacity)
      this.isWhole = false
      this.revenants.forget(this.at(0)?.revision ?? 0)
    }
  }

  /** The oldest event comes to the front. */
  private straighten(): void {
    const { next } = this
    if (next === 0) return
    this.ring = [...this.ring.slice(next), ...this.ring.slice(0, next)]
    if (this.times !== undefined) this.times = [...this.times.slice(next), ...this.times.slice(0, next)]
    this.next = 0
  }

  private at(index: number): StoreEvent | undefined {
    return this.ring[(this.next + index) % this.ring.length]
  }
}

/**
 * Events kept by resource; 0: Events have no cache. v1.18 keeps 100, of busy resources at least 1000; from v1.19 on a cache grows
 * and shrinks with its use. Source: pkg/registry/cachesize/cachesize.go, kube-apiserver options/etcd.go.
 */
export function historySizeOf(minor: number, now: () => VirtualMs): (resource: string) => CacheSize {
  const busy = new Set([
    'pods',
    'nodes',
    'services',
    'endpoints',
    'replicationcontrollers',
    'leases.coordination.k8s.io',
    'apiservices.apiregistration.k8s.io',
  ])
  const cached: (resource: string) => CacheSize = has(minor, apiServer.watchCachesGrow)
    ? () => ({ now })
    : (resource) => ({ fixed: busy.has(resource) ? 1000 : 100 })
  return (resource) => (resource === 'events' ? { fixed: 0 } : cached(resource))
}
