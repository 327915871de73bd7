import { civilTime, parseRfc3339 } from '../../kernel/calendar.ts'
import type { ByteText } from '../byte-text.ts'
import { utc, type ZoneTime } from './posix-zone.ts'
import type { ToolContext } from './tool.ts'

/** Ends in a zone of its own, or counts from 1970. */
const hasZone = /^@|(?:\d|[\s:])(?:z|utc|gmt|[-+]\d\d:?\d\d)\s*$/i

/**
 * The same by the clock of a zone, unless the text names another: what is read is the clock's time, from which the zone's offset is taken.
 */
export function instantOfText(
  context: ToolContext,
  said: ByteText,
  zone: (at: number) => ZoneTime = () => utc,
): number | undefined {
  const now = context.shell.world.epochNow()
  const isOwn = hasZone.test(said.replace(/(?<=\d)t(?=\d)/i, ' '))
  const { offsetMs } = isOwn ? utc : zone(now)
  const read = inUtc(context, said, now + offsetMs)
  if (read === undefined || isOwn) return read
  return read - zone(read - zone(read - offsetMs).offsetMs).offsetMs
}

/** The instant that a text means, in ms, for date and touch; undefined: none. Sources: GNU's parse_datetime; busybox libbb/time.c, parse_datestr. */
function inUtc(context: ToolContext, said: ByteText, now: number): number | undefined {
  if (context.voice === 'gnu')
    return /^@-?\d+(?:\.\d+)?$/.test(said)
      ? Math.floor(Number(said.slice(1)) * 1000)
      : new DateReader(said, now).instant()
  if (/^@\d+$/.test(said)) return Number(said.slice(1)) * 1000
  for (const form of busyboxForms) {
    const found = form.exec(said)?.groups
    if (found === undefined) continue
    const today = civilTime(now)
    const { year = String(today.year), month, day, hour = '0', minute = '0', second = '0' } = found
    const century = year.length === 2 ? `${Number(year) < 69 ? '20' : '19'}${year}` : year
    const monthNumber = /^\d/.test(month ?? '1') ? month : monthOf(month?.toLowerCase())
    return instantAt(century, monthNumber ?? String(today.month), day ?? String(today.day), [hour, minute, second])
  }
  return undefined
}

/** Forms of dates that busybox reads. Source: busybox 1.35 libbb/time.c, parse_datestr. */
const busyboxForms: readonly RegExp[] = [
  /^(?<hour>\d\d?):(?<minute>\d\d?)(?::(?<second>\d\d?))?$/,
  /^(?:(?<year>\d{4})\.)?(?<month>\d\d?)\.(?<day>\d\d?)-(?<hour>\d\d?):(?<minute>\d\d?)(?::(?<second>\d\d?))?$/,
  /^(?<month>[A-Za-z]{3})[a-z]* +(?<day>\d\d?) +(?<hour>\d\d?):(?<minute>\d\d?):(?<second>\d\d?) +(?<year>\d{4})$/,
  /^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?: +(?<hour>\d\d?)(?::(?<minute>\d\d?)(?::(?<second>\d\d?))?)?)?$/,
  // [[[[CC]YY]MM]DD]hhmm[.ss]
  /^(?:(?:(?:(?<year>(?:\d\d)?\d\d))?(?<month>\d\d))?(?<day>\d\d))?(?<hour>\d\d)(?<minute>\d\d)(?:\.(?<second>\d\d))?$/,
]

