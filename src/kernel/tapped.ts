import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from './once.ts'
import type { Outcome } from './steps.ts'

/** Who looks on while something is asked for and answered. */
export interface Onlooker<T, E> {
  /** It is begun. */
  begins?(): void
  /** It is answered or refused; told before the one who asked. */
  ends?(outcome: Outcome<T, E>): void
}

/** The same, looked on at. */
export function tapped<T, E>(part: Once<T, E>, onlooker: Onlooker<T, E>): Once<T, E> {
  return new Tapped<T, E>(part, onlooker)
}

class Tapped<T, E> extends Once<T, E> {
  private readonly part: Once<T, E>
  private readonly onlooker: Onlooker<T, E>

  constructor(part: Once<T, E>, onlooker: Onlooker<T, E>) {
    super()
    this.part = part
    this.onlooker = onlooker
  }

  override begin(receiver: Receiver<T, E>): Unsubscribable | undefined {
    const { onlooker } = this
    onlooker.begins?.()
    return this.part.begin({
      begun: (run) => receiver.begun?.(run),
      answered(value) {
        onlooker.ends?.({ ok: true, value })
        receiver.answered(value)
      },
      failed(error) {
        onlooker.ends?.({ ok: false, error })
        receiver.failed(error)
      },
    })
  }
}
