import type { Observable, Unsubscribable } from 'rxjs'
import { begin, Once, type Receiver } from './once.ts'

/**
 * Begins all parts, in their order, and answers as the first of them that answers; the others are ended. Parts that are
 * not begun when one answers at once never begin. A part that is refused first refuses the whole.
 */
export function firstOf<T, E = never>(...parts: readonly Once<T, E>[]): Once<T, E>
/** Of a plain Observable the first value counts; undefined when it completes without one. */
export function firstOf<T>(...parts: readonly Observable<T>[]): Once<T | undefined>
export function firstOf<T>(...parts: readonly Observable<T>[]): Once<T | undefined> {
  return new FirstOf<T>(parts)
}

class FirstOf<T> extends Once<T | undefined> {
  private readonly parts: readonly Observable<T>[]

  constructor(parts: readonly Observable<T>[]) {
    super()
    this.parts = parts
  }

  override begin(receiver: Receiver<T | undefined>): Unsubscribable {
    const race = new Race<T>(receiver)
    receiver.begun?.(race)
    race.begin(this.parts)
    return race
  }
}

class Race<T> implements Unsubscribable, Receiver<T | undefined> {
  private readonly receiver: Receiver<T | undefined>
  /** Each once, though it is told of when it begins and comes back from being begun. */
  private readonly runners: Unsubscribable[] = []
  private isOver = false

  constructor(receiver: Receiver<T | undefined>) {
    this.receiver = receiver
  }

  begin(parts: readonly Observable<T>[]): void {
    for (const part of parts) {
      if (this.isOver) return
      const runner = begin(part, this)
      if (runner === undefined) continue
      if (this.isOver) runner.unsubscribe()
      else this.begun(runner)
    }
  }

  begun(runner: Unsubscribable): void {
    if (!this.runners.includes(runner)) this.runners.push(runner)
  }

  answered(value: T | undefined): void {
    if (this.isOver) return
    this.unsubscribe()
    this.receiver.answered(value)
  }

  failed(refusal: unknown): void {
    if (this.isOver) return
    this.unsubscribe()
    this.receiver.failed(refusal)
  }

  unsubscribe(): void {
    this.isOver = true
    for (const runner of this.runners) runner.unsubscribe()
    this.runners.length = 0
  }
}
