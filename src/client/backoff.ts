import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'

export interface BackoffPolicy {
  readonly initialMs: VirtualMs
  readonly maxMs: VirtualMs
  readonly factor: number
  /** Each wait is stretched by a random part of itself, up to this many times. */
  readonly jitter: number
  readonly resetMs: VirtualMs
  /** Begins anew when this is longer ago than `resetMs`: the beginning of the last wait, or that it began anew. */
  readonly resetsAfter: 'wait' | 'reset'
}

/** Source: client-go tools/cache/reflector.go, NewNamedReflector (v1.36: NewReflectorWithOptions). */
const reflectorBackoff: BackoffPolicy = {
  initialMs: 800,
  maxMs: 30_000,
  factor: 2,
  jitter: 1,
  resetMs: 120_000,
  resetsAfter: 'wait',
}

/** The pauses of a reflector of a minor version. */
export function reflectorBackoffOf(minor: number, madeAt: VirtualMs): Backoff {
  const resetsAfter = has(minor, clientGo.resetsBackOffByClock) ? 'reset' : 'wait'
  return new Backoff({ ...reflectorBackoff, resetsAfter }, madeAt)
}

/** Waits that grow. Source: apimachinery pkg/util/wait, exponentialBackoffManagerImpl, backoffManager and Backoff.Step. */
export class Backoff {
  #nextMs: VirtualMs
  #since: VirtualMs
  readonly #policy: BackoffPolicy

  constructor(policy: BackoffPolicy, madeAt: VirtualMs) {
    this.#policy = policy
    this.#nextMs = policy.initialMs
    this.#since = madeAt
  }

  /** How long to wait from `now`. */
  next(now: VirtualMs, random: RandomStream): VirtualMs {
    const { initialMs, maxMs, factor, jitter, resetMs, resetsAfter } = this.#policy
    const isReset = now - this.#since > resetMs
    if (isReset) this.#nextMs = initialMs
    if (isReset || resetsAfter === 'wait') this.#since = now
    const baseMs = this.#nextMs
    this.#nextMs = Math.min(baseMs * factor, maxMs)
    return Math.floor(baseMs * (1 + random.next() * jitter))
  }
}
