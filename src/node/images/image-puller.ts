import type { Unsubscribable } from 'rxjs'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { onceOf } from '../../kernel/once-of.ts'
import { SparseSet } from '../../kernel/sparse.ts'

/** Lets at most `limit` pulls run at once, first come, first served. Source: pkg/kubelet/images/puller.go. */
export class PullQueue {
  readonly #waiting = new SparseSet<() => void>()
  readonly #limit: number
  #running = 0

  /** 1: pulls are serialized; Infinity: nothing waits. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Does the work when it is its turn. The next one's turn comes once whoever asked has heard the answer. */
  run<T>(work: Once<T>): Once<T> {
    return onceOf((receiver) => {
      let run: Unsubscribable | undefined
      const start = (): void => {
        run = work.begin({
          answered: (value) => {
            receiver.answered(value)
            this.#pass()
          },
          failed: (refusal) => receiver.failed(refusal),
        })
      }
      this.#waiting.add(start)
      this.#next()
      return {
        unsubscribe: () => {
          if (this.#waiting.delete(start)) return
          run?.unsubscribe()
          this.#pass()
        },
      }
    })
  }

  #pass(): void {
    this.#running--
    this.#next()
  }

  #next(): void {
    if (this.#running >= this.#limit) return
    const [start] = this.#waiting
    if (start === undefined) return
    this.#waiting.delete(start)
    this.#running++
    start()
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
