import { invariant } from '../kernel/invariant.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'

/**
 * A token bucket in virtual time, computed and never ticked: tokens come at `qps` a second up to `burst`, callers are
 * served in the order in which they came. Source: golang.org/x/time/rate, client-go util/flowcontrol/throttle.go.
 */
export interface RateLimiter {
  /** Takes a token if there is one. Never waits. */
  tryAccept(): boolean
  /** How long the next caller of `take` would have to wait. */
  readonly delayMs: VirtualMs
  /** Takes a token and tells how long to wait until it is there. */
  take(): VirtualMs
}

/** `qps` may be below 1; `burst` at least 1. The bucket begins full. */
export function createRateLimiter(kernel: Pick<Kernel, 'now'>, qps: number, burst: number): RateLimiter {
  invariant(qps > 0 && burst >= 1, 'a rate limiter lets something pass', qps)
  const perTokenMs = 1000 / qps
  let tokens = burst
  let countedAt = kernel.now()
  const refill = (): void => {
    const now = kernel.now()
    if (now > countedAt) {
      tokens = Math.min(burst, tokens + (now - countedAt) / perTokenMs)
      countedAt = now
    }
  }
  // Sums of thirds and the like miss whole tokens by less than this.
  const slack = 1e-9
  const delayAfterTaking = (): VirtualMs =>
    tokens >= 1 - slack ? 0 : Math.ceil((1 - tokens) * perTokenMs - slack * perTokenMs)
  return {
    get delayMs() {
      refill()
      return delayAfterTaking()
    },
    tryAccept() {
      refill()
      if (tokens < 1 - slack) return false
      tokens -= 1
      return true
    },
    take() {
      refill()
      const delayMs = delayAfterTaking()
      // Tokens below 0 are those promised to callers who wait: that is what keeps the order.
      tokens -= 1
      return delayMs
    },
  }
}
