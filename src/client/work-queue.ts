import { defineHandler } from '../kernel/handler.ts'
import type { Kernel, Ticket } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import { Scope } from '../kernel/scope.ts'
import { type Steps, sleep } from '../kernel/steps.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RateLimiter } from './rate-limiter.ts'

/**
 * How a sync ended: `done` forgets the failures of the key, `retry` tries again after a growing pause, `keep` neither
 * forgets nor retries.
 */
export type Outcome = 'done' | 'retry' | 'keep'

export interface WorkQueueOptions {
  readonly kernel: Kernel
  /** Works on one key, and waits in named steps if it must. The same key is not worked on twice at a time. */
  sync(key: string): Outcome | Steps<Outcome>
  /** How many keys are worked on at a time. */
  readonly workers: number
  /** Pause after the first failure; doubles with each. Default 5 ms up to 1000 s. */
  readonly baseDelayMs?: VirtualMs | undefined
  readonly maxDelayMs?: VirtualMs | undefined
  /** All retries together: 10 a second, 100 at once, in the default limiter of controllers. Absent: none. */
  readonly limiter?: RateLimiter
}

/** Source: client-go util/workqueue/default_rate_limiters.go, DefaultControllerRateLimiter; delaying_queue.go; queue.go. */
export const controllerRetry = { baseDelayMs: 5, maxDelayMs: 1_000_000, qps: 10, burst: 100 } as const

/** What a queue knows that does not work: keys wait in one that is paused. */
export interface RestingQueue {
  readonly waiting: readonly string[]
  readonly failures: readonly (readonly [key: string, failures: number])[]
}

const drain = defineHandler('a work queue', (queue: WorkQueue) => queue.drain())
const due = defineHandler('a key of a work queue', ({ queue, key }: Delayed) => queue.due(key))

/** A key that is added later: each Deployment has one for ten minutes. */
interface Delayed {
  readonly queue: WorkQueue
  readonly key: string
  readonly at: VirtualMs
  ticket: Ticket
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new WorkQueue(options)
}

/** Keys that wait to be worked on, each at most once. */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #waiting = new Set<string>()
  readonly #running = new Set<string>()
  /** Added while they were worked on. These three most queues never need. */
  #again: Set<string> | undefined
  #delayed: Map<string, Delayed> | undefined
  #failures: Map<string, number> | undefined
  /** What is being worked on. */
  #scope = new Scope()
  #isPaused = false
  #extraMs: VirtualMs = 0
  #isDrainDue = false

  constructor(options: WorkQueueOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#waiting.size
  }

  add(key: string): void {
    if (this.#running.has(key)) this.#again = (this.#again ?? new Set()).add(key)
    else {
      this.#waiting.add(key)
      this.#drainSoon()
    }
  }

  /** In `delayMs`, or earlier if it is asked for earlier. Adds at once what is due. */
  addAfter(key: string, delayMs: VirtualMs): void {
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const { kernel } = this.#options
    const at = kernel.now() + delayMs
    this.#delayed ??= new Map()
    const delayed = this.#delayed
    const known = delayed.get(key)
    if (known !== undefined && known.at <= at) return
    if (known !== undefined) kernel.cancel(known.ticket)
    const later: Delayed = { queue: this, key, at, ticket: 0 }
    later.ticket = kernel.post(delayMs, due, later)
    delayed.set(key, later)
  }

  /** For the kernel: adds what was delayed. */
  due(key: string): void {
    this.#delayed?.delete(key)
    this.add(key)
  }

  /** After the pause that the key's failures so far call for. */
  addRateLimited(key: string): void {
    const {
      limiter,
      baseDelayMs = controllerRetry.baseDelayMs,
      maxDelayMs = controllerRetry.maxDelayMs,
    } = this.#options
    const count = this.retries(key)
    this.#failures = (this.#failures ?? new Map()).set(key, count + 1)
    const ownMs = Math.min(baseDelayMs * 2 ** Math.min(count, 40), maxDelayMs)
    this.addAfter(key, Math.max(ownMs, limiter?.take() ?? 0))
  }

  forget(key: string): void {
    this.#failures?.delete(key)
  }

  retries(key: string): number {
    return this.#failures?.get(key) ?? 0
  }

  /** Keys wait until `resume`; what is being worked on goes on to its end. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    if (this.#waiting.size > 0) this.#drainSoon()
  }

  /** Each key takes this much longer to be worked on. */
  slowDown(extraMs: VirtualMs): void {
    this.#extraMs = extraMs
  }

  /** What a copy of it is to know; undefined while it works, will work by itself, or has retried not long ago. */
  atRest(): RestingQueue | undefined {
    const isBusy = this.#running.size > 0 || (this.#delayed?.size ?? 0) > 0 || this.#isDrainDue
    if (isBusy || this.#options.limiter?.isFull === false) return undefined
    return { waiting: [...this.#waiting], failures: [...(this.#failures ?? [])] }
  }

  /** Knows this instead of what it knows. For a queue that is paused. */
  goOnFrom({ waiting, failures }: RestingQueue): void {
    this.#waiting.clear()
    for (const key of waiting) this.#waiting.add(key)
    if (failures.length > 0) this.#failures = new Map(failures)
  }

  /** Ends what is being worked on, forgets everything and works on nothing any more until something is added. */
  clear(): void {
    this.#scope.end()
    this.#scope = new Scope()
    for (const { ticket } of this.#delayed?.values() ?? []) this.#options.kernel.cancel(ticket)
    for (const known of [this.#waiting, this.#running, this.#again, this.#delayed, this.#failures]) known?.clear()
  }

  /** For the kernel: begins the work that is due. */
  drain(): void {
    this.#isDrainDue = false
    if (this.#isPaused) return
    // What is added meanwhile is left to an event of its own, so that no key can hold up time.
    for (const key of [...this.#waiting]) {
      if (this.#running.size >= this.#options.workers) return
      this.#waiting.delete(key)
      this.#running.add(key)
      this.#scope.start(
        process(this.#options.kernel, () => this.#work(key)),
        (outcome) => this.#finished(key, outcome),
      )
    }
  }

  *#work(key: string): Steps<Outcome> {
    if (this.#extraMs > 0) yield* sleep(this.#extraMs)
    const outcome = this.#options.sync(key)
    return typeof outcome === 'string' ? outcome : yield* outcome
  }

  #finished(key: string, outcome: Outcome): void {
    this.#running.delete(key)
    if (outcome === 'done') this.#failures?.delete(key)
    if (outcome === 'retry') this.addRateLimited(key)
    if (this.#again?.delete(key) === true) this.#waiting.add(key)
    if (this.#waiting.size > 0) this.#drainSoon()
  }

  #drainSoon(): void {
    if (this.#isDrainDue || this.#isPaused) return
    this.#isDrainDue = true
    this.#options.kernel.post(0, drain, this)
  }
}
