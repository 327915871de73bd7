import { civilTime, type EpochMs } from '../kernel/calendar.ts'
import { offsetAt } from './zones.ts'

/** When a cron line is due. Source: github.com/robfig/cron v1.1.0, parser.go and spec.go. */
export interface Schedule {
  /** The first instant after `time`, or undefined if there is none within five years. */
  next(time: EpochMs): EpochMs | undefined
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

interface Field {
  readonly values: ReadonlySet<number>
  /** `*` or `?`: of the two kinds of days the other one alone decides. */
  readonly isAny: boolean
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** A line that the API server has accepted. `zone`: a name that `zoneProblem` has nothing against; absent: UTC, the zone of a controller manager in a cluster. */
export function parseSchedule(line: string, zone?: string): Schedule {
  const text = line.trim()
  if (text.startsWith('@every ')) return every(durationMs(text.slice('@every '.length)))
  const [minutes = '*', hours = '*', days = '*', months = '*', weekdays = '*'] = (descriptors[text] ?? text).split(
    /\s+/,
  )
  const fields = {
    minute: parseField(minutes, 0, 59),
    hour: parseField(hours, 0, 23),
    day: parseField(days, 1, 31),
    month: parseField(months, 1, 12, monthNames, 1),
    weekday: parseField(weekdays, 0, 6, dayNames, 0),
  }
  const offset = zone === undefined ? () => 0 : (at: EpochMs) => offsetAt(zone, at)
  return { next: (time) => nextOf(fields, time, offset) }
}

function parseField(text: string, min: number, max: number, names: readonly string[] = [], nameBase = 0): Field {
  const values = new Set<number>()
  let isAny = false
  const number = (one: string): number => {
    const named = names.indexOf(one.toLowerCase())
    return named === -1 ? Number(one) : named + nameBase
  }
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/')
    const [from = '', to] = range.split('-')
    const isStar = from === '*' || from === '?'
    if (isStar && (step === undefined || step === '1')) isAny = true
    const start = isStar ? min : number(from)
    const end = isStar ? max : to === undefined ? (step === undefined ? start : max) : number(to)
    for (let value = start; value <= end; value += Math.max(1, Number(step ?? 1))) values.add(value)
  }
  return { values, isAny }
}

type Fields = Readonly<Record<'minute' | 'hour' | 'day' | 'month' | 'weekday', Field>>

/**
 * Steps over what cannot match, largest unit first. An hour that a zone's clocks leave out is never due, one that they show twice is due
 * twice. Source: github.com/robfig/cron, spec.go, Next.
 */
function nextOf(fields: Fields, time: EpochMs, offsetOf: (at: EpochMs) => number): EpochMs | undefined {
  let at = Math.floor(time / minute) * minute + minute
  const limit = time + 5 * 366 * day
  while (at <= limit) {
    const offset = offsetOf(at)
    const local = at + offset
    const civil = civilTime(local)
    if (!fields.month.values.has(civil.month) || !matchesDay(fields, civil.day, local)) {
      const midnight = Math.floor(local / day) * day + day - offset
      at = midnight + offset - offsetOf(midnight)
    } else if (!fields.hour.values.has(civil.hour)) at += hour - (((local % hour) + hour) % hour)
    else if (!fields.minute.values.has(civil.minute)) at += minute
    else return at
  }
  return undefined
}

/** Both kinds of days restricted: either will do. Source: spec.go, dayMatches. */
function matchesDay({ day: ofMonth, weekday }: Fields, dayOfMonth: number, at: EpochMs): boolean {
  // 1970-01-01 was a Thursday.
  const isWeekday = weekday.values.has((Math.floor(at / day) + 4) % 7)
  const isDay = ofMonth.values.has(dayOfMonth)
  return ofMonth.isAny || weekday.isAny ? isDay && isWeekday : isDay || isWeekday
}

function every(periodMs: number): Schedule {
  const period = Math.max(second, Math.floor(periodMs / second) * second)
  return { next: (time) => Math.floor(time / second) * second + period }
}

const units: Readonly<Record<string, number>> = { h: hour, m: minute, s: second, ms: 1, us: 0, ns: 0, µs: 0 }

function durationMs(text: string): number {
  let total = 0
  for (const [, count = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d*)?)(ms|us|µs|ns|h|m|s)/g))
    total += Number(count) * (units[unit] ?? 0)
  return total
}
