import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
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
}

/**
 * The history of a resource without a cache: etcd's own, as far back as the last compaction.
 * Source: apiserver pkg/storage/etcd3/errors.go, interpretWatchError.
 */
export function createUncachedHistory(compactedRevision: () => number): EventHistory {
  let events: StoreEvent[] = []
  let pruneAt = 1000
  const prune = (): boolean => {
    const oldest = compactedRevision()
    events = events.filter(({ revision }) => revision > oldest)
    return events.length > 0
  }
  return {
    append(event) {
      events.push(event)
      if (events.length < pruneAt) return
      prune()
      pruneAt = Math.max(1000, 2 * events.length)
    },
    prune,
    beginAnew() {
      // etcd stays.
    },
    // Of objects alone: rows know their server.
    atRest: () => ({ events: events.map(plain), startRevision: 0, passed: -1 }),
    goOnFrom(rest) {
      events = [...rest.events]
      pruneAt = Math.max(1000, 2 * events.length)
    },
    since(revision) {
      if (revision < compactedRevision()) {
        return { ok: false, message: 'The resourceVersion for the provided watch is too old.' }
      }
      return { ok: true, events: events.filter((event) => event.revision > revision) }
    },
  }
}

function plain({ type, object, old, revision }: StoreEvent): StoreEvent {
  return { type, object, old, revision }
}

/** `startRevision` is that of the list with which the cache began. */
export function createEventHistory(capacity: number, startRevision: number): EventHistory {
  return new EventRing(capacity, startRevision)
}

/** A class, for there is one for each resource. */
class EventRing implements EventHistory {
  readonly revenants = new Revenants()
  private readonly capacity: number
  private startRevision: number
  /** The oldest event is at `next` once the ring is full. */
  private ring: StoreEvent[] = []
  private next = 0

  constructor(capacity: number, startRevision: number) {
    this.capacity = capacity
    this.startRevision = startRevision
  }

  append(event: StoreEvent): void {
    const { ring, next } = this
    if (ring.length < this.capacity) {
      ring.push(event)
      return
    }
    ring[next] = event
    this.next = (next + 1) % this.capacity
    this.revenants.forget(this.at(0)?.revision ?? 0)
  }

  atRest(): RestingHistory {
    const { ring, next, startRevision } = this
    return { events: [...ring.slice(next), ...ring.slice(0, next)], startRevision, passed: this.revenants.passed }
  }

  goOnFrom({ events, startRevision, passed }: RestingHistory): void {
    this.startRevision = startRevision
    this.ring.push(...events)
    this.revenants.passed = passed
    if (passed >= 0) this.revenants.oldest = events[0]?.revision ?? startRevision + 1
  }

  beginAnew(revision: number): void {
    this.ring = []
    this.next = 0
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
    const isFull = length > 0 && length === this.capacity
    const oldest = isFull ? (this.at(0)?.revision ?? 0) : this.startRevision + 1
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

  private at(index: number): StoreEvent | undefined {
    return this.ring[(this.next + index) % this.ring.length]
  }
}

/**
 * Events kept by resource in v1.18: 100, at least 1000 for the busy ones. From v1.19 on the cache grows with its use;
 * its initial 100 would be too few for what it then becomes, so 1000 stands for it. Events have no cache.
 * Source: pkg/registry/cachesize/cachesize.go, kube-apiserver options/etcd.go.
 */
export function historyLengthOf(minor: number): (resource: string) => number {
  const busy = new Set([
    'pods',
    'nodes',
    'services',
    'endpoints',
    'replicationcontrollers',
    'leases.coordination.k8s.io',
    'apiservices.apiregistration.k8s.io',
  ])
  return (resource) =>
    resource === 'events' ? 0 : has(minor, apiServer.longWatchCaches) || busy.has(resource) ? 1000 : 100
}
