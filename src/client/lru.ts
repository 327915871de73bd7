/** Remembers the `capacity` entries that were used last. Source: groupcache/lru, as events_cache.go uses it. */
export class Lru<V> {
  readonly #entries = new Map<string, V>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#capacity) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  get size(): number {
    return this.#entries.size
  }

  /** Lets entries go, those first that were not used for longest, until one is not `stale`. */
  dropWhile(stale: (value: V) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!stale(value)) return
      this.#entries.delete(key)
    }
  }

  /** Lets all entries go whose keys begin so. */
  dropPrefix(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key)
  }
}
