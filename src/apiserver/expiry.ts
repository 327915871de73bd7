import type { KubeObject } from '../api/types/meta.ts'
import { invariant } from '../kernel/invariant.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type Held, HeldRow, heldOf, objectOf, oldHeldOf, type RowBook, revisionOf } from './held-row.ts'
import { PlaceQueue } from './place-queue.ts'
import type { RegistryCore } from './registry/core.ts'
import { compactionIntervalMs } from './store.ts'
import type { StoreEvent } from './store-event.ts'

/**
 * Takes Events out of the store an hour after their last write, as etcd's leases do. One timer at a time runs, for the
 * oldest; a watcher inside the store feeds it. What was written of them is let go when etcd has compacted it. Source: pkg/registry/core/event, kube-apiserver --event-ttl.
 */
export function createExpiry(core: RegistryCore): Expiry {
  const { kernel } = core.context
  const events = core.store.collection('events')
  const due = new DueQueue()
  let isRunning = false
  /** Who caused the sweep that is planned: what it takes away is told as its work. */
  let cause = 0
  let pruneAt = 0
  const sweep = (): void => {
    isRunning = false
    const now = kernel.now()
    // They stand in the order of writes, and all live equally long: the first that is not due ends the sweep.
    for (let at = due.firstAt(); at !== undefined && at <= now; at = due.firstAt()) events.letGo(due.take())
    plan()
  }
  const plan = (): void => {
    if (isRunning) return
    const first = due.firstAt()
    if (first === undefined) return
    isRunning = true
    cause = kernel.cause
    kernel.schedule(Math.max(0, first - kernel.now()), sweep)
  }
  let willPrune = false
  const pruneLater = (delayMs: VirtualMs): void => {
    willPrune = true
    pruneAt = kernel.now() + delayMs
    kernel.schedule(delayMs, () => {
      willPrune = false
      if (events.history.prune()) pruneLater(compactedAfterMs)
    })
  }
  const written = (event: StoreEvent): void => {
    if (!willPrune) pruneLater(compactedAfterMs)
    const old = oldHeldOf(event)
    if (old !== undefined) due.forget(old)
    if (event.type === 'DELETED') return
    due.add(heldOf(event), kernel.now() + eventTimeToLiveMs)
    plan()
  }
  events.watchers.add({ namespace: undefined, name: undefined, indexValue: undefined }, { written })
  return {
    atRest: () => ({
      dueAt: Array.from(due.all(), ([held, at]) => [objectOf(held), at] as const),
      cause: isRunning ? cause : 0,
      ...(willPrune ? { pruneAt } : {}),
      timers: Number(isRunning) + Number(willPrune),
    }),
    goOnFrom(rest) {
      for (const [object, at] of rest.dueAt) due.add(object, at)
      const before = kernel.cause
      kernel.cause = rest.cause
      plan()
      kernel.cause = before
      if (rest.pruneAt !== undefined) pruneLater(rest.pruneAt - kernel.now())
    },
  }
}

/**
 * What ends when, in the order of that, which is the order of writes. Of a row stands its place there, for its book knows when it was written,
 * and in the place of what was written over or taken away its revision below zero.
 */
class DueQueue {
  readonly #held = new PlaceQueue<DueObject>()
  #book: RowBook | undefined

  add(held: Held, at: VirtualMs): void {
    if (held instanceof HeldRow) {
      this.#book = held.book
      held.book.hold(held.place)
    }
    this.#held.push(held instanceof HeldRow ? held.place : { object: held, at })
  }

  forget(old: Held): void {
    const revision = revisionOf(old)
    let low = 0
    let high = this.#held.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#revisionAt(middle) < revision) low = middle + 1
      else high = middle
    }
    if (low >= this.#held.length || this.#revisionAt(low) !== revision) return
    this.#held.put(low, -revision)
    if (old instanceof HeldRow) old.book.letGo(old.place)
  }

  /** When the first ends that is still stored. */
  firstAt(): VirtualMs | undefined {
    let gone = 0
    while (isGone(this.#held.at(gone))) gone++
    this.#held.take(gone)
    const first = this.#held.at(0)
    return first === undefined ? undefined : this.#dueAt(first)
  }

  /** The one that `firstAt` told of. */
  take(): Held {
    const first = this.#held.at(0)
    invariant(first !== undefined, 'something is due')
    const held = this.#storedAs(first)
    this.#held.take(1)
    if (held instanceof HeldRow) held.book.letGo(held.place)
    return held
  }

  *all(): IterableIterator<readonly [held: Held, at: VirtualMs]> {
    for (const each of this.#held.values()) if (!isGone(each)) yield [this.#storedAs(each), this.#dueAt(each)]
  }

  #dueAt(stored: number | DueObject): VirtualMs {
    return typeof stored === 'object' ? stored.at : this.#bookOf().writtenAt(stored) + eventTimeToLiveMs
  }

  #storedAs(stored: number | DueObject): Held {
    return typeof stored === 'object' ? stored.object : this.#bookOf().at(stored)
  }

  #revisionAt(index: number): number {
    const held = this.#held.at(index) ?? 0
    if (typeof held === 'object') return revisionOf(held.object)
    return held < 0 ? -held : this.#bookOf().revisionAt(held)
  }

  #bookOf(): RowBook {
    invariant(this.#book !== undefined, 'whoever kept a place has seen the book')
    return this.#book
  }
}

/** What is no row. */
interface DueObject {
  readonly object: KubeObject
  readonly at: VirtualMs
}

/** Written over, or taken away. */
function isGone(held: number | DueObject | undefined): boolean {
  return typeof held === 'number' && held < 0
}

/** For a cluster that is copied. */
export interface Expiry {
  atRest(): RestingExpiry
  /** Knows this instead of nothing. */
  goOnFrom(rest: RestingExpiry): void
}

/** Which Events end when, and what is planned for that. */
export interface RestingExpiry {
  readonly dueAt: readonly (readonly [object: KubeObject, at: VirtualMs])[]
  /** Seq of the record that led to the sweep that is planned. */
  readonly cause: number
  readonly pruneAt?: VirtualMs
  /** How many events of the kernel that makes. */
  readonly timers: number
}

/** Source: cmd/kube-apiserver/app/options/options.go, EventTTL. */
const eventTimeToLiveMs = 3_600_000

/** etcd forgets at a compaction what was older at the one before. */
const compactedAfterMs = 2 * compactionIntervalMs
