import { stemOf } from '../client/event-row.ts'
import { type Held, HeldRow } from './held-row.ts'

/**
 * What a Map by name does, where most is rows whose names begin alike in small groups: a name is not kept, the row knows it, and what names
 * have in common is kept once for its group. Who stores an object in place of a row has it by its whole name.
 */
export class RowTable implements Iterable<[string, Held]> {
  /** By what their names begin with: one row, or a list as long as it has to be. */
  readonly #rows = new Map<string, HeldRow | readonly HeldRow[]>()
  readonly #others = new Map<string, Held>()
  size = 0

  constructor(entries: Iterable<readonly [string, Held]>) {
    for (const [name, held] of entries) this.set(name, held)
  }

  get(name: string): Held | undefined {
    const other = this.#others.size === 0 ? undefined : this.#others.get(name)
    return other ?? rowNamed(this.#rows.get(stemOf(name)), name)
  }

  set(name: string, held: Held): this {
    if (!(held instanceof HeldRow)) {
      this.delete(name)
      this.#others.set(name, held)
      this.size++
      return this
    }
    const { stem } = held
    const group = this.#rows.get(stem)
    const old = rowNamed(group, name)
    if (old === undefined) {
      this.size++
      if (this.#others.delete(name)) this.size--
    }
    this.#rows.set(stem, group === undefined || group === old ? held : withRow(group, old, held))
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
    const old = rowNamed(group, name)
    if (group === undefined || old === undefined) return false
    const left = group instanceof HeldRow ? [] : group.filter((row) => row !== old)
    if (left.length === 0) this.#rows.delete(stem)
    else this.#rows.set(stem, left)
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
      for (const row of group instanceof HeldRow ? [group] : group) yield [row.name, row]
  }
}

function rowNamed(group: HeldRow | readonly HeldRow[] | undefined, name: string): HeldRow | undefined {
  if (group === undefined) return undefined
  if (group instanceof HeldRow) return group.isNamed(name) ? group : undefined
  return group.find((row) => row.isNamed(name))
}

function withRow(group: HeldRow | readonly HeldRow[], old: HeldRow | undefined, row: HeldRow): readonly HeldRow[] {
  if (group instanceof HeldRow) return [group, row]
  return old === undefined ? group.concat(row) : group.map((each) => (each === old ? row : each))
}
