import { Observable, Subscriber } from 'rxjs'

/** A stream that is merged with others: subscribes a hearer to it, who tells the common stream what becomes of each piece. */
export interface Tributary<R> {
  join(confluence: Confluence<R>): void
}

/** A stream of which each piece becomes what `project` makes of it. */
export function tributary<T, R>(stream: Observable<T>, project: (value: T) => R): Tributary<R> {
  return { join: (confluence) => confluence.hear(stream, project) }
}

/**
 * Several streams as one, each piece within the call that tells it; completes when all have. What RxJS's `merge` of `map`s does,
 * with one hearer a stream in place of two and their closures: each kubelet has one of these, over eleven streams.
 */
export function merged<R>(tributaries: readonly Tributary<R>[]): Observable<R> {
  return new Observable<R>((common) => {
    const confluence = new Confluence(common, tributaries.length)
    for (const each of tributaries) each.join(confluence)
  })
}

/** Where the streams come together. */
class Confluence<R> {
  private readonly common: Subscriber<R>
  /** How many have not ended. */
  private open: number

  constructor(common: Subscriber<R>, open: number) {
    this.common = common
    this.open = open
  }

  hear<T>(stream: Observable<T>, project: (value: T) => R): void {
    const hearer = new Hearer<T, R>(this, project)
    this.common.add(hearer)
    stream.subscribe(hearer)
  }

  tell(piece: R): void {
    this.common.next(piece)
  }

  refuse(refusal: unknown): void {
    this.common.error(refusal)
  }

  ended(): void {
    if (--this.open === 0) this.common.complete()
  }
}

/** A Subscriber of its own, which RxJS wraps no `try` around. */
class Hearer<T, R> extends Subscriber<T> {
  private readonly confluence: Confluence<R>
  private readonly project: (value: T) => R

  constructor(confluence: Confluence<R>, project: (value: T) => R) {
    super()
    this.confluence = confluence
    this.project = project
  }

  protected override _next(value: T): void {
    this.confluence.tell(this.project(value))
  }

  protected override _error(refusal: unknown): void {
    this.unsubscribe()
    this.confluence.refuse(refusal)
  }

  protected override _complete(): void {
    this.unsubscribe()
    this.confluence.ended()
  }
}