/** Undefined where there is no such day or time. */
function instantAt(year: string, month: string, day: string, time: readonly string[]): number | undefined {
  const [date, clock] = [[month, day], time].map((parts) => parts.map((part) => part.padStart(2, '0')))
  const at = parseRfc3339(`${year.padStart(4, '0')}-${date?.join('-')}T${clock?.join(':')}Z`)
  return at === undefined || Number.isNaN(at) ? undefined : at
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayMs = 86_400_000
const units: Readonly<Record<string, number>> = {
  ...{ sec: 1000, second: 1000, min: 60_000, minute: 60_000, hour: 3_600_000, day: dayMs, week: 7 * dayMs },
  fortnight: 14 * dayMs,
}
const days: Readonly<Record<string, number>> = { today: 0, now: 0, yesterday: -1, tomorrow: 1 }

/** A date, a time, a zone and what is to be added, in any order. Source: gnulib lib/parse-datetime.y. */
class DateReader {
  #rest: string
  readonly #now: number
  #date: readonly [year: string, month: string, day: string] | undefined
  #time: readonly string[] | undefined
  #zoneMs = 0
  #months = 0
  #addedMs = 0
  #isKnown = false

  constructor(text: string, now: number) {
    this.#rest = text.trim().toLowerCase()
    this.#now = now
  }

  instant(): number | undefined {
    while (this.#rest !== '') if (!this.#item()) return undefined
    const { year, month, day } = civilTime(this.#now)
    const [ownYear, ownMonth, ownDay] = this.#date ?? [year, month, day].map(String)
    const months = Number(ownYear) * 12 + Number(ownMonth) - 1 + this.#months
    const isNow = this.#time === undefined && this.#date === undefined && this.#isKnown
    const { hour, minute, second } = civilTime(this.#now)
    const time = this.#time ?? (isNow ? [hour, minute, second].map(String) : ['0', '0', '0'])
    const at = instantAt(String(Math.floor(months / 12)), String((months % 12) + 1), '1', time)
    const said = instantAt(ownYear ?? '', ownMonth ?? '', ownDay ?? '', time)
    // There is no 30th of February, unless months were added.
    if (at === undefined || said === undefined || civilTime(said).day !== Number(ownDay)) return undefined
    const rest = isNow ? this.#now % 1000 : 0
    return at + (Number(ownDay) - 1) * dayMs + rest - this.#zoneMs + this.#addedMs
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.#rest)
    if (match === null) return undefined
    this.#rest = this.#rest.slice(match[0].length).replace(/^[\s,]+/, '')
    return match
  }

  #item(): boolean {
    return this.#clock() || this.#day() || this.#zone() || this.#relative()
  }

  #clock(): boolean {
    const match = this.#take(/^t?(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(am|pm)?(?![\d:])/)
    if (match === undefined) return false
    const [, hour = '0', minute = '0', second = '0', half] = match
    const of24 = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'pm' ? 12 : 0)
    this.#time = [String(of24), minute, second]
    const offset = this.#take(/^([-+])(\d\d):?(\d\d)(?!\d)/)
    if (offset !== undefined) this.#setOffset(offset)
    return true
  }

  #setOffset([, sign, hours = '0', minutes = '0']: RegExpExecArray): void {
    this.#zoneMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  }

  #day(): boolean {
    const iso = this.#take(/^(\d{4})-(\d\d?)-(\d\d?)(?!\d)/)
    if (iso !== undefined) return this.#set(iso[1], iso[2], iso[3])
    const american = this.#take(/^(\d\d?)\/(\d\d?)\/(\d{4})(?!\d)/)
    if (american !== undefined) return this.#set(american[3], american[1], american[2])
    const plain = this.#take(/^(\d{4})(\d\d)(\d\d)(?!\d)/)
    if (plain !== undefined) return this.#set(plain[1], plain[2], plain[3])
    const ofMonth = this.#take(/^(\d\d?)[- ]?([a-z]{3})[a-z]*[- ]?(\d{4})(?!\d)/)
    if (ofMonth !== undefined) return this.#set(ofMonth[3], monthOf(ofMonth[2]), ofMonth[1])
    const month = this.#take(/^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d\d?)(?![\d:])/)
    if (month !== undefined) return this.#set(undefined, monthOf(month[1]), month[2])
    // The year behind the time, as `date` and `openssl` write it.
    const year = this.#date !== undefined && this.#date[0] === '' ? this.#take(/^(\d{4})(?![\d:])/) : undefined
    if (year !== undefined) return this.#set(year[1], this.#date?.[1], this.#date?.[2])
    return this.#take(/^(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*\.?(?![a-z])/) !== undefined
  }

  #set(year: string | undefined, month: string | undefined, day: string | undefined): boolean {
    this.#date = [year ?? '', month ?? '', day ?? '']
    return month !== undefined
  }

  #zone(): boolean {
    const offset = this.#time === undefined ? undefined : this.#take(/^([-+])(\d\d):?(\d\d)(?!\d)/)
    if (offset !== undefined) this.#setOffset(offset)
    return offset !== undefined || this.#take(/^(?:utc|gmt|z|ut)(?![a-z])/) !== undefined
  }

  #relative(): boolean {
    const named = this.#take(/^(today|now|yesterday|tomorrow)(?![a-z])/)
    const counted = this.#take(
      /^(?:([-+]?)\s*(\d+)|(next|last|a|an))?\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(?![a-z])(\s+ago)?/,
    )
    if (named === undefined && counted === undefined) return false
    this.#isKnown = true
    if (named !== undefined) this.#addedMs += (days[named[1] ?? ''] ?? 0) * dayMs
    if (counted === undefined) return true
    const [, sign, digits, word, unit = '', ago] = counted
    const count = (sign === '-' || word === 'last' ? -1 : 1) * Number(digits ?? '1') * (ago === undefined ? 1 : -1)
    if (unit === 'month' || unit === 'year') this.#months += count * (unit === 'year' ? 12 : 1)
    else this.#addedMs += count * (units[unit] ?? 0)
    return true
  }
}

