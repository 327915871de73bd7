import { type Observable, Subscriber, type Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'

/**
 * Hears a stream until `heard` answers something else than undefined, and answers that; undefined when the stream
 * completes before. `E` is what the stream may be refused with.
 */
export function hear<T, R, E = never>(
  stream: Observable<T>,
  heard: (value: T) => R | undefined,
): Once<R | undefined, E> {
  return new Hearing<T, R, E>(stream, heard)
}

class Hearing<T, R, E> extends Once<R | undefined, E> {
  private readonly stream: Observable<T>
  private readonly heard: (value: T) => R | undefined

  constructor(stream: Observable<T>, heard: (value: T) => R | undefined) {
    super()
    this.stream = stream
    this.heard = heard
  }

  override begin(receiver: Receiver<R | undefined, E>): Unsubscribable {
    const hearer = new Hearer<T, R, E>(this.heard, receiver)
    receiver.begun?.(hearer)
    return this.stream.subscribe(hearer)
  }
}

/** A Subscriber of its own, which RxJS wraps no `try` around. */
class Hearer<T, R, E> extends Subscriber<T> {
  private readonly heard: (value: T) => R | undefined
  private readonly receiver: Receiver<R | undefined, E>

  constructor(heard: (value: T) => R | undefined, receiver: Receiver<R | undefined, E>) {
    super()
    this.heard = heard
    this.receiver = receiver
  }

  protected override _next(value: T): void {
    const answer = this.heard(value)
    // Whoever hears may end the one who listens.
    if (answer === undefined || this.closed) return
    this.unsubscribe()
    this.receiver.answered(answer)
  }

  protected override _error(refusal: E): void {
    this.unsubscribe()
    this.receiver.failed(refusal)
  }

  protected override _complete(): void {
    this.unsubscribe()
    this.receiver.answered(undefined)
  }
}
