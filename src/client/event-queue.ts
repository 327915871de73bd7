import type { ObjectReference } from '../api/types/meta.ts'
import { EventRow, type EventTeller } from './event-row.ts'

/** Of a row: what it is about, type, reason, message, instant, both halves of the number in its name. */
const width = 7
const cellsOfBlock = 32 * width

/** Some rows, cell by cell. */
class Block {
  readonly cells: unknown[] = new Array<unknown>(cellsOfBlock)
  next: Block | undefined
}

/**
 * Events that one recorder has yet to send, of which a node with thirty new Pods has hundreds for a minute: what they have in common is not kept,
 * so that one takes 56 bytes in place of 130.
 */
export class EventQueue {
  readonly #teller: EventTeller
  #first: Block | undefined
  #last: Block | undefined
  /** Where the next row is taken from in the first block, and where the next goes in the last. */
  #from = 0
  #to = 0
  length = 0

  constructor(teller: EventTeller) {
    this.#teller = teller
  }

  /** Of a new event, told once. */
  push({ about, type, reason, message, last, high, low }: EventRow): void {
    const block = this.#lastBlock()
    const row = [about, type, reason, message, last, high, low]
    for (let at = 0; at < width; at++) block.cells[this.#to + at] = row[at]
    this.#to += width
    this.length++
  }

  shift(): EventRow | undefined {
    const block = this.#first
    if (block === undefined || this.length === 0) return undefined
    const { cells } = block
    const [about, type, reason, message, last, high, low] = cells.slice(this.#from, this.#from + width) as Row // as `push` wrote it
    this.#from += width
    this.length--
    if (this.length === 0) this.clear()
    else if (this.#from === cellsOfBlock) {
      this.#first = block.next
      this.#from = 0
    }
    return EventRow.numbered({ teller: this.#teller, about, type, reason, message, last, high, low })
  }

  clear(): void {
    this.#first = undefined
    this.#last = undefined
    this.#from = 0
    this.#to = 0
    this.length = 0
  }

  #lastBlock(): Block {
    if (this.#last !== undefined && this.#to < cellsOfBlock) return this.#last
    const block = new Block()
    if (this.#last === undefined) this.#first = block
    else this.#last.next = block
    this.#last = block
    this.#to = 0
    return block
  }
}

/** As `push` wrote it. */
type Row = [
  about: ObjectReference,
  type: string,
  reason: string,
  message: string,
  last: string,
  high: number | string,
  low: number,
]
