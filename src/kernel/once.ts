import { Observable, type Observer, Subscriber, type Subscription, type Unsubscribable } from 'rxjs'
import { throwingBugs } from './bugs.ts'

/**
 * Who waits for the one answer of a `Once`. Exactly one of `answered` and `failed` is called, once, within the call that
 * begins it or later; neither after it was ended.
 */
export interface Receiver<T, E = unknown> {
  /** Told before anything happens how to end what was begun: the only way to end it within its first stretch. */
  begun?(run: Unsubscribable): void
  answered(value: T): void
  /** The simulated cluster said no: never a bug, which ends the run instead. */
  failed(refusal: E): void
}

/**
 * An Observable of exactly one value: a request, a sleep, a process. It has two doors. RxJS comes in by `subscribe`, as
 * with any Observable; a process that waits for it comes in by `begin`, which costs no Subscriber. `E` is what it may be
 * refused with. Nothing happens before somebody comes in, and each who comes in sets it going anew.
 */
export abstract class Once<T, E = never> extends Observable<T> {
  constructor() {
    super(subscribeOnce)
  }

  /** RxJS's door. Between runs too, a bug in what is subscribed to comes out of the call, not of a timer of the host. */
  override subscribe(observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null): Subscription {
    return throwingBugs(() => super.subscribe(observerOrNext as Partial<Observer<T>>)) // either, as RxJS takes it
  }

  /** Starts; tells the receiver once, now or later. What comes back ends it, if it can be ended. */
  abstract begin(receiver: Receiver<T, E>): Unsubscribable | undefined
}

function subscribeOnce<T>(this: Observable<T>, subscriber: Subscriber<T>): Unsubscribable | undefined {
  // RxJS calls this as a method of the Observable that was made with it.
  return (this as Once<T>).begin({
    begun: (run) => subscriber.add(run),
    answered(value) {
      subscriber.next(value)
      subscriber.complete()
    },
    failed: (refusal) => subscriber.error(refusal),
  })
}

/**
 * Goes in by the cheaper door that there is. Of a plain Observable, the first value is the answer, and `undefined` if it
 * completes without one; the rest is not heard.
 */
export function begin<T, E>(what: Observable<T>, receiver: Receiver<T | undefined, E>): Unsubscribable | undefined {
  if (what instanceof Once) return what.begin(receiver)
  const first = new FirstValue<T, E>(receiver)
  receiver.begun?.(first)
  return what.subscribe(first)
}

/** A Subscriber of its own, which RxJS wraps no `try` around. */
class FirstValue<T, E> extends Subscriber<T> {
  private readonly receiver: Receiver<T | undefined, E>

  constructor(receiver: Receiver<T | undefined, E>) {
    super()
    this.receiver = receiver
  }

  protected override _next(value: T): void {
    this.unsubscribe()
    this.receiver.answered(value)
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
