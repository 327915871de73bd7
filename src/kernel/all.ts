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
  private readonly receiver: Receiver<readonly T[], E>
  private readonly values: T[]
  private readonly open = new Set<Unsubscribable>()
  private missing: number
  private isOver = false

  constructor(count: number, receiver: Receiver<readonly T[], E>) {
    this.receiver = receiver
    this.values = new Array<T>(count)
    this.missing = count
  }

  begin(parts: readonly Once<T, E>[]): void {
    if (parts.length === 0) this.receiver.answered([])
    for (const [at, part] of parts.entries()) {
      if (this.isOver) return
      this.beginPart(at, part)
    }
  }

  unsubscribe(): void {
    this.isOver = true
    for (const run of this.open) run.unsubscribe()
    this.open.clear()
  }

  private beginPart(at: number, part: Once<T, E>): void {
    let run: Unsubscribable | undefined
    let isAnswered = false
    const leave = (): boolean => {
      isAnswered = true
      if (run !== undefined) this.open.delete(run)
      return !this.isOver
    }
    const begun = part.begin({
      begun: (early) => {
        run = early
        this.open.add(early)
      },
      answered: (value) => {
        if (!leave()) return
        this.values[at] = value
        if (--this.missing === 0) this.receiver.answered(this.values)
      },
      failed: (refusal) => {
        if (!leave()) return
        this.unsubscribe()
        this.receiver.failed(refusal)
      },
    })
    if (begun === undefined || isAnswered) return
    run = begun
    if (this.isOver) begun.unsubscribe()
    else this.open.add(begun)
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
