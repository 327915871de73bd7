/** Remembers the `capacity` entries that were used last. Source: groupcache/lru, as events_cache.go uses it. */
export class Lru<V> {
  /** Most that there are stay empty. */
  #known: Map<string, V> | undefined
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: string): V | undefined {
    const value = this.#known?.get(key)
    if (value === undefined) return undefined
    this.set(key, value)
    return value
  }

  set(key: string, value: V): void {
    this.#known ??= new Map()
    const entries = this.#known
    entries.delete(key)
    entries.set(key, value)
    if (entries.size <= this.#capacity) return
    for (const oldest of entries.keys()) {
      entries.delete(oldest)
      return
    }
  }

  /** Those that were not used for longest come first. */
  entries(): Iterable<readonly [key: string, value: V]> {
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

  /** Lets all entries go whose keys begin so. */
  dropPrefix(prefix: string): void {
    for (const [key] of this.entries()) if (key.startsWith(prefix)) this.#known?.delete(key)
  }
}
