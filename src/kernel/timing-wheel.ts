import { invariant } from './invariant.ts'
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
  /** Next row of the slot, or of those that are free: apart from the rest, for whoever is put in touches the row before it. */
  private nexts = new Int32Array(firstCapacity)
  /** The other fields of each row, side by side. */
  private rows = new Int32Array(firstCapacity * fields)
  /** What a row's handler is called with. Small numbers are kept as such: only objects are references. */
  private readonly arguments: unknown[] = new Array<unknown>(firstCapacity).fill(undefined)
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
  insert(at: VirtualMs, handler: number, argument: unknown, cause: number): number {
    let row = this.free
    if (row === none) {
      if (this.used === this.capacity) this.grow()
      row = this.used++
    } else {
      this.free = this.nexts[row] as number
    }
    const { rows } = this
    const base = row * fields
    rows[base + causeField] = cause
    rows[base + handlerField] = handler << placeBits
    this.arguments[row] = argument
    this.size++
    if (at < this.horizon) this.append(this.ring, at & (ringSlots - 1), row, inRing)
    else this.placeLater(at, row)
    return row
  }

  /** Tells this entry of a row from those that will use the row after it. */
  generationOf(row: number): number {
    return this.rows[row * fields + generationField] as number
  }

  /** Takes out the entry that `insert` put into this row, if it is still that entry. */
  remove(row: number, generation: number): void {
    const base = row * fields
    if (row >= this.used || this.rows[base + generationField] !== generation) return
    const place = (this.rows[base + handlerField] as number) & placeMask
    if (place === inFar) this.far.splice(this.far.indexOf(row), 1)
    else if (place < inBlocks) this.unlink(this.ring, place - inRing, row)
    else this.unlink(this.blocks, place - inBlocks, row)
    this.release(row)
  }

  /**
   * Takes out the first entry that is due until `limit`, that instant included, and returns its row, or `none`. The caller
   * reads the row, and then gives it back by `release`.
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
    const following = this.nexts[row] as number
    heads[slot] = following
    if (following === none) this.ring.markEmpty(slot)
    return row
  }

  handlerOf(row: number): number {
    return (this.rows[row * fields + handlerField] as number) >>> placeBits
  }

  argumentOf(row: number): unknown {
    return this.arguments[row]
  }

  causeOf(row: number): number {
    return this.rows[row * fields + causeField] as number
  }

  /** Instant of the first entry, or undefined when there is none. Looks through one slot: not for hot paths. */
  nextAt(): VirtualMs | undefined {
    const inRing = this.nextInRing()
    if (inRing !== undefined) return inRing
    const block = this.nextBlock()
    if (block === undefined) return this.far.length === 0 ? undefined : this.nearestFar()
    let earliest = Number.POSITIVE_INFINITY
    const slot = block & (blockSlots - 1)
    for (let row = this.blocks.heads[slot] as number; row !== none; row = this.nexts[row] as number) {
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
      const following = this.nexts[row] as number
      this.append(this.ring, (this.times[row] as number) & (ringSlots - 1), row, inRing)
      row = following
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
    if (block < this.block + blockSlots) this.append(this.blocks, block & (blockSlots - 1), row, inBlocks)
    else {
      this.setPlace(row, inFar)
      this.far.push(row)
    }
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

  /** `kind` tells the set in the row's place: what is taken out by its row is found by that. */
  private append(set: SlotSet, slot: number, row: number, kind: typeof inRing | typeof inBlocks): void {
    this.nexts[row] = none
    this.setPlace(row, kind + slot)
    if (set.heads[slot] === none) {
      set.heads[slot] = row
      set.markOccupied(slot)
    } else {
      const last = set.tails[slot] as number
      this.nexts[last] = row
      this.rows[row * fields + previousField] = last
    }
    set.tails[slot] = row
  }

  private setPlace(row: number, place: number): void {
    const at = row * fields + handlerField
    this.rows[at] = ((this.rows[at] as number) & ~placeMask) | place
  }

  private unlink(set: SlotSet, slot: number, row: number): void {
    const { nexts, rows } = this
    const following = nexts[row] as number
    if (set.heads[slot] === row) {
      set.heads[slot] = following
      if (following === none) set.markEmpty(slot)
      return
    }
    const previous = rows[row * fields + previousField] as number
    nexts[previous] = following
    if (following === none) set.tails[slot] = previous
    else rows[following * fields + previousField] = previous
  }

  /** Gives a row back. What its argument holds can be collected. */
  release(row: number): void {
    const { rows } = this
    const base = row * fields
    this.size--
    this.arguments[row] = undefined
    rows[base + generationField] = ((rows[base + generationField] as number) + 1) & maxGeneration
    this.nexts[row] = this.free
    this.free = row
  }

  private grow(): void {
    invariant(this.capacity < maxRows, 'no more events are pending than a ticket can name', this.capacity)
    this.capacity *= 2
    const times = new Float64Array(this.capacity)
    times.set(this.times)
    this.times = times
    const nexts = new Int32Array(this.capacity)
    nexts.set(this.nexts)
    this.nexts = nexts
    const rows = new Int32Array(this.capacity * fields)
    rows.set(this.rows)
    this.rows = rows
    while (this.arguments.length < this.capacity) this.arguments.push(undefined)
  }
}

/** No row. */
export const none = -1

/** Fields of a row. */
const previousField = 0
/** How often the row was used. */
const generationField = 1
const causeField = 2
/** The number of the handler, and in its last bits the place. */
const handlerField = 3
const fields = 4

const blockMs = 8192
const ringSlots = 2 * blockMs
const blockSlots = 4096
const firstCapacity = 1024

/** Which chain a row stands in: of a slot of the ring, of a slot of the blocks, or in none. */
const inRing = 0
const inBlocks = ringSlots
const inFar = inBlocks + blockSlots
const placeBits = 15
const placeMask = 2 ** placeBits - 1

/** Most entries at one time. A row and its generation make one whole number (kernel.ts, Ticket). */
export const maxRows = 2 ** 23
/** Generations go round after this many uses of a row: a name that old is nobody's any more. */
const maxGeneration = 0x3fff_ffff
