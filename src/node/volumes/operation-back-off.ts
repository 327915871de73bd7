import type { VirtualMs } from '../../kernel/time.ts'

/**
 * Pause between tries of a volume operation that fails. 2m2s, not 2m, so that this very limit is recognisable in a journal.
 * Source: pkg/util/goroutinemap/exponentialbackoff, initialDurationBeforeRetry and maxDurationBeforeRetry.
 */
const volumeRetry = { initialMs: 500, factor: 2, maxMs: 122_000 } as const

/** Pause after the `failures`-th failure in a row, counted from 1 (L2). */
export function retryDelayMs(failures: number): VirtualMs {
  // 2^30 s is far above the limit and still exact.
  return Math.min(volumeRetry.initialMs * volumeRetry.factor ** Math.min(failures - 1, 30), volumeRetry.maxMs)
}
