import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'

/** The same answer as something else, at the same instant. RxJS's `map` would make a plain Observable of it. */
export function mapped<T, R, E>(source: Once<T, E>, project: (value: T) => R): Once<R, E> {
  return new Mapped<T, R, E>(source, project)
}

class Mapped<T, R, E> extends Once<R, E> {
  private readonly original: Once<T, E>
  private readonly project: (value: T) => R

  constructor(original: Once<T, E>, project: (value: T) => R) {
    super()
    this.original = original
    this.project = project
  }

  override begin(receiver: Receiver<R, E>): Unsubscribable | undefined {
    return this.original.begin(new Projecting(this.project, receiver))
  }
}

class Projecting<T, R, E> implements Receiver<T, E> {
  private readonly project: (value: T) => R
  private readonly receiver: Receiver<R, E>

  constructor(project: (value: T) => R, receiver: Receiver<R, E>) {
    this.project = project
    this.receiver = receiver
  }

  begun(run: Unsubscribable): void {
    this.receiver.begun?.(run)
  }

  answered(value: T): void {
    this.receiver.answered(this.project(value))
  }

  failed(refusal: E): void {
    this.receiver.failed(refusal)
  }
}
