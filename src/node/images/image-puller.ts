import type { Kernel } from '../../kernel/kernel.ts'

/** A piece of work that calls `finished` once, at its end. */
export type PullTask = (finished: () => void) => void

/** Lets at most `limit` pulls run at once, first come, first served. Source: pkg/kubelet/images/puller.go. */
export class PullQueue {
  readonly #waiting: PullTask[] = []
  readonly #limit: number
  #running = 0

  /** 1: pulls are serialized; Infinity: nothing waits. */
  constructor(limit: number) {
    this.#limit = limit
  }

  add(task: PullTask): void {
    this.#waiting.push(task)
    this.#next()
  }

  #next(): void {
    if (this.#running >= this.#limit) return
    const task = this.#waiting.shift()
    if (task === undefined) return
    this.#running++
    task(() => {
      this.#running--
      this.#next()
    })
  }
}

/** Pulls by rate: a bucket that refuses instead of letting wait. Source: images/helpers.go, throttleImagePulling. */
export class PullLimiter {
  readonly #kernel: Pick<Kernel, 'now'>
  readonly #qps: number
  readonly #burst: number
  #tokens: number
  #at = 0

  /** `qps` 0: no limit. */
  constructor(kernel: Pick<Kernel, 'now'>, qps: number, burst: number) {
    this.#kernel = kernel
    this.#qps = qps
    this.#burst = burst
    this.#tokens = burst
  }

  tryAccept(): boolean {
    if (this.#qps === 0) return true
    const now = this.#kernel.now()
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#qps)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
