import type { Event, EventSource } from '../api/types/core.ts'
import type { KubeObject, ObjectReference } from '../api/types/meta.ts'
import { extended } from '../kernel/extended.ts'
import { TypedPatch } from './typed-patch.ts'

/** Who tells: one object for all events of a recorder. */
export interface EventTeller {
  readonly source: EventSource
  /** Whether its events name it as their controller. Source: client-go tools/record/event.go, generateEvent: filled from v1.28 on. */
  readonly namesItself: boolean
}

/** A reference to an object that the API server has. */
export type NamedObject = Required<Omit<ObjectReference, 'fieldPath'>>

/**
 * A part of an object, as events name it: the object is kept once for all its parts. Whoever writes it out takes `whole`, for what is
 * read from it stands in no member of its own.
 */
export class PartReference implements ObjectReference {
  readonly of: NamedObject
  readonly fieldPath: string

  constructor(of: NamedObject, fieldPath: string) {
    this.of = of
    this.fieldPath = fieldPath
  }

  get kind(): string {
    return this.of.kind
  }

  get namespace(): string {
    return this.of.namespace
  }

  get name(): string {
    return this.of.name
  }

  get uid(): string {
    return this.of.uid
  }

  get apiVersion(): string {
    return this.of.apiVersion
  }

  get resourceVersion(): string {
    return this.of.resourceVersion
  }

  get whole(): ObjectReference {
    return extended(this.of, { fieldPath: this.fieldPath })
  }

  toJSON(): ObjectReference {
    return this.whole
  }
}

/** A reference whose members are its own. */
function wholeOf(about: ObjectReference): ObjectReference {
  return about instanceof PartReference ? about.whole : about
}

/**
 * An event as its recorder tells it: a row, for a Pod has five and hardly anybody reads them. A server of the same process takes
 * it as it is; the object is made for who wants to see one.
 */
export class EventRow {
  readonly teller: EventTeller
  /** What it is about; events about the same share it. */
  readonly about: ObjectReference
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly first: string | null
  readonly last: string
  readonly count: number
  /** The upper half of the number in its name, which takes a sixth of that; a name of another form as it is. */
  readonly high: number | string
  readonly low: number

  /** `first` and `last` as timestamps are written. */
  constructor(
    teller: EventTeller,
    about: ObjectReference,
    type: string,
    reason: string,
    message: string,
    name: string,
    first: string | null,
    last: string,
    count: number,
  ) {
    this.teller = teller
    this.about = about
    this.type = type
    this.reason = reason
    this.message = message
    this.first = first
    this.last = last
    this.count = count
    const [high, low] = numberIn(name, about.name ?? '') ?? [name, 0]
    this.high = high
    this.low = low
  }

  /** A new one, told once, whose name is as another row of it had it. */
  static numbered({ teller, about, type, reason, message, last, high, low }: Numbered): EventRow {
    return new EventRow(teller, about, type, reason, message, nameOf(about.name, high, low), last, last, 1)
  }

  /** What a server says of an event that it keeps. */
  static of(event: Event): EventRow {
    const { source = {}, involvedObject, type = '', reason = '', message = '', metadata, count = 1 } = event
    const { firstTimestamp = null, lastTimestamp } = event
    const teller = { source, namesItself: (event.reportingComponent ?? '') !== '' }
    const last = lastTimestamp ?? ''
    return new EventRow(teller, involvedObject, type, reason, message, metadata.name, firstTimestamp, last, count)
  }

  get name(): string {
    return nameOf(this.about.name, this.high, this.low)
  }

  /** What its name begins with: the same of all that are about one object. */
  get stem(): string {
    return typeof this.high === 'string' ? stemOf(this.high) : (this.about.name ?? '')
  }

  /** As a server has it that was told its new count. */
  recounted({ message, last, count }: EventRow): EventRow {
    const { teller, about, type, reason, name, first } = this
    return new EventRow(teller, about, type, reason, message, name, first, last, count)
  }

  get namespace(): string {
    return this.about.namespace || 'default'
  }

