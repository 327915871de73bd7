import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'

/** Answers everybody who waits once it is opened, in the order in which they came, and whoever comes later at once. */
export class Latch extends Once<void> {
  isOpen = false
  /** Made when somebody waits, and let go when nobody does any more: most latches rest. */
  private waiting: Set<Receiver<void>> | undefined

  open(): void {
    const { waiting } = this
    this.isOpen = true
    this.waiting = undefined
    for (const receiver of waiting ?? []) receiver.answered()
  }

  override begin(receiver: Receiver<void>): Unsubscribable | undefined {
    if (this.isOpen) {
      receiver.answered()
      return undefined
    }
    this.waiting ??= new Set()
    this.waiting.add(receiver)
    return { unsubscribe: () => this.leave(receiver) }
  }

  private leave(receiver: Receiver<void>): void {
    this.waiting?.delete(receiver)
    if (this.waiting?.size === 0) this.waiting = undefined
  }
}
