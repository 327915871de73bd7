import type { WatchRenewal } from './client.ts'
import type { RestingWatch } from './resting.ts'

/** The open watches of a cluster that rests, by who renews them. */
export type WatchesAtRest = ReadonlyMap<WatchRenewal, RestingWatch>

/** Whose watch is opened again. */
interface Reopened {
  reopen(watch: RestingWatch): void
}

/**
 * Opens the watches of a copied cluster in the order in which those were opened of which they are copies: the server tells
 * watchers in that order, and links break in it.
 */
export class Reopening {
  readonly #waiting: { readonly watch: RestingWatch; readonly by: Reopened }[] = []

  add(watch: RestingWatch, by: Reopened): void {
    this.#waiting.push({ watch, by })
  }

  openAll(): void {
    this.#waiting.sort((a, b) => a.watch.server.order - b.watch.server.order)
    for (const { watch, by } of this.#waiting) by.reopen(watch)
    this.#waiting.length = 0
  }
}

/** What each part gives; undefined unless all of them give something. */
export function allOf<T, R>(parts: readonly T[], of: (part: T) => R | undefined): readonly R[] | undefined {
  const all: R[] = []
  for (const part of parts) {
    const given = of(part)
    if (given === undefined) return undefined
    all.push(given)
  }
  return all
}
