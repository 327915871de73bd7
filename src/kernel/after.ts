import type { Unsubscribable } from 'rxjs'
import type { Kernel } from './kernel.ts'
import { Once, type Receiver } from './once.ts'
import type { VirtualMs } from './time.ts'

/** Answers in `ms`: a sleep as a part of `firstOf` and `all`. Within a process, `sleep` is shorter. */
export function after(kernel: Kernel, ms: VirtualMs): Once<void> {
  return new After(kernel, ms)
}

class After extends Once<void> {
  private readonly kernel: Kernel
  private readonly ms: VirtualMs

  constructor(kernel: Kernel, ms: VirtualMs) {
    super()
    this.kernel = kernel
    this.ms = ms
  }

  override begin(receiver: Receiver<void>): Unsubscribable {
    const timer = this.kernel.schedule(this.ms, () => receiver.answered())
    return { unsubscribe: () => timer.cancel() }
  }
}
