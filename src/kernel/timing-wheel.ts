import { SlotSet } from './slot-set.ts'
import type { VirtualMs } from './time.ts'

/**
 * A hierarchical timing wheel over whole milliseconds. Putting in and taking out are O(1), order inside an instant is the
 * order of insertion. Why a wheel and not a heap: docs/decisions/0001-own-event-queue.md.
 *
 * Time is cut into blocks of 8,192 ms. What is due in the present block or the next lies in a ring with a slot for every
 * millisecond; what is due later lies in a slot of its block (the next 4,096 blocks, 9.3 hours), or in a list beyond.
 * When the position enters a block, the block after it is spread over the ring before anybody can put an entry of the
 * same instant there: so first come stays first served.
 *
 * Entries are rows of typed arrays, named by their index and used again once taken. Objects would be twice as slow with
 * 100,000 of them pending: they live just long enough to be copied by the garbage collector.
 */
export class TimingWheel {
  size = 0
  /** Instant of the entry that `take` took last, once it has taken one. */
  get instant(): VirtualMs {
    return this.position
  }

  /** Instant of each row that lies beyond the ring: in the ring, the slot tells it. */
  private times = new Float64Array(firstCapacity)
  /** Four fields a row: next row of the slot, previous one, how often the row was used, cause. */
  private links = new Int32Array(firstCapacity * 4)
  private work: Work[] = new Array<Work>(firstCapacity).fill(nothing)
  private capacity = firstCapacity
  /** First row of the chain of unused ones, linked by their next. */
  private free = none
  private used = 0

  private readonly ring = new SlotSet(ringSlots)
  private readonly blocks = new SlotSet(blockSlots)
  /** Rows beyond the blocks, in order of insertion. */
  private far: number[] = []
  /** Instant never after the next entry, and its block. */
  private position: VirtualMs = 0
  private block = 0
  /** First instant that no longer fits into the ring. */
  private horizon = 2 * blockMs

  /** Puts an entry in and returns its row. Its instant must not lie before the one taken last. */
  insert(at: VirtualMs, work: Work, cause: number): number {
    let row = this.free
    if (row === none) {
      if (this.used === this.capacity) this.grow()
      row = this.used++
    } else {
      this.free = this.links[row * 4] as number
    }
    this.links[row * 4 + 3] = cause
    this.work[row] = work
    this.size++
    if (at < this.horizon) this.append(this.ring, at & (ringSlots - 1), row)
    else this.placeLater(at, row)
    return row
  }

  /** Tells this entry of a row from those that will use the row after it. */
  generationOf(row: number): number {
    return this.links[row * 4 + 2] as number
  }

  /** Takes out the entry that `insert` put into this row for the instant `at`, if it is still that entry. */
  remove(row: number, generation: number, at: VirtualMs): void {
    if (this.links[row * 4 + 2] !== generation) return
    const block = Math.floor(at / blockMs)
    if (block <= this.block + 1) this.unlink(this.ring, at & (ringSlots - 1), row)
    else if (block < this.block + blockSlots) this.unlink(this.blocks, block & (blockSlots - 1), row)
    else this.far.splice(this.far.indexOf(row), 1)
    this.release(row)
  }

  /**
   * Takes out the first entry that is due until `limit`, that instant included, and returns its row, or `none`. The caller
   * reads `workOf` and `causeOf`, and then gives the row back by `release`.
   */
  take(limit: VirtualMs): number {
    const { heads } = this.ring
    let slot = this.position & (ringSlots - 1)
    let row = heads[slot] as number
    if (row === none || this.position > limit) {
      if (this.size === 0 || !this.advance(limit)) return none
      slot = this.position & (ringSlots - 1)
      row = heads[slot] as number
    }
    const next = this.links[row * 4] as number
    heads[slot] = next
    if (next === none) this.ring.markEmpty(slot)
    return row
  }

  workOf(row: number): Work {
    return this.work[row] as Work
  }

  causeOf(row: number): number {
    return this.links[row * 4 + 3] as number
  }

  /** Instant of the first entry, or undefined when there is none. Looks through one slot: not for hot paths. */
  nextAt(): VirtualMs | undefined {
    const inRing = this.nextInRing()
    if (inRing !== undefined) return inRing
    const block = this.nextBlock()
    if (block === undefined) return this.far.length === 0 ? undefined : this.nearestFar()
    let earliest = Number.POSITIVE_INFINITY
    const slot = block & (blockSlots - 1)
    for (let row = this.blocks.heads[slot] as number; row !== none; row = this.links[row * 4] as number) {
      earliest = Math.min(earliest, this.times[row] as number)
    }
    return earliest
  }

