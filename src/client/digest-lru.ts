/** Where nothing stands in `#slots`. */
const free = 0

/** How a value lies in a row of cells: thousands of rows take less than as many objects. */
export interface Packing<V> {
  /** Cells of a row. */
  readonly width: number
  /** Whole numbers of a row, with a sign, for which four bytes are enough; absent: none. */
  readonly numbers?: number
  write(row: Row, value: V): void
  read(row: Row): V
}

/** Where a value lies: in cells from `at` on, and in numbers from `from` on. */
export interface Row {
  readonly cells: unknown[]
  readonly at: number
  readonly numbers: Int32Array
  readonly from: number
}

/** The value itself in one cell. */
const whole: Packing<unknown> = {
  width: 1,
  write({ cells, at }, value) {
    cells[at] = value
  },
  read: ({ cells, at }) => cells[at],
}

/**
 * Remembers the `capacity` entries that were used last, as `Lru` does, by keys that are digests: each node has hundreds of them for an
 * hour, and here one takes some 16 bytes and its row, in a Map 55 to 95. Entries stand in the order of their use; a table of places finds
 * them. What `packing` reads is made for who asks: who changes it sets it anew.
 */
export class DigestLru<V> {
  readonly #capacity: number
  readonly #packing: Packing<V>
  /** NaN: it was used again, or is gone. Behind `#end` there is room for a few more. */
  #keys: number[] = []
  #cells: unknown[] = []
  #numbers = noNumbers
  #end = 0
  /** Index of an entry and 1, at the first free place from that of its key on. */
  #slots: Uint16Array | Uint32Array | undefined
  #first = 0
  size = 0

  /** Without a packing the value itself lies in a cell. */
  constructor(capacity: number, packing?: Packing<V>) {
    this.#capacity = capacity
    this.#packing = packing ?? (whole as Packing<V>) // it takes any value
  }

  get(key: number): V | undefined {
    const at = this.#find(key)
    if (at === -1) return undefined
    const value = this.#read(at)
    if (at !== this.#end - 1) this.set(key, value)
    return value
  }

  set(key: number, value: V): void {
    const at = this.#find(key)
    if (at !== -1 && at === this.#end - 1) {
      this.#write(at, value)
      return
    }
    if (at !== -1) this.#drop(at)
    this.#append(key, value)
    if (this.size > this.#capacity) this.#drop(this.#oldest())
  }

  /** Those that were not used for longest come first. */
  *entries(): IterableIterator<readonly [key: number, value: V]> {
    for (let at = this.#first; at < this.#end; at++) if (this.#isThere(at)) yield [this.#keys[at] ?? 0, this.#read(at)]
  }

  /** Lets entries go, those first that were not used for longest, until one is not `stale`. */
  dropWhile(stale: (value: V) => boolean): void {
    for (let at = this.#oldest(); at < this.#end; at = this.#oldest()) {
      if (!stale(this.#read(at))) return
      this.#drop(at)
    }
    this.#clear()
  }

  /** Lets all entries go that are `gone`. */
  drop(gone: (value: V) => boolean): void {
    for (let at = this.#first; at < this.#end; at++) if (this.#isThere(at) && gone(this.#read(at))) this.#drop(at)
    if (this.size === 0) this.#clear()
    else if (2 * this.size < this.#end) this.#arrange()
  }

  #isThere(at: number): boolean {
    return !Number.isNaN(this.#keys[at])
  }

  #read(at: number): V {
    return this.#packing.read(this.#row(at))
  }

  #write(at: number, value: V): void {
    this.#packing.write(this.#row(at), value)
  }

  #row(entry: number): Row {
    const { width, numbers = 0 } = this.#packing
    return { cells: this.#cells, at: entry * width, numbers: this.#numbers, from: entry * numbers }
  }

  #oldest(): number {
    while (this.#first < this.#end && !this.#isThere(this.#first)) this.#first++
    return this.#first
  }

  #drop(at: number): void {
    const { width } = this.#packing
    this.#keys[at] = Number.NaN
    this.#cells.fill(undefined, at * width, (at + 1) * width)
    this.size--
  }

  #append(key: number, value: V): void {
    if (this.#slots === undefined || 4 * (this.#end + 1) > 3 * this.#slots.length) this.#arrange()
    if (this.#end === this.#keys.length) this.#grow()
    this.#keys[this.#end] = key
    this.#write(this.#end, value)
    this.#end++
    this.#place(key, this.#end)
    this.size++
  }

  /** By an eighth: a list that is pushed to makes room for half of what it has. */
  #grow(): void {
    const more = 4 + (this.#end >> 3)
    this.#keys = this.#keys.concat(new Array<number>(more).fill(Number.NaN))
    const { width, numbers = 0 } = this.#packing
    this.#cells = this.#cells.concat(new Array<unknown>(more * width).fill(undefined))
    if (numbers > 0) this.#numbers = withRoom(this.#numbers, this.#keys.length * numbers)
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
    const { width, numbers = 0 } = this.#packing
    let end = 0
    for (let at = this.#first; at < this.#end; at++) {
      if (!this.#isThere(at)) continue
      this.#keys[end] = this.#keys[at] ?? 0
      this.#cells.copyWithin(end * width, at * width, (at + 1) * width)
      this.#numbers.copyWithin(end * numbers, at * numbers, (at + 1) * numbers)
      end++
    }
    this.#keys = this.#keys.slice(0, end)
    this.#cells = this.#cells.slice(0, end * width)
    this.#numbers = this.#numbers.slice(0, end * numbers)
    this.#end = end
    this.#first = 0
    let places = 8
    while (places < 2 * (end + 1)) places *= 2
    this.#slots = places <= 0x1_0000 ? new Uint16Array(places) : new Uint32Array(places)
    for (let at = 0; at < end; at++) this.#place(this.#keys[at] ?? 0, at + 1)
  }

  #clear(): void {
    this.#keys = []
    this.#cells = []
    this.#numbers = noNumbers
    this.#end = 0
    this.#slots = undefined
    this.#first = 0
    this.size = 0
  }
}

const noNumbers = new Int32Array(0)

function withRoom(numbers: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length)
  longer.set(numbers)
  return longer
}
