import type { KubeObject } from '../api/types/meta.ts'
import { invariant } from '../kernel/invariant.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type Held, HeldRow, heldOf, objectOf, oldHeldOf, type RowBook, revisionOf } from './held-row.ts'
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
      dueAt: due.all().map(([held, at]) => [objectOf(held), at]),
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
 * What ends when, in the order of that, which is the order of writes. Two lists, for thousands rest: of a row stands its place there, and
 * in the place of what was written over or taken away its revision below zero.
 */
class DueQueue {
  #held: (KubeObject | number)[] = []
  #at: VirtualMs[] = []
  #book: RowBook | undefined
  #first = 0

  add(held: Held, at: VirtualMs): void {
    if (held instanceof HeldRow) {
      this.#book = held.book
      held.book.hold(held.place)
    }
    this.#held.push(held instanceof HeldRow ? held.place : held)
    this.#at.push(at)
  }

  forget(old: Held): void {
    const revision = revisionOf(old)
    let low = this.#first
    let high = this.#held.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#revisionAt(middle) < revision) low = middle + 1
      else high = middle
    }
    if (low >= this.#held.length || this.#revisionAt(low) !== revision) return
    this.#held[low] = -revision
    if (old instanceof HeldRow) old.book.letGo(old.place)
  }

  /** When the first ends that is still stored. */
  firstAt(): VirtualMs | undefined {
    for (; this.#first < this.#held.length; this.#first++)
      if (this.#storedAt(this.#first) !== undefined) return this.#at[this.#first]
    this.#letGoOfPassed()
    return undefined
  }

  /** The one that `firstAt` told of. */
  take(): Held {
    const held = this.#storedAt(this.#first)
    invariant(held !== undefined, 'something is due')
    this.#first++
    if (held instanceof HeldRow) held.book.letGo(held.place)
    if (this.#first >= passedMost && 2 * this.#first >= this.#held.length) this.#letGoOfPassed()
    return held
  }

  all(): readonly (readonly [held: Held, at: VirtualMs])[] {
    return this.#held.flatMap((_, i) => {
      const held = i < this.#first ? undefined : this.#storedAt(i)
      return held === undefined ? [] : [[held, this.#at[i] ?? 0]]
    })
  }

  #storedAt(index: number): Held | undefined {
    const held = this.#held[index]
    if (typeof held !== 'number') return held
    return held < 0 ? undefined : this.#book?.at(held)
  }

  #revisionAt(index: number): number {
    const held = this.#held[index] ?? 0
    if (typeof held === 'object') return revisionOf(held)
    return held < 0 ? -held : (this.#book?.revisionAt(held) ?? 0)
  }

  #letGoOfPassed(): void {
    this.#held = this.#held.slice(this.#first)
    this.#at = this.#at.slice(this.#first)
    this.#first = 0
  }
}

/** So many that have been taken are kept, or as many as are left. */
const passedMost = 1000

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
