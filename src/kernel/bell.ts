import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'
import { SparseSet } from './sparse.ts'

/** Answers whoever waits each time it is rung; a ring that nobody waits for is not remembered. */
export class Bell extends Once<void> {
  private waiting = new SparseSet<Receiver<void>>()

  ring(): void {
    if (this.waiting.size === 0) return
    const { waiting } = this
    this.waiting = new SparseSet()
    for (const receiver of waiting) receiver.answered()
  }

  override begin(receiver: Receiver<void>): Unsubscribable {
    const { waiting } = this
    waiting.add(receiver)
    return { unsubscribe: () => waiting.delete(receiver) }
  }
}
