import type { KubeObject, ObjectMeta, ObjectReference } from '../../api/types/meta.ts'
import {
  EventRow,
  type EventTeller,
  endsInDigit,
  SeriesRow,
  type SeriesTeller,
  stemOf,
} from '../../client/event-row.ts'
import { invariant } from '../../kernel/invariant.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { HeldChange, HeldRow, type RowBook } from '../held-row.ts'
import {
  alone,
  Block,
  columns,
  countColumn,
  lowColumn,
  nameIn,
  revisionColumn,
  rowsOfBlock,
  uidColumn,
  writeUid,
} from './event-block.ts'

/** Makes objects of rows that one manager wrote. */
export interface EventMaker {
  readonly manager: string
  objectOf(row: HeldEvent): KubeObject
}

/** What events of a teller have in common: one for all that it tells with these words. */
interface Words {
  readonly maker: EventMaker
  readonly teller: EventTeller
  readonly type: string
  readonly reason: string
  /** Of the newer API. */
  readonly series: { readonly action: string; readonly related: ObjectReference | undefined } | undefined
  /** Its place among those that many rows have. */
  readonly number: number
}

/**
 * Stored Events, a Pod has a dozen of them for an hour: columns in blocks, in the order of writes. A row takes 128 bytes with
 * what it is about and all that stands beside it; what only those have that were written over stands beside the columns. Who keeps one keeps its place; a block goes when nobody keeps any of its rows.
 */
export class EventBook implements RowBook {
  readonly #blocks = new Map<number, Block<Words>>()
  readonly #words = new Map<EventTeller, Words[]>()
  /** Those that many rows have, by the numbers that blocks keep. */
  readonly #common: Words[] = []
  #size = 0

  /** Writes down a new one; it is to be stored at once. */
  add(maker: EventMaker, said: EventRow, uid: string, now: VirtualMs): HeldEvent {
    const row = this.#next(this.#wordsOf(maker, said), said, now)
    writeUid(uid, row.block.numbers, row.index * columns + uidColumn)
    return row
  }

  /** Writes down one that is stored as it is now, to be stored in its place. */
  addAnew(old: HeldEvent, said: EventRow, now: VirtualMs): HeldEvent {
    const row = this.#next(old.block.wordsOf(old.index), said, now)
    const [from, to] = [old.index * columns + uidColumn, row.index * columns + uidColumn]
    for (let at = 0; at < 4; at++) row.block.numbers[to + at] = old.block.numbers[from + at] ?? 0
    row.block.writtenOver(row.index, old.place, old.createdAt)
    return row
  }

  at(place: number): HeldEvent {
    return new HeldEvent(this, this.#blockOf(place), place, undefined)
  }

  revisionAt(place: number): number {
    return this.#blockOf(place).numbers[(place % rowsOfBlock) * columns + revisionColumn] ?? 0
  }

  writtenAt(place: number): VirtualMs {
    return this.#blockOf(place).times[place % rowsOfBlock] ?? 0
  }

  isNamed(place: number, name: string): boolean {
    const block = this.#blockOf(place)
    const index = place % rowsOfBlock
    const low = block.numbers[index * columns + lowColumn] ?? 0
    const other = block.names?.get(index)
    return other === undefined ? endsInDigit(name, low & 15) && nameIn(block, index) === name : other === name
  }

  changeAt(place: number): HeldChange {
    const old = this.#oldOf(place)
    const type = old === -1 ? 'ADDED' : 'MODIFIED'
    return new HeldChange(type, this.at(place), old === -1 ? undefined : this.at(old), this.revisionAt(place))
  }

  hold(place: number): void {
    this.#blockOf(place).hold(place % rowsOfBlock)
  }

  letGo(place: number): void {
    const block = this.#blockOf(place)
    block.letGo(place % rowsOfBlock)
    if (block.held === 0 && block.first + rowsOfBlock <= this.#size) this.#blocks.delete(block.first)
  }

  holdChange(place: number): void {
    this.hold(place)
    const old = this.#oldOf(place)
    if (old !== -1) this.hold(old)
  }

  letGoOfChange(place: number): void {
    const old = this.#oldOf(place)
    if (old !== -1) this.letGo(old)
    this.letGo(place)
  }

  #oldOf(place: number): number {
    return this.#blockOf(place).oldOf(place % rowsOfBlock)
  }

  #blockOf(place: number): Block<Words> {
    const block = this.#blocks.get(place - (place % rowsOfBlock))
    invariant(block !== undefined, 'who keeps a place holds it', place)
    return block
  }

