import type { Observable } from 'rxjs'
import { isBug } from './bugs.ts'
import type { Once } from './once.ts'
import type { VirtualMs } from './time.ts'

/** What a process yields, and its runner knows what to do with: an Observable whose first value it waits for, or a sleep. */
export type Waited = Observable<unknown> | VirtualMs

/** The body of a process: a named generator that waits by `yield*` of what is in this file. */
export type Steps<R> = Generator<Waited, R, unknown>

/** One wait, to be used once. */
export type Wait<T> = Iterable<Waited, T, unknown>

/** How a request ended. */
export type Outcome<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

/** In place of a sleep: goes on at once, unless the process was ended meanwhile. */
export const checkpoint: VirtualMs = -1
/** In place of a sleep: never goes on. */
export const endless: VirtualMs = -2

/** Waits for the answer; throws what it is refused with, which ends the process as refused unless it is caught. */
export function wait<T, E>(what: Once<T, E>): Wait<T>
/** Waits for the first value; undefined if the Observable completes without one. */
export function wait<T>(what: Observable<T>): Wait<T | undefined>
export function wait(what: Waited): Wait<unknown> {
  return new Waiting<unknown>(what)
}

/** Waits for the answer and gives a refusal as data: the normal form. A bug is not an answer: it ends the run. */
export function attempt<T, E>(what: Once<T, E>): Wait<Outcome<T, E>> {
  return new Attempting<T, E>(what)
}

/** Waits until `ms` of virtual time have passed; 0 lets everything go first that is already due. */
export function sleep(ms: VirtualMs): Wait<void> {
  return new Waiting<void>(ms)
}

/** Waits for the end of the process, whose `finally` blocks then run. */
export function forever(): Wait<never> {
  return new Waiting<never>(endless)
}

/** For a process that called somebody who may end it: `yield* endable()` is where it ends then. Takes no time. */
export function endable(): Wait<void> {
  return new Waiting<void>(checkpoint)
}

/**
 * An iterator that yields once and returns what it is resumed with: cheaper than a generator for each wait. It is itself what
 * it gives, first with what is waited for, then with the answer: whoever gets it has read it before it is resumed.
 */
class Waiting<T> implements Iterator<Waited, T, unknown> {
  done = false
  value: unknown
  private isAsked = false

  constructor(what: Waited) {
    this.value = what
  }

  [Symbol.iterator](): this {
    return this
  }

  next(answer: unknown): IteratorResult<Waited, T> {
    if (this.isAsked) {
      this.done = true
      this.value = this.answerOf(answer)
    }
    this.isAsked = true
    return this as IteratorResult<Waited, T> // a wait is what was given; the runner resumes with its answer
  }

  throw(refusal: unknown): IteratorResult<Waited, T> {
    throw refusal
  }

  protected answerOf(answer: unknown): unknown {
    return answer
  }
}

class Attempting<T, E> extends Waiting<Outcome<T, E>> {
  protected override answerOf(answer: unknown): Outcome<T, E> {
    return { ok: true, value: answer as T } // the runner resumes with the answer of what was yielded
  }

  override throw(refusal: unknown): IteratorResult<Waited, Outcome<T, E>> {
    if (isBug(refusal)) throw refusal
    return { done: true, value: { ok: false, error: refusal as E } } // as above
  }
}
