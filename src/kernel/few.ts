/**
 * What a Map does, for a handful of entries in tens of thousands of places: a Map takes 184 bytes before its first entry is
 * in it, this 32 and 16 an entry. Entries are found by looking at all of them, in the order in which they came.
 */
export class Few<K, V> {
  /** Keys and values by turns; made anew for each that comes or goes, so that none has room to spare. */
  private items: readonly (K | V)[] = nothing

  get size(): number {
    return this.items.length / 2
  }

  get(key: K): V | undefined {
    const at = this.at(key)
    return at === -1 ? undefined : (this.items[at + 1] as V) // values follow their keys
  }

  has(key: K): boolean {
    return this.at(key) !== -1
  }

  set(key: K, value: V): this {
    const at = this.at(key)
    this.items = at === -1 ? this.items.concat([key, value]) : this.items.with(at + 1, value)
    return this
  }

  delete(key: K): boolean {
    const at = this.at(key)
    if (at === -1) return false
    this.items = this.size === 1 ? nothing : this.items.toSpliced(at, 2)
    return true
  }

  *entries(): IterableIterator<[K, V]> {
    const { items } = this
    for (let at = 0; at < items.length; at += 2) yield [items[at] as K, items[at + 1] as V] // as above
  }

  *values(): IterableIterator<V> {
    const { items } = this
    for (let at = 1; at < items.length; at += 2) yield items[at] as V // as above
  }

  private at(key: K): number {
    const { items } = this
    for (let at = 0; at < items.length; at += 2) if (items[at] === key) return at
    return -1
  }
}

const nothing: readonly never[] = []
