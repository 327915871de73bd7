import type { Unsubscribable } from 'rxjs'
import { defineHandler } from './handler.ts'
import type { Kernel } from './kernel.ts'
import { Once, type Receiver } from './once.ts'
import type { VirtualMs } from './time.ts'

const tell = defineHandler('after', (receiver: Receiver<void>) => receiver.answered())

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
    const timer = this.kernel.post(this.ms, tell, receiver)
    return { unsubscribe: () => this.kernel.cancel(timer) }
  }
}
