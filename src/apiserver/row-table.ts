import { stemOf } from '../client/event-row.ts'
import { type Held, HeldRow, type RowBook } from './held-row.ts'

/**
 * What a Map by name does, where most is rows whose names begin alike in small groups: a name is not kept, the row knows it, and what names
 * have in common is kept once for its group. Who stores an object in place of a row has it by its whole name.
 */
export class RowTable implements Iterable<[string, Held]> {
  readonly #book: RowBook
  /** Places in the book, by what names begin with: one, or a list as long as it has to be. */
  readonly #rows = new Map<string, number | readonly number[]>()
  readonly #others = new Map<string, Held>()
  size = 0

  constructor(book: RowBook, entries: Iterable<readonly [string, Held]>) {
    this.#book = book
    for (const [name, held] of entries) this.set(name, held)
  }

  get(name: string): Held | undefined {
    const other = this.#others.size === 0 ? undefined : this.#others.get(name)
    if (other !== undefined) return other
    const place = this.#placeOf(this.#rows.get(stemOf(name)), name)
    return place === undefined ? undefined : this.#book.at(place)
  }

  set(name: string, held: Held): this {
    if (!(held instanceof HeldRow)) {
      this.delete(name)
      this.#others.set(name, held)
      this.size++
      return this
    }
    const { stem, place } = held
    const group = this.#rows.get(stem)
    const old = this.#placeOf(group, name)
    if (old === undefined) {
      this.size++
      if (this.#others.delete(name)) this.size--
    }
    this.#book.hold(place)
    if (old !== undefined) this.#book.letGo(old)
    this.#rows.set(stem, group === undefined || group === old ? place : withPlace(group, old, place))
    return this
  }

  delete(name: string): boolean {
    const isGone = this.#others.delete(name) || this.#deleteRow(name)
    if (isGone) this.size--
    return isGone
  }

  #deleteRow(name: string): boolean {
    const stem = stemOf(name)
    const group = this.#rows.get(stem)
    const old = this.#placeOf(group, name)
    if (group === undefined || old === undefined) return false
    const left = typeof group === 'number' ? [] : group.filter((place) => place !== old)
    if (left.length === 0) this.#rows.delete(stem)
    else this.#rows.set(stem, left)
    this.#book.letGo(old)
    return true
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name
  }

  *values(): IterableIterator<Held> {
    for (const [, held] of this) yield held
  }

  *[Symbol.iterator](): IterableIterator<[string, Held]> {
    yield* this.#others
    for (const group of this.#rows.values())
      for (const place of typeof group === 'number' ? [group] : group) {
        const row = this.#book.at(place)
        yield [row.name, row]
      }
  }

  #placeOf(group: number | readonly number[] | undefined, name: string): number | undefined {
    if (group === undefined) return undefined
    if (typeof group === 'number') return this.#book.isNamed(group, name) ? group : undefined
    return group.find((place) => this.#book.isNamed(place, name))
  }
}

function withPlace(group: number | readonly number[], old: number | undefined, place: number): readonly number[] {
  if (typeof group === 'number') return [group, place]
  return old === undefined ? group.concat(place) : group.map((each) => (each === old ? place : each))
}
