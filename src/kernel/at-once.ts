import { Once, type Receiver } from './once.ts'

/** Does its work, and answers, within the call that begins it: for what takes virtual time elsewhere, but not here. */
export function atOnce<T>(work: () => T): Once<T> {
  return new AtOnce(work)
}

class AtOnce<T> extends Once<T> {
  private readonly work: () => T

  constructor(work: () => T) {
    super()
    this.work = work
  }

  override begin(receiver: Receiver<T>): undefined {
    receiver.answered(this.work())
    return undefined
  }
}
