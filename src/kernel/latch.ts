import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'

/** Answers everybody who waits once it is opened, in the order in which they came, and whoever comes later at once. */
export class Latch extends Once<void> {
  private waiting: Set<Receiver<void>> | undefined = new Set()

  get isOpen(): boolean {
    return this.waiting === undefined
  }

  open(): void {
    const { waiting } = this
    this.waiting = undefined
    for (const receiver of waiting ?? []) receiver.answered()
  }

  override begin(receiver: Receiver<void>): Unsubscribable | undefined {
    const { waiting } = this
    if (waiting === undefined) {
      receiver.answered()
      return undefined
    }
    waiting.add(receiver)
    return { unsubscribe: () => waiting.delete(receiver) }
  }
}
