import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'
import type { Outcome } from './steps.ts'

/**
 * Begins all parts and waits for all of them; their answers come in the order of the parts. The first refusal ends the
 * others and is what it is refused with: `settled` parts cannot be refused.
 */
export function all<T, E = never>(parts: readonly Once<T, E>[]): Once<readonly T[], E> {
  return new All<T, E>(parts)
}

/** The same, with a refusal as data. */
export function settled<T, E>(part: Once<T, E>): Once<Outcome<T, E>> {
  return new Settled<T, E>(part)
}

class All<T, E> extends Once<readonly T[], E> {
  private readonly parts: readonly Once<T, E>[]

  constructor(parts: readonly Once<T, E>[]) {
    super()
    this.parts = parts
  }

  override begin(receiver: Receiver<readonly T[], E>): Unsubscribable {
    const together = new Together<T, E>(this.parts.length, receiver)
    receiver.begun?.(together)
    together.begin(this.parts)
    return together
  }
}

class Together<T, E> implements Unsubscribable {
  isOver = false
  readonly open = new Set<Unsubscribable>()
  private readonly receiver: Receiver<readonly T[], E>
  private readonly values: T[]
  private missing: number

  constructor(count: number, receiver: Receiver<readonly T[], E>) {
    this.receiver = receiver
    this.values = new Array<T>(count)
    this.missing = count
  }

  begin(parts: readonly Once<T, E>[]): void {
    if (parts.length === 0) this.receiver.answered([])
    for (const [at, part] of parts.entries()) {
      if (this.isOver) return
      const run = new Part<T, E>(this, at)
      run.hold(part.begin(run))
    }
  }

  unsubscribe(): void {
    this.isOver = true
    for (const run of this.open) run.unsubscribe()
    this.open.clear()
  }

  answered(at: number, value: T): void {
    this.values[at] = value
    if (--this.missing === 0) this.receiver.answered(this.values)
  }

  failed(refusal: E): void {
    this.unsubscribe()
    this.receiver.failed(refusal)
  }
}

/** One of them. A class, for some wait for a hundred. */
class Part<T, E> implements Receiver<T, E> {
  private readonly together: Together<T, E>
  private readonly at: number
  private run: Unsubscribable | undefined
  private isAnswered = false

  constructor(together: Together<T, E>, at: number) {
    this.together = together
    this.at = at
  }

  begun(early: Unsubscribable): void {
    this.run = early
    this.together.open.add(early)
  }

  /** What came back from beginning it, which may have ended already, or all of them with it. */
  hold(run: Unsubscribable | undefined): void {
    if (run === undefined || this.isAnswered) return
    this.run = run
    if (this.together.isOver) run.unsubscribe()
    else this.together.open.add(run)
  }

  answered(value: T): void {
    if (this.leave()) this.together.answered(this.at, value)
  }

  failed(refusal: E): void {
    if (this.leave()) this.together.failed(refusal)
  }

  /** Returns whether anybody still waits for it. */
  private leave(): boolean {
    this.isAnswered = true
    if (this.run !== undefined) this.together.open.delete(this.run)
    return !this.together.isOver
  }
}

class Settled<T, E> extends Once<Outcome<T, E>> {
  private readonly part: Once<T, E>

  constructor(part: Once<T, E>) {
    super()
    this.part = part
  }

  override begin(receiver: Receiver<Outcome<T, E>, never>): Unsubscribable | undefined {
    return this.part.begin({
      begun: (run) => receiver.begun?.(run),
      answered: (value) => receiver.answered({ ok: true, value }),
      failed: (error) => receiver.answered({ ok: false, error }),
    })
  }
}
