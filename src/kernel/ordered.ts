import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'
import type { Scope } from './scope.ts'

/**
 * Work that somebody else carries out, in a scope of theirs: nothing is ordered before somebody subscribes, and what was
 * ordered goes on when they leave, only its answer reaches nobody. `afterwards` is what follows for those who carry it out
 * once the answer was heard.
 */
export function ordered<T>(scope: Scope, work: Once<T>, afterwards?: (value: T) => void): Once<T> {
  return new Order(scope, work, afterwards)
}

class Order<T> extends Once<T> {
  private readonly scope: Scope
  private readonly work: Once<T>
  private readonly afterwards: ((value: T) => void) | undefined

  constructor(scope: Scope, work: Once<T>, afterwards: ((value: T) => void) | undefined) {
    super()
    this.scope = scope
    this.work = work
    this.afterwards = afterwards
  }

  override begin(receiver: Receiver<T>): Unsubscribable {
    const ear = new Ear(receiver)
    receiver.begun?.(ear)
    this.scope.start(this.work, (value) => {
      ear.receiver?.answered(value)
      this.afterwards?.(value)
    })
    return ear
  }
}

/** Whoever waits for an order, as long as they do. */
class Ear<T> implements Unsubscribable {
  receiver: Receiver<T> | undefined

  constructor(receiver: Receiver<T>) {
    this.receiver = receiver
  }

  unsubscribe(): void {
    this.receiver = undefined
  }
}
