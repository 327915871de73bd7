/** Places of a piece: a small cluster has one. */
const pieceBits = 8
const pieceSize = 1 << pieceBits

/** Stands where something else than a place lies. */
const other = -0x8000_0000

/**
 * A queue of places in a book, of which thousands rest: four bytes each, in pieces that go as what was in them is taken, where a list takes
 * eight and half of that again to grow. What is no place stands beside it.
 */
export class PlaceQueue<T extends object> {
  readonly #pieces: Int32Array[] = []
  /** Of the first in the first piece. */
  #from = 0
  #length = 0
  /** By how many were pushed before, in that order. */
  readonly #others = new Map<number, T>()
  #taken = 0

  get length(): number {
    return this.#length
  }

  push(value: number | T): void {
    const at = this.#from + this.#length
    if (at === this.#pieces.length * pieceSize) this.#pieces.push(new Int32Array(pieceSize))
    if (typeof value === 'object') this.#others.set(this.#taken + this.#length, value)
    this.#length++
    this.#write(this.#length - 1, typeof value === 'object' ? other : value)
  }

  at(index: number): number | T | undefined {
    if (index >= this.#length) return undefined
    const at = this.#from + index
    const value = this.#pieces[at >> pieceBits]?.[at & (pieceSize - 1)]
    return value === other ? this.#others.get(this.#taken + index) : value
  }

  /** A number in place of what stands there. */
  put(index: number, value: number): void {
    this.#others.delete(this.#taken + index)
    this.#write(index, value)
  }

  /** Lets the first ones go. */
  take(count: number): void {
    for (const index of this.#others.keys()) {
      if (index >= this.#taken + count) break
      this.#others.delete(index)
    }
    this.#from += count
    this.#taken += count
    this.#length -= count
    if (this.#length === 0) this.#pieces.length = this.#from = 0
    if (this.#from < pieceSize) return
    this.#pieces.splice(0, this.#from >> pieceBits)
    this.#from &= pieceSize - 1
  }

  *values(): IterableIterator<number | T> {
    for (let index = 0; index < this.#length; index++) {
      const value = this.at(index)
      if (value !== undefined) yield value
    }
  }

  #write(index: number, value: number): void {
    const at = this.#from + index
    const piece = this.#pieces[at >> pieceBits]
    if (piece !== undefined) piece[at & (pieceSize - 1)] = value
  }
}