function monthOf(name: string | undefined): string | undefined {
  const at = monthNames.indexOf(name ?? '')
  return at === -1 ? undefined : String(at + 1)
}

/** The instant of a text by its form, as busybox's `date -D` takes it. Source: strptime(3). */
export function instantByForm(said: ByteText, form: ByteText): number | undefined {
  const names: string[] = []
  const pattern = form.replace(/%([a-zA-Z])|\s+|[.*+?^${}()|[\]\\]/g, (whole, letter: string | undefined) => {
    if (letter === undefined) return /^\s/.test(whole) ? '\\s*' : `\\${whole}`
    const field = formFields[letter]
    if (field === undefined) return whole
    names.push(letter)
    return field
  })
  const match = new RegExp(`^${pattern}$`, 'i').exec(said)
  if (match === null) return undefined
  const found = new Map(names.map((name, i) => [name, match[i + 1] ?? '']))
  if (found.has('s')) return Number(found.get('s')) * 1000
  const [date, time] = [found.get('F')?.split('-'), (found.get('T') ?? found.get('R'))?.split(':')]
  const month =
    found.get('m') ?? date?.[1] ?? monthOf((found.get('b') ?? found.get('B') ?? '').slice(0, 3).toLowerCase())
  return instantAt(
    found.get('Y') ?? date?.[0] ?? (found.has('y') ? `20${found.get('y')}` : '1970'),
    month ?? '1',
    found.get('d') ?? found.get('e') ?? date?.[2] ?? '1',
    [found.get('H') ?? time?.[0] ?? '0', found.get('M') ?? time?.[1] ?? '0', found.get('S') ?? time?.[2] ?? '0'],
  )
}

const formFields: Readonly<Record<string, string>> = {
  ...{
    Y: '(\\d{4})',
    y: '(\\d\\d)',
    m: '(\\d\\d?)',
    d: '\\s*(\\d\\d?)',
    e: '\\s*(\\d\\d?)',
    b: '([a-z]+)',
    B: '([a-z]+)',
    h: '([a-z]+)',
  },
  ...{
    H: '(\\d\\d?)',
    M: '(\\d\\d?)',
    S: '(\\d\\d?)',
    s: '(\\d+)',
    a: '([a-z]+)',
    A: '([a-z]+)',
    Z: '([a-z]+)',
    p: '([a-z]+)',
  },
  ...{ F: '(\\d{4}-\\d\\d-\\d\\d)', T: '(\\d\\d:\\d\\d:\\d\\d)', R: '(\\d\\d:\\d\\d)' },
}

/** The instant of `[[CC]YY]MMDDhhmm[.ss]`, in ms. Source: POSIX XCU touch, -t. */
export function instantOfStamp(context: ToolContext, stamp: ByteText): number | undefined {
  const match = /^(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(stamp)
  if (match === null) return undefined
  const [, century, short, month, day, hour, minute, second = '00'] = match
  const thisYear = civilTime(context.shell.world.epochNow()).year
  const year = short === undefined ? String(thisYear) : `${century ?? (Number(short) < 69 ? '20' : '19')}${short}`
  return parseRfc3339(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
