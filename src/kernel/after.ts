import type { Unsubscribable } from 'rxjs'
import { defineHandler } from './handler.ts'
import type { Kernel, Ticket } from './kernel.ts'
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
    return new Timer(this.kernel, this.kernel.post(this.ms, tell, receiver))
  }
}

/** A class, for some last long: what is to happen when a watch or a deadline is over. */
class Timer implements Unsubscribable {
  private readonly kernel: Kernel
  private readonly ticket: Ticket

  constructor(kernel: Kernel, ticket: Ticket) {
    this.kernel = kernel
    this.ticket = ticket
  }

  unsubscribe(): void {
    this.kernel.cancel(this.ticket)
  }
}
