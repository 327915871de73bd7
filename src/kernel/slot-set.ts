/**
 * Heads and tails of as many chains as there are slots, with a bitmap of two levels that finds the next chain that
 * is not empty in a few steps. `count` is a multiple of 1,024.
 */
export class SlotSet {
  /** First row of each slot, -1 when it is empty. */
  readonly heads: Int32Array
  /** Last row of each slot; means nothing while the slot is empty. */
  readonly tails: Int32Array
  /** One bit a slot, and one bit a word of that: whether it holds anything. */
  private readonly bits: Int32Array
  private readonly summary: Int32Array

  constructor(count: number) {
    this.heads = new Int32Array(count).fill(-1)
    this.tails = new Int32Array(count)
    this.bits = new Int32Array(count >>> 5)
    this.summary = new Int32Array(count >>> 10)
  }

  markOccupied(slot: number): void {
    const word = slot >>> 5
    this.bits[word] = (this.bits[word] as number) | (1 << (slot & 31))
    this.summary[word >>> 5] = (this.summary[word >>> 5] as number) | (1 << (word & 31))
  }

  markEmpty(slot: number): void {
    const word = slot >>> 5
    const left = (this.bits[word] as number) & ~(1 << (slot & 31))
    this.bits[word] = left
    if (left === 0) this.summary[word >>> 5] = (this.summary[word >>> 5] as number) & ~(1 << (word & 31))
  }

  /** First occupied slot at or after `from`, then from the beginning on; -1 when all are empty. */
  nextAround(from: number): number {
    const found = this.nextFrom(from)
    return found === -1 && from > 0 ? this.nextFrom(0) : found
  }

  private nextFrom(from: number): number {
    const word = from >>> 5
    const here = (this.bits[word] as number) & (-1 << (from & 31))
    if (here !== 0) return (word << 5) + lowestBit(here)
    let outer = (word + 1) >>> 5
    if (outer >= this.summary.length) return -1
    let words = (this.summary[outer] as number) & (-1 << ((word + 1) & 31))
    while (words === 0) {
      outer++
      if (outer >= this.summary.length) return -1
      words = this.summary[outer] as number
    }
    const found = (outer << 5) + lowestBit(words)
    return (found << 5) + lowestBit(this.bits[found] as number)
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
