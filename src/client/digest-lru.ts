/** Where nothing stands in `#slots`. */
const free = 0

/**
 * Remembers the `capacity` entries that were used last, as `Lru` does, by keys that are digests: each node has hundreds of them for an
 * hour, and here one takes some 30 bytes, in a Map 55 to 95. Entries stand in the order of their use; a table of places finds them.
 */
export class DigestLru<V> {
  readonly #capacity: number
  /** NaN: it was used again, or is gone. */
  #keys: number[] = []
  #values: (V | undefined)[] = []
  /** Index of an entry and 1, at the first free place from that of its key on. */
  #slots: Int32Array | undefined
  #first = 0
  size = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: number): V | undefined {
    const at = this.#find(key)
    if (at === -1) return undefined
    const value = this.#values[at]
    if (value !== undefined && at !== this.#keys.length - 1) this.set(key, value)
    return value
  }

  set(key: number, value: V): void {
    const at = this.#find(key)
    if (at !== -1 && at === this.#keys.length - 1) {
      this.#values[at] = value
      return
    }
    if (at !== -1) this.#drop(at)
    this.#append(key, value)
    if (this.size > this.#capacity) this.#drop(this.#oldest())
  }

  /** Those that were not used for longest come first. */
  *entries(): IterableIterator<readonly [key: number, value: V]> {
    for (let at = this.#first; at < this.#keys.length; at++) {
      const value = this.#values[at]
      if (value !== undefined) yield [this.#keys[at] ?? 0, value]
    }
  }

  /** Lets entries go, those first that were not used for longest, until one is not `stale`. */
  dropWhile(stale: (value: V) => boolean): void {
    for (let at = this.#oldest(); at < this.#keys.length; at = this.#oldest()) {
      const value = this.#values[at]
      if (value === undefined || !stale(value)) return
      this.#drop(at)
    }
    this.#clear()
  }

  /** Lets all entries go that are `gone`. */
  drop(gone: (value: V) => boolean): void {
    for (const [at, value] of this.#values.entries()) if (value !== undefined && gone(value)) this.#drop(at)
    if (this.size === 0) this.#clear()
    else if (2 * this.size < this.#keys.length) this.#arrange()
  }

  #oldest(): number {
    while (this.#first < this.#keys.length && this.#values[this.#first] === undefined) this.#first++
    return this.#first
  }

  #drop(at: number): void {
    this.#keys[at] = Number.NaN
    this.#values[at] = undefined
    this.size--
  }

  #append(key: number, value: V): void {
    if (this.#slots === undefined || 4 * (this.#keys.length + 1) > 3 * this.#slots.length) this.#arrange()
    this.#keys.push(key)
    this.#values.push(value)
    this.#place(key, this.#keys.length)
    this.size++
  }

  #find(key: number): number {
    const slots = this.#slots
    if (slots === undefined) return -1
    const mask = slots.length - 1
    for (let place = key & mask; ; place = (place + 1) & mask) {
      const entry = slots[place] ?? free
      if (entry === free) return -1
      if (this.#keys[entry - 1] === key) return entry - 1
    }
  }

  #place(key: number, entry: number): void {
    const slots = this.#slots
    if (slots === undefined) return
    const mask = slots.length - 1
    let place = key & mask
    while (slots[place] !== free) place = (place + 1) & mask
    slots[place] = entry
  }

  /** Entries move together; half of the places or more are free. */
  #arrange(): void {
    let end = 0
    for (let at = this.#first; at < this.#keys.length; at++) {
      const value = this.#values[at]
      if (value === undefined) continue
      this.#keys[end] = this.#keys[at] ?? 0
      this.#values[end] = value
      end++
    }
    this.#keys.length = end
    this.#values.length = end
    this.#first = 0
    let places = 8
    while (places < 2 * (end + 1)) places *= 2
    this.#slots = new Int32Array(places)
    for (let at = 0; at < end; at++) this.#place(this.#keys[at] ?? 0, at + 1)
  }

  #clear(): void {
    this.#keys = []
    this.#values = []
    this.#slots = undefined
    this.#first = 0
    this.size = 0
  }
}
