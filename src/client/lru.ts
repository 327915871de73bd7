/** Remembers the `capacity` entries that were used last. Source: groupcache/lru, as events_cache.go uses it. */
export class Lru<K, V> {
  /** Most that there are stay empty. */
  #known: Map<K, V> | undefined
  /** Stands last already, if it is there. */
  #newest: K | undefined
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: K): V | undefined {
    const value = this.#known?.get(key)
    if (value === undefined) return undefined
    this.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.#known ??= new Map()
    const entries = this.#known
    if (key !== this.#newest) entries.delete(key)
    entries.set(key, value)
    this.#newest = key
    if (entries.size <= this.#capacity) return
    for (const oldest of entries.keys()) {
      entries.delete(oldest)
      return
    }
  }

  /** Those that were not used for longest come first. */
  entries(): Iterable<readonly [key: K, value: V]> {
    return this.#known ?? []
  }

  get size(): number {
    return this.#known?.size ?? 0
  }

  /** Lets entries go, those first that were not used for longest, until one is not `stale`. */
  dropWhile(stale: (value: V) => boolean): void {
    for (const [key, value] of this.entries()) {
      if (!stale(value)) return
      this.#known?.delete(key)
    }
  }

  /** Lets all entries go that are `gone`. */
  drop(gone: (value: V) => boolean): void {
    for (const [key, value] of this.entries()) if (gone(value)) this.#known?.delete(key)
  }
}
