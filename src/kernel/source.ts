import { Observable, type Subscriber } from 'rxjs'

/**
 * A stream that one part tells and one or two hear: most parts of a kubelet have one. It never ends; who leaves is forgotten when
 * the next comes. A Subject that is heard takes 250 bytes, and its hearer as many again for how to leave it; this takes 90.
 */
export class Source<T> extends Observable<T> {
  /** Made anew for each who comes: whoever comes while something is told is not told of it. */
  private hearers: readonly Subscriber<T>[] = nobody

  constructor() {
    super(takeIn)
  }

  next(value: T): void {
    for (const hearer of this.hearers) hearer.next(value)
  }

  hear(hearer: Subscriber<T>): void {
    // Concatenated, so that it has no room to spare.
    this.hearers = this.hearers.filter(({ closed }) => !closed).concat(hearer)
  }
}

const nobody: readonly Subscriber<never>[] = []

function takeIn<T>(this: Observable<T>, hearer: Subscriber<T>): void {
  // RxJS calls this as a method of the Observable that was made with it.
  ;(this as Source<T>).hear(hearer)
}
