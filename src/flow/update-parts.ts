import type { VirtualMs } from '../kernel/time.ts'
import type { DelayParts } from './flow.ts'

/** Instants of an update that reached a file. */
export interface UpdateTimes {
  readonly writtenAt: VirtualMs
  /** When the node's copy had it. */
  readonly copiedAt: VirtualMs
  /** Whether the node was told; else it asks in a sync, when what it has is too old. */
  readonly isPushed: boolean
  /** Syncs of the Pod until then, in order. */
  readonly syncs: readonly VirtualMs[]
  readonly visibleAt: VirtualMs
}

/**
 * Where the time of an update went (U3). Where the node is told, first the cache waits, then the sync. Where it asks, the wait
 * for a first sync is the sync's; if that sync uses the old copy again, all that passes until a copy is read is the cache's: the
 * ttl is to blame. A sync that was under way when the Secret changed counts from the change on.
 */
export function updateParts({ writtenAt, copiedAt, isPushed, syncs, visibleAt }: UpdateTimes): DelayParts {
  const clamp = (at: VirtualMs) => Math.min(Math.max(at, writtenAt), visibleAt)
  const copied = clamp(copiedAt)
  const first = clamp(syncs.find((at) => at >= writtenAt) ?? syncs[syncs.length - 1] ?? copied)
  // The sync that found the copy: the first that began with it there, or the one that fetched it.
  const found = clamp(syncs.find((at) => at >= copied) ?? copied)
  if (isPushed || copied <= first)
    return {
      toCacheMs: copied - writtenAt,
      toSyncMs: found - copied,
      toMountMs: visibleAt - found,
      isCacheLast: false,
    }
  return {
    toCacheMs: copied - first,
    toSyncMs: first - writtenAt + (found - copied),
    toMountMs: visibleAt - found,
    isCacheLast: true,
  }
}
