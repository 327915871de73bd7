import { createRateLimiter, type RateLimiter } from '../../client/rate-limiter.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Clockwork } from '../controller.ts'
import { createTicks } from '../ticks.ts'

/** Source: nodelifecycle/scheduler/rate_limited_queue.go: NodeEvictionPeriod, EvictionRateLimiterBurst. */
const periodMs = 100
const burst = 1

/** Nodes of one zone that wait for their NoExecute taint. Source: rate_limited_queue.go, RateLimitedTimedQueue. */
export interface ZoneTainter {
  /** `phase` as in Ticks. */
  begin(phase: VirtualMs): void
  /** Does nothing for a node that waits or has been served since it was last removed. */
  add(node: string): void
  remove(node: string): void
  /** Nodes a second; 0 stops it. */
  setRate(qps: number): void
  /** Whether it has this rate and nobody could tell it from a new one that has begun. */
  isFresh(qps: number): boolean
  /** In place of `begin`: its first look is over. */
  goOnFrom(phase: VirtualMs): void
}

/** `taint` says whether it worked out; a node for which it did not stays in the queue. */
export function createZoneTainter(
  kernel: Kernel,
  clockwork: Pick<Clockwork, 'after' | 'run'>,
  initialQps: number,
  taint: (node: string) => Steps<boolean>,
): ZoneTainter {
  const waiting = new Set<string>()
  const known = new Set<string>()
  let qps = initialQps
  let limiter: RateLimiter | undefined = qps > 0 ? createRateLimiter(kernel, qps, burst) : undefined
  let isBusy = false

  const serve = (): void => {
    const [node] = waiting
    if (isBusy || node === undefined || limiter === undefined) return
    if (!limiter.tryAccept()) {
      clockwork.after(limiter.delayMs, ticks.request)
      return
    }
    isBusy = true
    clockwork.run(
      () => taint(node),
      (isDone) => {
        isBusy = false
        if (isDone) waiting.delete(node)
        if (waiting.size > 0) ticks.request()
      },
    )
  }
  const ticks = createTicks(kernel, clockwork, periodMs, serve)

  return {
    begin: ticks.begin,
    isFresh: (rate) => qps === rate && !isBusy && waiting.size + known.size === 0 && limiter?.isFull !== false,
    goOnFrom: ticks.goOnFrom,
    add(node) {
      if (known.has(node)) return
      known.add(node)
      waiting.add(node)
      ticks.request()
    },
    remove(node) {
      known.delete(node)
      waiting.delete(node)
    },
    setRate(next) {
      if (next === qps) return
      const isExhausted = limiter === undefined || !limiter.tryAccept()
      qps = next
      limiter = next > 0 ? createRateLimiter(kernel, next, burst) : undefined
      // Who has to wait under the old rate has to wait under the new one.
      if (isExhausted) limiter?.tryAccept()
      if (waiting.size > 0) ticks.request()
    },
  }
}
