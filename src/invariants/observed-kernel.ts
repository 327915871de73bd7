import type { Kernel, Timer } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** A kernel that calls `after` when an event is done. Order, times and causes are those of the kernel behind it. */
export class ObservedKernel implements Kernel {
  readonly #kernel: Kernel
  readonly #after: () => void

  constructor(kernel: Kernel, after: () => void) {
    this.#kernel = kernel
    this.#after = after
  }

  get cause(): number {
    return this.#kernel.cause
  }

  set cause(seq: number) {
    this.#kernel.cause = seq
  }

  now(): VirtualMs {
    return this.#kernel.now()
  }

  schedule(delayMs: VirtualMs, work: () => void): Timer {
    const after = this.#after
    return this.#kernel.schedule(delayMs, () => {
      work()
      after()
    })
  }

  runUntil(endMs: VirtualMs): void {
    this.#kernel.runUntil(endMs)
  }

  runUntilTrue(condition: () => boolean, endMs: VirtualMs): boolean {
    return this.#kernel.runUntilTrue(condition, endMs)
  }

  limitEvents(maxEvents: number): void {
    this.#kernel.limitEvents(maxEvents)
  }

  step(): boolean {
    return this.#kernel.step()
  }

  nextAt(): VirtualMs | undefined {
    return this.#kernel.nextAt()
  }
}
