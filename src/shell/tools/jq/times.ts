/** Dates of jq: seconds since 1970, and broken down into a list. Source: jq src/builtin.c (1.6), f_mktime, f_gmtime. */
import { civilTime, padNumber, parseRfc3339 } from '../../../kernel/calendar.ts'
import { strftime } from '../format.ts'
import { JqError, type Json } from './values.ts'

/** Midnight of a day, in milliseconds since 1970. */
function instantOf(year: number, month: number, day: number): number {
  return parseRfc3339(`${padNumber(year, 4)}-${padNumber(month, 2)}-${padNumber(day, 2)}T00:00:00Z`) ?? 0
}

/** Year, month from 0, day, hour, minute, second, day of the week, day of the year. */
export function broken(value: Json): Json {
  if (typeof value !== 'number') throw new JqError('gmtime() requires a number')
  const { year, month, day, hour, minute, second } = civilTime(Math.floor(value) * 1000)
  const midnight = instantOf(year, month, day)
  const yearDay = Math.round((midnight - instantOf(year, 1, 1)) / 86_400_000)
  const weekDay = (((Math.floor(midnight / 86_400_000) + 4) % 7) + 7) % 7
  return [year, month - 1, day, hour, minute, second + (value - Math.floor(value)), weekDay, yearDay]
}

/** The seconds of a time that is broken down. */
export function fromBroken(value: Json): number {
  if (!Array.isArray(value)) throw new JqError('mktime requires array of 6 numbers')
  const parts: readonly Json[] = value
  if (parts.length < 6 || parts.some((part) => typeof part !== 'number'))
    throw new JqError('mktime requires array of 6 numbers')
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number)
  const seconds = (hour * 60 + minute) * 60 + Math.floor(second)
  const first = instantOf(year + Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 1)
  return first / 1000 + (day - 1) * 86_400 + seconds
}

/** A time, broken down or in seconds, in a format of strftime. */
export function timeText(value: Json, format: string): string {
  if (typeof value !== 'number' && !Array.isArray(value))
    throw new JqError('strftime/1 requires parsed datetime inputs')
  return strftime(format, (typeof value === 'number' ? Math.floor(value) : fromBroken(value)) * 1000)
}

const fields: Readonly<Record<string, string>> = {
  ...{ Y: '(?<year>\\d{4})', m: '(?<month>\\d{1,2})', d: '(?<day>\\d{1,2})', e: ' ?(?<day>\\d{1,2})' },
  ...{ H: '(?<hour>\\d{1,2})', M: '(?<minute>\\d{1,2})', S: '(?<second>\\d{1,2})', Z: '[A-Z]+', '%': '%' },
}
const whole: Readonly<Record<string, string>> = { T: '%H:%M:%S', F: '%Y-%m-%d', R: '%H:%M' }

/** Reads a time as strptime does, as far as numbers go. */
export function parsedTime(text: string, format: string): Json {
  const wide = format.replace(/%([TFR])/g, (_all, letter: string) => whole[letter] ?? '')
  const pattern = wide.replace(/%(.)|[\\^$.*+?()[\]{}|]/g, (all, letter: string | undefined) =>
    letter === undefined ? `\\${all}` : (fields[letter] ?? '(?!)'),
  )
  // Only patterns of the table above are joined, none of which goes back over what it has matched.
  const groups = new RegExp(`^${pattern}$`).exec(text)?.groups
  if (groups === undefined) throw new JqError(`date ${JSON.stringify(text)} does not match format "${format}"`)
  const part = (name: string, missing: number) => Number(groups[name] ?? missing)
  const time = [
    part('year', 1900),
    part('month', 1) - 1,
    part('day', 1),
    part('hour', 0),
    part('minute', 0),
    part('second', 0),
  ]
  return broken(fromBroken(time))
}
