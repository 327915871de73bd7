import { defineHandler, type Handler } from '../kernel/handler.ts'
import type { Kernel, Ticket, Timer } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'

const observed = defineHandler('observed', (work: () => void) => work())

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

  post<A>(delayMs: VirtualMs, handler: Handler<A>, argument: A): Ticket {
    const after = this.#after
    return this.#kernel.post(delayMs, observed, () => {
      handler.run(argument)
      after()
    })
  }

  cancel(ticket: Ticket): void {
    this.#kernel.cancel(ticket)
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

  get pending(): number {
    return this.#kernel.pending
  }

  get events(): number {
    return this.#kernel.events
  }

  nextAt(): VirtualMs | undefined {
    return this.#kernel.nextAt()
  }
}
