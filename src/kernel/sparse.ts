/**
 * A Map that is made with its first entry: an empty Map takes 184 bytes, this 24. For parts of which there are tens of thousands,
 * most of them with nothing in hand.
 */
export class SparseMap<K, V> {
  private map: Map<K, V> | undefined

  get size(): number {
    return this.map?.size ?? 0
  }

  get(key: K): V | undefined {
    return this.map?.get(key)
  }

  has(key: K): boolean {
    return this.map?.has(key) === true
  }

  set(key: K, value: V): this {
    this.map ??= new Map()
    this.map.set(key, value)
    return this
  }

  delete(key: K): boolean {
    return this.map?.delete(key) === true
  }

  clear(): void {
    this.map?.clear()
  }

  keys(): IterableIterator<K> {
    return (this.map ?? noEntries).keys()
  }

  values(): IterableIterator<V> {
    return (this.map ?? noEntries).values()
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return (this.map ?? noEntries)[Symbol.iterator]()
  }
}

/** The same for a Set. */
export class SparseSet<T> {
  private set: Set<T> | undefined

  get size(): number {
    return this.set?.size ?? 0
  }

  has(value: T): boolean {
    return this.set?.has(value) === true
  }

  add(value: T): this {
    this.set ??= new Set()
    this.set.add(value)
    return this
  }

  delete(value: T): boolean {
    return this.set?.delete(value) === true
  }

  clear(): void {
    this.set?.clear()
  }

  [Symbol.iterator](): IterableIterator<T> {
    return (this.set ?? noValues)[Symbol.iterator]()
  }
}

/** Nobody adds to these. */
const noEntries: ReadonlyMap<never, never> = new Map<never, never>()
const noValues: ReadonlySet<never> = new Set<never>()
