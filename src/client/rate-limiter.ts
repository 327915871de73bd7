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
  /** The same at an instant of the past, but not before any that was asked about: for who computes what has been. */
  takeAt(time: VirtualMs): VirtualMs
  /** A token that was taken and not waited for comes back. */
  giveBack(): void
  /** Nobody could tell it from a new one. */
  readonly isFull: boolean
}

/**
 * `qps` may be below 1; `burst` at least 1. The bucket begins full. `before`: called before it is asked about the present, for
 * those who have yet to say what they took until then.
 */
export function createRateLimiter(
  kernel: Pick<Kernel, 'now'>,
  qps: number,
  burst: number,
  before: () => void = () => {},
): RateLimiter {
  invariant(qps > 0 && burst >= 1, 'a rate limiter lets something pass', qps)
  return new TokenBucket(kernel, 1000 / qps, burst, before)
}

/** What a client of the API has unless it says otherwise. Source: client-go rest/config.go, DefaultQPS and DefaultBurst. */
const clientDefaults = { qps: 5, burst: 10 } as const

/** The limiter of a client of the API: 0 is not said. Source: client-go rest/config.go, RESTClientForConfigAndClient. */
export function clientRateLimiter(
  kernel: Pick<Kernel, 'now'>,
  qps: number,
  burst: number,
  before?: () => void,
): RateLimiter {
  const limits = [qps === 0 ? clientDefaults.qps : qps, burst === 0 ? clientDefaults.burst : burst] as const
  return createRateLimiter(kernel, ...limits, before)
}

/** Sums of thirds and the like miss whole tokens by less than this. */
const slack = 1e-9

class TokenBucket implements RateLimiter {
  readonly #kernel: Pick<Kernel, 'now'>
  readonly #perTokenMs: number
  readonly #burst: number
  readonly #before: () => void
  #tokens: number
  #countedAt: VirtualMs

  constructor(kernel: Pick<Kernel, 'now'>, perTokenMs: number, burst: number, before: () => void) {
    this.#kernel = kernel
    this.#before = before
    this.#perTokenMs = perTokenMs
    this.#burst = burst
    this.#tokens = burst
    this.#countedAt = kernel.now()
  }

  get isFull(): boolean {
    this.#refill()
    return this.#tokens === this.#burst
  }

  get delayMs(): VirtualMs {
    this.#refill()
    return this.#delayAfterTaking()
  }

  tryAccept(): boolean {
    this.#refill()
    if (this.#tokens < 1 - slack) return false
    this.#tokens -= 1
    return true
  }

  take(): VirtualMs {
    this.#before()
    return this.takeAt(this.#kernel.now())
  }

  giveBack(): void {
    this.#tokens += 1
  }

  takeAt(time: VirtualMs): VirtualMs {
    this.#refillTo(time)
    const delayMs = this.#delayAfterTaking()
    // Tokens below 0 are those promised to callers who wait: that is what keeps the order.
    this.#tokens -= 1
    return delayMs
  }

  #refill(): void {
    this.#before()
    this.#refillTo(this.#kernel.now())
  }

  #refillTo(now: VirtualMs): void {
    if (now <= this.#countedAt) return
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#countedAt) / this.#perTokenMs)
    this.#countedAt = now
  }

  #delayAfterTaking(): VirtualMs {
    if (this.#tokens >= 1 - slack) return 0
    return Math.ceil((1 - this.#tokens) * this.#perTokenMs - slack * this.#perTokenMs)
  }
}
