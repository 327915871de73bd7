import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import type { Kernel } from './kernel.ts'

/**
 * RxJS on virtual time: `timer`, `delay`, `retry`, `observeOn` and their like run as kernel events. Long periodic work is
 * better scheduled on the kernel itself (docs/decisions/0001-own-event-queue.md says why).
 */
export function rxScheduler(kernel: Kernel): SchedulerLike {
  return {
    now: () => kernel.now(),
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delayMs = 0, state?: T): Subscription {
      const action = new KernelAction<T>(kernel, work)
      action.schedule(state, delayMs)
      return action
    },
  }
}

class KernelAction<T> extends Subscription implements SchedulerAction<T> {
  private readonly kernel: Kernel
  private readonly work: (this: SchedulerAction<T>, state?: T) => void

  constructor(kernel: Kernel, work: (this: SchedulerAction<T>, state?: T) => void) {
    super()
    this.kernel = kernel
    this.work = work
  }

  /** Runs the work (again) in `delayMs`; fractions of a millisecond are rounded up. */
  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this
    const timer = this.kernel.schedule(Math.max(0, Math.ceil(delayMs)), () => {
      this.remove(finalizer)
      if (!this.closed) this.work.call(this, state)
    })
    const finalizer = new Subscription(() => timer.cancel())
    this.add(finalizer)
    return this
  }
}
