import type { VirtualMs } from './time.ts'

/**
 * A hierarchical timing wheel over whole milliseconds: four levels of 256 slots (1 ms, 256 ms, 65.5 s and 4.7 h wide), and
 * a list for what lies beyond 49.7 days. Putting in and taking out are O(1), order inside an instant is the order of
 * insertion. Why a wheel and not a heap: docs/decisions/0001-own-event-queue.md.
 *
 * An entry lies on the level of the highest byte in which its instant differs from the wheel's position. When the position
 * enters a slot of a higher level, that slot's entries move down, in order, before anybody can put an entry of the
 * same instant directly below: so first come stays first served.
 */
export class TimingWheel<T extends WheelEntry<T>> {
  /** First and last entry of each slot, by `level * 256 + byte`. */
  private readonly heads: (T | undefined)[] = new Array<T | undefined>(levels * slots).fill(undefined)
  private readonly tails: (T | undefined)[] = new Array<T | undefined>(levels * slots).fill(undefined)
  /** One bit a slot: whether it holds anything. */
  private readonly occupied = new Int32Array((levels * slots) / 32)
  /** Entries beyond the wheel's span, in order of insertion. */
  private far: T[] = []
  /** Position: never after the next entry. Low 32 bits and the rest. */
  private low = 0
  private high = 0
  size = 0

  /** Puts an entry in. Its instant must not lie before the last one taken. */
  insert(entry: T): void {
    this.size++
    this.place(entry)
  }

  /** Takes an entry out. Does nothing if it is not in. */
  remove(entry: T): void {
    const slot = entry.slot
    if (slot === notIn) return
    this.size--
    entry.slot = notIn
    if (slot === farAway) {
      this.far.splice(this.far.indexOf(entry), 1)
      return
    }
    const { previous, next } = entry
    if (previous === undefined) this.heads[slot] = next
    else previous.next = next
    if (next === undefined) this.tails[slot] = previous
    else next.previous = previous
    entry.previous = undefined
    entry.next = undefined
    if (previous === undefined && next === undefined) this.markEmpty(slot)
  }

  /** Takes out and returns the first entry that is due until `limit`, that instant included. */
  take(limit: VirtualMs): T | undefined {
    let slot = this.low & 255
    let first = this.heads[slot]
    if (first === undefined || first.at > limit) {
      if (this.size === 0 || !this.advance(limit)) return undefined
      slot = this.low & 255
      first = this.heads[slot]
      if (first === undefined) return undefined
    }
    const next = first.next
    this.heads[slot] = next
    if (next === undefined) {
      this.tails[slot] = undefined
      this.markEmpty(slot)
    } else {
      next.previous = undefined
      first.next = undefined
    }
    first.slot = notIn
    this.size--
    return first
  }

  /** Instant of the first entry, or undefined when there is none. Looks through one slot: not for hot paths. */
  nextAt(): VirtualMs | undefined {
    for (let level = 0; level < levels; level++) {
      const digit = (this.low >>> (8 * level)) & 255
      const slot = this.nextOccupied(level, digit)
      if (slot === none) continue
      let earliest = Number.POSITIVE_INFINITY
      for (let entry = this.heads[slot]; entry !== undefined; entry = entry.next)
        earliest = Math.min(earliest, entry.at)
      return earliest
    }
    return this.far.length === 0 ? undefined : Math.min(...this.far.map(({ at }) => at))
  }

  /** Moves the position to the first entry that is due until `limit`. Returns whether there is one. */
  private advance(limit: VirtualMs): boolean {
    for (;;) {
      const due = this.nextOccupied(0, this.low & 255)
      if (due !== none) return this.moveTo(this.high, ((this.low & ~255) | due) >>> 0, limit)
      if (!this.descend(limit)) return false
    }
  }

  /** Enters the next occupied slot above level 0 and spreads it below. Returns false if none begins until `limit`. */
  private descend(limit: VirtualMs): boolean {
    for (let level = 1; level < levels; level++) {
      const shift = 8 * level
      const slot = this.nextOccupied(level, (this.low >>> shift) & 255)
      if (slot === none) continue
      const above = level === levels - 1 ? 0 : (this.low >>> (shift + 8)) << (shift + 8)
      if (!this.moveTo(this.high, (above | ((slot & 255) << shift)) >>> 0, limit)) return false
      this.spread(slot)
      return true
    }
    return this.enterNextSpan(limit)
  }

  /** The wheel is empty: moves on to the span of 2^32 ms in which the nearest far entry lies. */
  private enterNextSpan(limit: VirtualMs): boolean {
    let nearest = Number.POSITIVE_INFINITY
    for (const { at } of this.far) nearest = Math.min(nearest, at)
    if (nearest > limit) return false
    this.high = Math.floor(nearest / span)
    this.low = 0
    const far = this.far
    this.far = []
    for (const entry of far) this.place(entry)
    return true
  }

  private moveTo(high: number, low: number, limit: VirtualMs): boolean {
    if (high * span + low > limit) return false
    this.low = low
    return true
  }

  private spread(slot: number): void {
    let entry = this.heads[slot]
    this.heads[slot] = undefined
    this.tails[slot] = undefined
    this.markEmpty(slot)
    while (entry !== undefined) {
      const next: T | undefined = entry.next
      entry.previous = undefined
      entry.next = undefined
      this.place(entry)
      entry = next
    }
  }

  private place(entry: T): void {
    const at = entry.at
    const low = at >>> 0
    if (at >= span && Math.floor(at / span) !== this.high) {
      entry.slot = farAway
      this.far.push(entry)
      return
    }
    const differs = (low ^ this.low) >>> 0
    let slot: number
    if (differs < 0x100) slot = low & 255
    else if (differs < 0x1_0000) slot = 256 + ((low >>> 8) & 255)
    else if (differs < 0x100_0000) slot = 512 + ((low >>> 16) & 255)
    else slot = 768 + (low >>> 24)
    entry.slot = slot
    const last = this.tails[slot]
    this.tails[slot] = entry
    if (last === undefined) {
      this.heads[slot] = entry
      const word = slot >>> 5
      this.occupied[word] = (this.occupied[word] as number) | (1 << (slot & 31))
    } else {
      last.next = entry
      entry.previous = last
    }
  }

  private markEmpty(slot: number): void {
    const word = slot >>> 5
    this.occupied[word] = (this.occupied[word] as number) & ~(1 << (slot & 31))
  }

  /** First occupied slot of a level whose byte is at least `from`. */
  private nextOccupied(level: number, from: number): number {
    const base = level * wordsPerLevel
    let word = from >>> 5
    let bits = (this.occupied[base + word] as number) & (-1 << (from & 31))
    while (bits === 0) {
      word++
      if (word === wordsPerLevel) return none
      bits = this.occupied[base + word] as number
    }
    return (base + word) * 32 + (31 - Math.clz32(bits & -bits))
  }
}

/** What an entry carries for the wheel. Start with `slot: notIn`. */
export interface WheelEntry<T> {
  readonly at: VirtualMs
  slot: number
  previous: T | undefined
  next: T | undefined
}

export const notIn = -1
const farAway = -2
const none = -1
const levels = 4
const slots = 256
const wordsPerLevel = slots / 32
const span = 2 ** 32