  #next(words: Words, said: EventRow, now: VirtualMs): HeldEvent {
    const place = this.#size++
    const index = place % rowsOfBlock
    const first = place - index
    let block = this.#blocks.get(first)
    if (block === undefined) {
      block = new Block(first, this.#common)
      this.#blocks.set(first, block)
    }
    block.setWords(index, words)
    block.write(index, said, now)
    return new HeldEvent(this, block, place, said)
  }

  #wordsOf(maker: EventMaker, said: EventRow): Words {
    const { teller, type, reason } = said
    const series = said instanceof SeriesRow ? { action: said.action, related: said.related } : undefined
    let known = this.#words.get(teller)
    if (known === undefined) {
      known = []
      this.#words.set(teller, known)
    }
    const found = known.find(
      (words) =>
        words.maker === maker &&
        words.type === type &&
        words.reason === reason &&
        words.series?.action === series?.action &&
        words.series?.related === series?.related,
    )
    if (found !== undefined) return found
    // What names another object is told but once.
    if (series?.related !== undefined) return { maker, teller, type, reason, series, number: alone }
    const words = { maker, teller, type, reason, series, number: this.#common.length }
    known.push(words)
    this.#common.push(words)
    return words
  }
}

/** A look at a stored Event, which is also the answer to who has sent its row. */
export class HeldEvent extends HeldRow implements KubeObject {
  readonly book: EventBook
  readonly block: Block<Words>
  readonly place: number
  /** As it was sent, while that is at hand. */
  private readonly sent: EventRow | undefined

  constructor(book: EventBook, block: Block<Words>, place: number, sent: EventRow | undefined) {
    super()
    this.book = book
    this.block = block
    this.place = place
    this.sent = sent
  }

  get index(): number {
    return this.place % rowsOfBlock
  }

  get revision(): number {
    return this.block.numbers[this.index * columns + revisionColumn] ?? 0
  }

  set revision(revision: number) {
    this.block.numbers[this.index * columns + revisionColumn] = revision
  }

  /** When it was created. */
  get createdAt(): VirtualMs {
    return this.block.createdAt(this.index)
  }

  /** When it was written last. */
  get at(): VirtualMs {
    return this.block.times[this.index] ?? 0
  }

  get count(): number {
    return this.block.numbers[this.index * columns + countColumn] ?? 0
  }

  /** Whether nobody else has written it. */
  isOf(manager: string): boolean {
    return this.#words.maker.manager === manager
  }

  /** For `takenIn`. */
  get said(): EventRow {
    if (this.sent !== undefined) return this.sent
    const { name, count, index } = this
    const { about: abouts, texts } = this.block
    const { teller, type, reason, series } = this.#words
    const about = abouts.read(index)
    const [message, last] = [texts[index * 2] ?? '', texts[index * 2 + 1] ?? '']
    // What has a series was told by its teller.
    return series === undefined
      ? new EventRow(teller, about, type, reason, message, name, this.block.firstOf(index), last, count)
      : new SeriesRow(
          teller as SeriesTeller,
          about,
          series.related,
          { type, reason, action: series.action, message },
          name,
          last,
        )
  }

  get uid(): string {
    const from = this.index * columns + uidColumn
    let digits = ''
    for (let at = from; at < from + 4; at++)
      digits += ((this.block.numbers[at] ?? 0) >>> 0).toString(16).padStart(8, '0')
    return [0, 8, 12, 16, 20].map((at, i, all) => digits.slice(at, all[i + 1])).join('-')
  }

  get name(): string {
    return nameIn(this.block, this.index)
  }

  get stem(): string {
    const { block, index } = this
    const other = block.names?.get(index)
    return other === undefined ? (block.about.nameOf(index) ?? '') : stemOf(other)
  }

  get namespace(): string {
    return this.block.about.namespaceOf(this.index) || 'default'
  }

  override get object(): KubeObject {
    const { block, index } = this
    let made = block.made?.get(index)
    if (made === undefined) {
      made = this.#words.maker.objectOf(this)
      block.made ??= new Map()
      block.made.set(index, made)
    }
    return made
  }

  get apiVersion(): string {
    return this.object.apiVersion
  }

  get kind(): string {
    return this.object.kind
  }

  get metadata(): ObjectMeta {
    return this.object.metadata
  }

  toJSON(): KubeObject {
    return this.object
  }

  get #words(): Words {
    return this.block.wordsOf(this.index)
  }
}
