import type { KubeObject } from '../../api/types/meta.ts'
import { type EventRow, nameOf, SeriesRow } from '../../client/event-row.ts'
import { invariant } from '../../kernel/invariant.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { Abouts } from './event-abouts.ts'

/** What rows have in common, with its place among all such; `alone`: no other row has it. */
interface Numbered {
  readonly number: number
}

/** Of words that stand beside their row. */
export const alone = 0xffff_ffff

/** Rows of a block: so few that a small cluster has no room to spare. */
export const rowsOfBlock = 64

/** Columns of whole numbers: four are the uid, the last two are of what a row is about. */
export const [revisionColumn, lowColumn, countColumn, uidColumn, columns] = [0, 2, 3, 4, 10]
const highColumn = 1
const aboutColumns = { columns, version: 8, form: 9 }

/** So many rows, column by column. */
export class Block<Words extends Numbered> {
  readonly first: number
  /** How many of its rows somebody keeps, and how many keep each. */
  held = 0
  readonly holders = new Uint8Array(rowsOfBlock)
  readonly numbers = new Int32Array(rowsOfBlock * columns)
  /** When each was written. */
  readonly times = new Float64Array(rowsOfBlock)
  readonly #words = new Uint32Array(rowsOfBlock)
  readonly #common: readonly Words[]
  /** Words that no other row has. */
  #ownWords: Map<number, Words> | undefined
  readonly about = new Abouts(this.numbers, aboutColumns)
  /** Message and last timestamp of each. */
  readonly texts = new Array<string>(rowsOfBlock * 2)
  /** First timestamps that are others than the last, each behind the index of its row; those of the newer API have none. */
  #firsts: readonly (number | string | null)[] | undefined
  /** Of each row that was written over another, in the order of rows: its index, the place of the other, when the first was created. */
  #over: readonly number[] | undefined
  /** Of names that are no numbers. */
  names: Map<number, string> | undefined
  /** Objects of those that were looked at. */
  made: Map<number, KubeObject> | undefined

  constructor(first: number, common: readonly Words[]) {
    this.first = first
    this.#common = common
  }

  wordsOf(index: number): Words {
    const number = this.#words[index] ?? alone
    const words = number === alone ? this.#ownWords?.get(index) : this.#common[number]
    invariant(words !== undefined, 'a row has words')
    return words
  }

  setWords(index: number, words: Words): void {
    this.#words[index] = Math.min(words.number, alone)
    if (words.number < alone) return
    this.#ownWords = (this.#ownWords ?? new Map<number, Words>()).set(index, words)
  }

  hold(index: number): void {
    const holders = this.holders[index] ?? 0
    if (holders === 0) this.held++
    this.holders[index] = holders + 1
  }

  /** Of a row that nobody keeps the object goes. */
  letGo(index: number): void {
    const left = (this.holders[index] ?? 0) - 1
    this.holders[index] = left
    if (left > 0) return
    this.held--
    this.made?.delete(index)
  }

  writtenOver(index: number, old: number, createdAt: VirtualMs): void {
    this.#over = (this.#over ?? []).concat(index, old, createdAt)
  }

  /** The place of the row that this one was written over; -1: it is the first. */
  oldOf(index: number): number {
    return this.#ofOver(index, 1) ?? -1
  }

  createdAt(index: number): VirtualMs {
    return this.#ofOver(index, 2) ?? this.times[index] ?? 0
  }

  #ofOver(index: number, part: 1 | 2): number | undefined {
    const over = this.#over ?? []
    for (let at = 0; at < over.length; at += 3) if (over[at] === index) return over[at + part]
    return undefined
  }

  firstOf(index: number): string | null {
    const firsts = this.#firsts ?? []
    const at = firsts.findIndex((each, i) => i % 2 === 0 && each === index)
    return at === -1 ? (this.texts[index * 2 + 1] ?? null) : (firsts[at + 1] as string | null) // behind its index
  }

  write(index: number, said: EventRow, at: VirtualMs): void {
    const { about, message, first, last, count, high, low } = said
    const { numbers, times, texts } = this
    this.about.write(index, about)
    texts[index * 2] = message
    texts[index * 2 + 1] = last
    times[index] = at
    if (first !== last && !(said instanceof SeriesRow)) this.#firsts = (this.#firsts ?? []).concat([index, first])
    const row = index * columns
    numbers[row + countColumn] = count
    numbers[row + lowColumn] = low
    if (typeof high === 'number') numbers[row + highColumn] = high
    else {
      this.names ??= new Map()
      this.names.set(index, high)
    }
  }
}

/** The name of the event in a row. */
export function nameIn(
  { about, numbers, names }: Pick<Block<Numbered>, 'about' | 'numbers' | 'names'>,
  index: number,
): string {
  const row = index * columns
  return nameOf(about.nameOf(index), names?.get(index) ?? numbers[row + highColumn] ?? 0, numbers[row + lowColumn] ?? 0)
}

/** Eight digits a number, of which the dashes are none; without a text for each. */
export function writeUid(uid: string, numbers: Int32Array, from: number): void {
  let digits = 0
  for (let i = 0; i < uid.length; i++) {
    const code = uid.charCodeAt(i)
    if (code === dash) continue
    const at = from + (digits++ >> 3)
    numbers[at] = ((numbers[at] ?? 0) << 4) | (code < letterA ? code - zero : code - letterA + 10)
  }
}

const [dash, zero, letterA] = [0x2d, 0x30, 0x61]
