import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'

export interface BackoffPolicy {
  readonly initialMs: VirtualMs
  readonly maxMs: VirtualMs
  readonly factor: number
  /** Each wait is stretched by a random part of itself, up to this many times. */
  readonly jitter: number
  /** Begins anew when the last wait began longer ago than this. */
  readonly resetMs: VirtualMs
}

/** Source: client-go tools/cache/reflector.go, NewNamedReflector. */
export const reflectorBackoff: BackoffPolicy = {
  initialMs: 800,
  maxMs: 30_000,
  factor: 2,
  jitter: 1,
  resetMs: 120_000,
}

/** Waits that grow. Source: apimachinery pkg/util/wait, exponentialBackoffManagerImpl and Backoff.Step. */
export class Backoff {
  #nextMs: VirtualMs
  #lastBegan: VirtualMs
  readonly #policy: BackoffPolicy

  constructor(policy: BackoffPolicy, now: VirtualMs) {
    this.#policy = policy
    this.#nextMs = policy.initialMs
    this.#lastBegan = now
  }

  /** How long to wait from `now`. */
  next(now: VirtualMs, random: RandomStream): VirtualMs {
    const { initialMs, maxMs, factor, jitter, resetMs } = this.#policy
    if (now - this.#lastBegan > resetMs) this.#nextMs = initialMs
    this.#lastBegan = now
    const baseMs = this.#nextMs
    this.#nextMs = Math.min(baseMs * factor, maxMs)
    return Math.floor(baseMs * (1 + random.next() * jitter))
  }
}
