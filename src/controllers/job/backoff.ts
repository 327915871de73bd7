import type { Pod } from '../../api/types/core.ts'
import { finishedAt, pauseAfter } from './policies.ts'

/** How often in a row the Pods of a Job have failed, and when the last one did, in ms since 1970. */
export interface BackoffRecord {
  readonly failures: number
  readonly lastMs: number
}

const none: BackoffRecord = { failures: 0, lastMs: 0 }

/** What a controller remembers of failures, by the key of a Job. Source: pkg/controller/job/backoff_utils.go, backoffStore. */
export class Backoffs {
  readonly #records = new Map<string, BackoffRecord>()

  /** With these Pods, which have ended since; `update` makes it what is remembered. Source: newBackoffRecord. */
  next(key: string, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
    const known = this.#records.get(key) ?? none
    if (succeeded.length + failed.length === 0) return known
    const ends = failed.map(finishedAt)
    if (succeeded.length === 0) return { failures: known.failures + ends.length, lastMs: Math.max(...ends) }
    const successMs = Math.max(...succeeded.map(finishedAt))
    const later = ends.filter((end) => end > successMs)
    return later.length === 0 ? none : { failures: later.length, lastMs: Math.max(...later) }
  }

  update(key: string, record: BackoffRecord): void {
    if (record.failures > 0) this.#records.set(key, record)
    else this.#records.delete(key)
  }

  forget(key: string): void {
    this.#records.delete(key)
  }
}

/** How long a Job waits before it makes another Pod. Source: getRemainingTime. */
export function remainingPauseMs({ failures, lastMs }: BackoffRecord, nowEpochMs: number): number {
  if (failures === 0) return 0
  return Math.max(0, lastMs + pauseAfter(failures) - nowEpochMs)
}
