import type { Kernel, Timer } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RateLimiter } from './rate-limiter.ts'

/**
 * How a sync ended: `done` forgets the failures of the key, `retry` tries again after a growing pause, `keep` neither
 * forgets nor retries.
 */
export type Outcome = 'done' | 'retry' | 'keep'

export interface WorkQueueOptions {
  readonly kernel: Kernel
  /** Works on one key; calls `finish` once, now or later. The same key is not worked on twice at a time. */
  readonly process: (key: string, finish: (outcome: Outcome) => void) => void
  /** How many keys are worked on at a time. */
  readonly workers: number
  /** Pause after the first failure; doubles with each. Default 5 ms up to 1000 s. */
  readonly baseDelayMs?: VirtualMs
  readonly maxDelayMs?: VirtualMs
  /** All retries together: 10 a second, 100 at once, in the default limiter of controllers. Absent: none. */
  readonly limiter?: RateLimiter
}

/** Source: client-go util/workqueue/default_rate_limiters.go, DefaultControllerRateLimiter; delaying_queue.go; queue.go. */
export const controllerRetry = { baseDelayMs: 5, maxDelayMs: 1_000_000, qps: 10, burst: 100 } as const

/** Keys that wait to be worked on, each at most once. */
export interface WorkQueue {
  add(key: string): void
  /** In `delayMs`, or earlier if it is asked for earlier. Adds at once what is due. */
  addAfter(key: string, delayMs: VirtualMs): void
  /** After the pause that the key's failures so far call for. */
  addRateLimited(key: string): void
  forget(key: string): void
  retries(key: string): number
  /** Keys wait until `resume`; what is being worked on is ended. */
  pause(): void
  resume(): void
  /** Each key takes this much longer to be worked on. */
  slowDown(extraMs: VirtualMs): void
  /** Forgets everything and works on nothing any more until something is added. */
  clear(): void
  readonly length: number
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { kernel, process, workers, limiter } = options
  const { baseDelayMs = controllerRetry.baseDelayMs, maxDelayMs = controllerRetry.maxDelayMs } = options
  const waiting = new Set<string>()
  const running = new Set<string>()
  /** Added while they were worked on. */
  const again = new Set<string>()
  const delayed = new Map<string, Timer>()
  const failures = new Map<string, number>()
  let isPaused = false
  let extraMs = 0
  let generation = 0
  let isDrainDue = false

  const drainSoon = (): void => {
    if (isDrainDue || isPaused) return
    isDrainDue = true
    kernel.schedule(0, drain)
  }
  const drain = (): void => {
    isDrainDue = false
    if (isPaused) return
    // What is added meanwhile is left to an event of its own, so that no key can hold up time.
    for (const key of [...waiting]) {
      if (running.size >= workers) return
      waiting.delete(key)
      running.add(key)
      work(key)
    }
  }
  const work = (key: string): void => {
    const born = generation
    const finish = (outcome: Outcome): void => {
      if (born !== generation) return
      running.delete(key)
      if (outcome === 'done') failures.delete(key)
      if (outcome === 'retry') queue.addRateLimited(key)
      if (again.delete(key)) waiting.add(key)
      if (waiting.size > 0) drainSoon()
    }
    if (extraMs === 0) {
      process(key, finish)
      return
    }
    kernel.schedule(extraMs, () => {
      if (born === generation) process(key, finish)
    })
  }

  const queue: WorkQueue = {
    add(key) {
      if (running.has(key)) again.add(key)
      else {
        waiting.add(key)
        drainSoon()
      }
    },
    addAfter(key, delayMs) {
      if (delayMs <= 0) {
        queue.add(key)
        return
      }
      const known = delayed.get(key)
      if (known !== undefined && known.at <= kernel.now() + delayMs) return
      known?.cancel()
      delayed.set(
        key,
        kernel.schedule(delayMs, () => {
          delayed.delete(key)
          queue.add(key)
        }),
      )
    },
    addRateLimited(key) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      const ownMs = Math.min(baseDelayMs * 2 ** Math.min(count, 40), maxDelayMs)
      const sharedMs = limiter?.delayMs ?? 0
      limiter?.wait(() => {})
      queue.addAfter(key, Math.max(ownMs, sharedMs))
    },
    forget(key) {
      failures.delete(key)
    },
    retries: (key) => failures.get(key) ?? 0,
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
      if (waiting.size > 0) drainSoon()
    },
    slowDown(ms) {
      extraMs = ms
    },
    clear() {
      generation++
      for (const timer of delayed.values()) timer.cancel()
      for (const set of [waiting, running, again, delayed, failures]) set.clear()
    },
    get length() {
      return waiting.size
    },
  }
  return queue
}
