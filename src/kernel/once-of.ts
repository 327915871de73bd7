import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'

/** A `Once` from what happens when somebody comes in: the receiver is told once, within the call or later. */
export function onceOf<T, E = never>(open: (receiver: Receiver<T, E>) => Unsubscribable | undefined): Once<T, E> {
  return new Opened<T, E>(open)
}

class Opened<T, E> extends Once<T, E> {
  private readonly open: (receiver: Receiver<T, E>) => Unsubscribable | undefined

  constructor(open: (receiver: Receiver<T, E>) => Unsubscribable | undefined) {
    super()
    this.open = open
  }

  override begin(receiver: Receiver<T, E>): Unsubscribable | undefined {
    return this.open(receiver)
  }
}