  /** Moves the position to the first entry that is due until `limit`. Returns whether there is one. */
  private advance(limit: VirtualMs): boolean {
    for (;;) {
      const due = this.nextInRing()
      if (due !== undefined) {
        if (due > limit) return false
        this.position = due
        if (due >= (this.block + 1) * blockMs) this.enter(this.block + 1)
        return true
      }
      const block = this.nextBlock() ?? Math.floor(this.nearestFar() / blockMs)
      if (block * blockMs > limit) return false
      this.position = block * blockMs
      this.enter(block)
    }
  }

  /** Makes `block` the present one: it and the next are spread over the ring, and near ones of the far list come in. */
  private enter(block: number): void {
    const previous = this.block
    this.block = block
    this.horizon = (block + 2) * blockMs
    if (this.far.length > 0) this.bringNear()
    if (block > previous + 1) this.spread(block)
    this.spread(block + 1)
  }

  private spread(block: number): void {
    const slot = block & (blockSlots - 1)
    let row = this.blocks.heads[slot] as number
    if (row === none) return
    this.blocks.heads[slot] = none
    this.blocks.markEmpty(slot)
    while (row !== none) {
      const next = this.links[row * 4] as number
      this.append(this.ring, (this.times[row] as number) & (ringSlots - 1), row)
      row = next
    }
  }

  private bringNear(): void {
    const far = this.far
    this.far = []
    for (const row of far) this.placeLater(this.times[row] as number, row)
  }

  /** Into the slot of its block or the far list; `enter` spreads what belongs into the ring. */
  private placeLater(at: VirtualMs, row: number): void {
    this.times[row] = at
    const block = Math.floor(at / blockMs)
    if (block < this.block + blockSlots) this.append(this.blocks, block & (blockSlots - 1), row)
    else this.far.push(row)
  }

  private nextInRing(): VirtualMs | undefined {
    const from = this.position & (ringSlots - 1)
    const slot = this.ring.nextAround(from)
    return slot === none ? undefined : this.position + ((slot - from) & (ringSlots - 1))
  }

  private nextBlock(): number | undefined {
    const from = this.block & (blockSlots - 1)
    const slot = this.blocks.nextAround(from)
    return slot === none ? undefined : this.block + ((slot - from) & (blockSlots - 1))
  }

  private nearestFar(): VirtualMs {
    let nearest = Number.POSITIVE_INFINITY
    for (const row of this.far) nearest = Math.min(nearest, this.times[row] as number)
    return nearest
  }

  private append(set: SlotSet, slot: number, row: number): void {
    const links = this.links
    links[row * 4] = none
    if (set.heads[slot] === none) {
      set.heads[slot] = row
      set.markOccupied(slot)
    } else {
      const last = set.tails[slot] as number
      links[last * 4] = row
      links[row * 4 + 1] = last
    }
    set.tails[slot] = row
  }

  private unlink(set: SlotSet, slot: number, row: number): void {
    const links = this.links
    const next = links[row * 4] as number
    if (set.heads[slot] === row) {
      set.heads[slot] = next
      if (next === none) set.markEmpty(slot)
      return
    }
    const previous = links[row * 4 + 1] as number
    links[previous * 4] = next
    if (next === none) set.tails[slot] = previous
    else links[next * 4 + 1] = previous
  }

  /** Gives a row back. Its work is let go, so that what it holds can be collected. */
  release(row: number): void {
    const links = this.links
    this.size--
    this.work[row] = nothing
    links[row * 4 + 2] = ((links[row * 4 + 2] as number) + 1) | 0
    links[row * 4] = this.free
    this.free = row
  }

  private grow(): void {
    this.capacity *= 2
    const times = new Float64Array(this.capacity)
    times.set(this.times)
    this.times = times
    const links = new Int32Array(this.capacity * 4)
    links.set(this.links)
    this.links = links
    while (this.work.length < this.capacity) this.work.push(nothing)
  }
}

export type Work = () => void

function nothing(): void {}

/** No row. */
export const none = -1
const blockMs = 8192
const ringSlots = 2 * blockMs
const blockSlots = 4096
const firstCapacity = 1024
