import { type Observable, Subscriber, type Unsubscribable } from 'rxjs'
import { isBug, noteBug } from './bugs.ts'
import { InvariantError } from './invariant.ts'
import { Once, type Receiver } from './once.ts'

/**
 * What somebody has started and must not outlive them: ending the scope ends all of it, in the order in which it was
 * started, and there is no other stop. Leaving it costs the same however many are in it.
 */
export class Scope implements Unsubscribable {
  isEnded = false
  /** Many scopes never have any, and most of the others one, which stands for itself. */
  private only: Unsubscribable | undefined
  private members: Set<Unsubscribable> | undefined

  /** How many are still under way. */
  get size(): number {
    return this.members?.size ?? (this.only === undefined ? 0 : 1)
  }

  /** Takes in what is to end with the scope; at once if that has ended. Gives it back. */
  add<U extends Unsubscribable>(member: U): U {
    if (this.isEnded) member.unsubscribe()
    else this.takeIn(member)
    return member
  }

  /** It ended by itself. */
  leave(member: Unsubscribable): void {
    if (this.only === member) this.only = undefined
    else this.members?.delete(member)
  }

  /**
   * Starts a piece of work, or hears a stream, until it or the scope ends. What is started here nobody else waits for:
   * that it is refused is a bug. Returns how to end it alone.
   */
  start<T>(what: Observable<T>, heard: (value: T) => void = ignore): Unsubscribable {
    if (this.isEnded) return over
    const member = what instanceof Once ? new Work<T>(this, heard) : new Hearing<T>(this, heard)
    this.takeIn(member)
    if (member instanceof Work) member.hold((what as Once<T>).begin(member))
    else what.subscribe(member)
    return member
  }

  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    const { only, members } = this
    this.only = undefined
    only?.unsubscribe()
    for (const member of members ?? []) member.unsubscribe()
    this.members = undefined
  }

  private takeIn(member: Unsubscribable): void {
    if (this.members !== undefined) this.members.add(member)
    else if (this.only === undefined || this.only === member) this.only = member
    else {
      this.members = new Set([this.only, member])
      this.only = undefined
    }
  }

  /** A scope may be a member of another. */
  unsubscribe(): void {
    this.end()
  }
}

function ignore(): void {}

const over: Unsubscribable = { unsubscribe: ignore }

class Work<T> implements Receiver<T>, Unsubscribable {
  private readonly scope: Scope
  private readonly heard: (value: T) => void
  private run: Unsubscribable | undefined
  private isOver = false

  constructor(scope: Scope, heard: (value: T) => void) {
    this.scope = scope
    this.heard = heard
  }

  begun(run: Unsubscribable): void {
    this.run = run
  }

  /** What came back from beginning it, which may have ended already, or been ended. */
  hold(run: Unsubscribable | undefined): void {
    if (!this.isOver) this.run = run
    else run?.unsubscribe()
  }

  answered(value: T): void {
    if (this.isOver) return
    this.isOver = true
    this.scope.leave(this)
    this.heard(value)
  }

  failed(refusal: unknown): void {
    throw refused(refusal)
  }

  unsubscribe(): void {
    if (this.isOver) return
    this.isOver = true
    this.scope.leave(this)
    this.run?.unsubscribe()
  }
}

/** A Subscriber of its own, which RxJS wraps no `try` around. */
class Hearing<T> extends Subscriber<T> {
  private readonly heard: (value: T) => void

  constructor(scope: Scope, heard: (value: T) => void) {
    super()
    this.heard = heard
    this.add(() => scope.leave(this))
  }

  protected override _next(value: T): void {
    this.heard(value)
  }

  protected override _error(refusal: unknown): void {
    throw refused(refusal)
  }
}

function refused(refusal: unknown): Error {
  if (isBug(refusal)) return noteBug(refusal)
  return noteBug(new InvariantError(`nobody waits for what was refused: ${JSON.stringify(refusal)}`))
}
