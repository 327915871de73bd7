import { flat } from './flat-text.ts'
import type { VirtualMs } from './time.ts'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number

/** Start of virtual time unless a scenario says otherwise: 2020-05-01T00:00:00Z, when v1.18 was current. */
export const defaultEpochMs: EpochMs = 1_588_291_200_000

export interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

const dayMs = 86_400_000

/** Proleptic Gregorian date of an instant, in UTC, for the years 0 to 9999. */
export function civilTime(epochMs: EpochMs): CivilTime {
  const days = Math.floor(epochMs / dayMs)
  const msOfDay = epochMs - days * dayMs
  // Days are counted from 0000-03-01, so that a leap day is the last day of its year.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(msOfDay / 3_600_000),
    minute: Math.floor(msOfDay / 60_000) % 60,
    second: Math.floor(msOfDay / 1000) % 60,
    millisecond: msOfDay % 1000,
  }
}

/** `n` in decimal with leading zeros up to `width`. */
export function padNumber(n: number, width: number): string {
  return String(n).padStart(width, '0')
}

/** `2020-05-01T00:00:00Z`: RFC 3339 at second precision, as metav1.Time is written. */
export function rfc3339(epochMs: EpochMs): string {
  const second = Math.floor(epochMs / 1000)
  const place = second & (remembered - 1)
  if (second !== seconds[place]) {
    const t = civilTime(epochMs)
    const date = `${padNumber(t.year, 4)}-${padNumber(t.month, 2)}-${padNumber(t.day, 2)}`
    texts[place] = flat(`${date}T${padNumber(t.hour, 2)}:${padNumber(t.minute, 2)}:${padNumber(t.second, 2)}Z`)
    seconds[place] = second
  }
  return texts[place] ?? ''
}

/**
 * Much of what is stamped is stamped with one of the last seconds: remembering what was said of each saves most of the work, gives all
 * who keep it one text, and changes nothing.
 */
const remembered = 256
const seconds = new Float64Array(remembered).fill(Number.NaN)
const texts: string[] = new Array<string>(remembered).fill('')

/** `2020-05-01T00:00:00.123000Z`: RFC 3339 at microsecond precision, as metav1.MicroTime is written. */
export function rfc3339Micro(epochMs: EpochMs): string {
  return flat(`${rfc3339(epochMs).slice(0, -1)}.${padNumber(epochMs - Math.floor(epochMs / 1000) * 1000, 3)}000Z`)
}

/** The instant of an RFC 3339 text in UTC or with an offset, or undefined if it is none. */
export function parseRfc3339(text: string): EpochMs | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text)
  if (match === null) return undefined
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  const days = era * 146_097 + dayOfEra - 719_468
  const offset = match[8] === undefined ? 0 : (match[8] === '-' ? 1 : -1) * (Number(match[9]) * 60 + Number(match[10]))
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(match[7]) * 1000)
  return days * dayMs + (hours * 3600 + (minutes + offset) * 60 + seconds) * 1000 + fraction
}

/** Virtual time as the wall clock of the simulated world. */
export interface Calendar {
  readonly epochMs: EpochMs
  at(time: VirtualMs): EpochMs
}

export function createCalendar(epochMs: EpochMs): Calendar {
  return { epochMs, at: (time) => epochMs + time }
}
