import type { KubeObject } from '../api/types/meta.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type Held, HeldChange, HeldRow, objectOf } from './held-row.ts'
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
  /** By the Event as it is stored. */
  const dueAt = new Map<Held, number>()
  let isRunning = false
  /** Who caused the sweep that is planned: what it takes away is told as its work. */
  let cause = 0
  let pruneAt = 0
  const sweep = (): void => {
    isRunning = false
    const now = kernel.now()
    // The map is in the order of writes, and all live equally long: the first that is not due ends the sweep.
    for (const [held, due] of dueAt) {
      if (due > now) break
      dueAt.delete(held)
      const { namespace = '', name } = held instanceof HeldRow ? held : held.metadata
      if (events.held(namespace, name) === held) events.letGo(held)
    }
    plan()
  }
  const plan = (): void => {
    if (isRunning) return
    const [first] = dueAt.values()
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
    const [held, old] = event instanceof HeldChange ? [event.held, event.oldHeld] : [event.object, event.old]
    if (old !== undefined) dueAt.delete(old)
    if (event.type === 'DELETED') return
    dueAt.set(held, kernel.now() + eventTimeToLiveMs)
    plan()
  }
  events.watchers.add({ namespace: undefined, name: undefined, indexValue: undefined }, { written })
  return {
    atRest: () => ({
      dueAt: [...dueAt].map(([held, at]) => [objectOf(held), at]),
      cause: isRunning ? cause : 0,
      ...(willPrune ? { pruneAt } : {}),
      timers: Number(isRunning) + Number(willPrune),
    }),
    goOnFrom(rest) {
      for (const [object, at] of rest.dueAt) dueAt.set(object, at)
      const before = kernel.cause
      kernel.cause = rest.cause
      plan()
      kernel.cause = before
      if (rest.pruneAt !== undefined) pruneLater(rest.pruneAt - kernel.now())
    },
  }
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