  /** A new object at each look. */
  get object(): Event {
    const { source, namesItself } = this.teller
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: this.name, namespace: this.namespace },
      involvedObject: wholeOf(this.about),
      reason: this.reason,
      message: this.message,
      source,
      firstTimestamp: this.first,
      lastTimestamp: this.last,
      count: this.count,
      type: this.type,
      eventTime: null,
      reportingComponent: namesItself ? (source.component ?? '') : '',
      reportingInstance: namesItself ? (source.host ?? '') : '',
    }
  }

  toJSON(): Event {
    return this.object
  }
}

type Numbered = Pick<EventRow, 'teller' | 'about' | 'type' | 'reason' | 'message' | 'last' | 'high' | 'low'>

/** What all events of a recorder of the newer API have in common. */
export interface SeriesTeller extends EventTeller {
  readonly reportingInstance: string
}

/** The same of an event of the newer API, in the form in which core/v1 shows it. */
export class SeriesRow extends EventRow {
  declare readonly teller: SeriesTeller
  readonly action: string
  readonly related: ObjectReference | undefined

  /** `eventTime` as such times are written. */
  constructor(
    teller: SeriesTeller,
    about: ObjectReference,
    related: ObjectReference | undefined,
    words: { readonly type: string; readonly reason: string; readonly action: string; readonly message: string },
    name: string,
    eventTime: string,
  ) {
    super(teller, about, words.type, words.reason, words.message, name, null, eventTime, 0)
    this.action = words.action
    this.related = related
  }

  override get object(): Event {
    const { source, reportingInstance } = this.teller
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: this.name, namespace: this.namespace },
      involvedObject: wholeOf(this.about),
      reason: this.reason,
      message: this.message,
      source,
      firstTimestamp: null,
      lastTimestamp: null,
      type: this.type,
      eventTime: this.last,
      action: this.action,
      ...(this.related === undefined ? {} : { related: this.related }),
      reportingComponent: source.component ?? '',
      reportingInstance,
    }
  }
}

/** The patch by which a recorder tells that an event has happened again. */
export class EventCount extends TypedPatch {
  /** The event as it is now. */
  readonly row: EventRow

  constructor(row: EventRow) {
    super()
    this.row = row
  }

  get document(): object {
    const { count, last, message } = this.row
    return { count, lastTimestamp: last, message }
  }

  /** Of an object that has to be found out: a server that has rows takes the row. */
  appliedTo(): undefined {
    return undefined
  }
}

/** The name of an event about an object, with the number of which these are the halves; or, where that is no number, as it is. */
export function nameOf(name: string | undefined, high: number | string, low: number): string {
  return typeof high === 'string' ? high : `${name ?? ''}.${high.toString(16)}${lowText(low)}`
}

/** All of a name before its last dot; nothing, where there is none. */
export function stemOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

/** Digits of a name as recorders make it. */
const digits = 16

/** Both halves of the number that stands behind the name of an object, if that is how a name was made. */
function numberIn(name: string, objectName: string): readonly [high: number, low: number] | undefined {
  const from = objectName.length + 1
  if (name.length !== from + digits || !name.startsWith(objectName) || name[objectName.length] !== '.') return undefined
  let [high, low] = [0, 0]
  for (let i = from; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const digit = code < letterA ? code - zero : code - letterA + 10
    const isDigit = code < letterA ? code >= zero && digit < 10 : digit < 16
    if (!isDigit) return undefined
    if (i < from + digits / 2) high = high * 16 + digit
    else low = (low << 4) | digit
  }
  // As signed numbers, for which there is room in a field; one that begins with 0 would lose that.
  return high >= leastHigh && high < mostHigh ? [high, low] : undefined
}

/** Upper halves of eight digits, of which none is lost. */
const [leastHigh, mostHigh] = [0x1000_0000, 0x8000_0000]

function lowText(low: number): string {
  return (low >>> 0).toString(16).padStart(digits / 2, '0')
}

/** Whether the last digit of a name is this one: most are told apart by it, of which no text is made. */
export function endsInDigit(text: string, digit: number): boolean {
  return text.charCodeAt(text.length - 1) === digit + (digit < 10 ? zero : letterA - 10)
}

const [zero, letterA] = [0x30, 0x61]

/** Of an answer to who has sent a row: what was taken in. A server that took it as it was has the row itself. */
export function takenIn(answer: Event): EventRow {
  const { said } = answer as KubeObject & { readonly said?: unknown } // a server's own class may have it
  return said instanceof EventRow ? said : EventRow.of(answer)
}
