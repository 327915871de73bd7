/** What TZ says of a zone: `CET-1CEST,M3.5.0,M10.5.0/3`. Source: POSIX XBD 8.3, TZ; glibc time/tzset.c. */
import { civilTime, padNumber, parseRfc3339 } from '../../kernel/calendar.ts'

/** How a clock in a zone stands at an instant. */
export interface ZoneTime {
  /** Before it: UTC. */
  readonly offsetMs: number
  readonly name: string
}

/** The zone that no TZ names. */
export const utc: ZoneTime = { offsetMs: 0, name: 'UTC' }
const dayMs = 86_400_000
const zoneName = '(?:<([-+A-Za-z0-9]{1,20})>|([A-Za-z]{3,20}))'
const clock = '([-+]?\\d{1,3}(?::\\d{1,2}(?::\\d{1,2})?)?)'
const form = new RegExp(`^${zoneName}${clock}(?:${zoneName}${clock}?(?:,([^,]{1,40}),([^,]{1,40}))?)?$`)

/** The time of a zone at an instant. What is no offset is a name of UTC, as glibc has it where it finds no file of that name. */
export function zoneTime(said: string, at: number): ZoneTime {
  const match = form.exec(said.replace(/^:/, ''))
  if (match === null) {
    const name = /^[A-Za-z]{3,}/.exec(said.replace(/^:/, ''))?.[0]
    return name === undefined ? utc : { offsetMs: 0, name }
  }
  const [, quoted, plain, west = '0', summerQuoted, summerPlain, summerWest, from, to] = match
  const standard = { offsetMs: -clockMs(west), name: quoted ?? plain ?? 'UTC' }
  const summerName = summerQuoted ?? summerPlain
  if (summerName === undefined) return standard
  const summer = {
    offsetMs: summerWest === undefined ? standard.offsetMs + 3_600_000 : -clockMs(summerWest),
    name: summerName,
  }
  const { year } = civilTime(at + standard.offsetMs)
  // The rules of the United States hold where none are given.
  const starts = ruleMs(from ?? 'M3.2.0', year)
  const ends = ruleMs(to ?? 'M11.1.0', year)
  if (starts === undefined || ends === undefined) return standard
  const [start, end] = [starts - standard.offsetMs, ends - summer.offsetMs]
  const isSummer = start < end ? at >= start && at < end : at >= start || at < end
  return isSummer ? summer : standard
}

/** `5`, `-3:30`, `+1:00:00` in ms. */
function clockMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[-+]/, '').split(':').map(Number)
  return (text.startsWith('-') ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000
}

/** The instant of a rule in a year, by the clock of the zone: `M3.5.0/2`, `J60`, `59`. */
function ruleMs(rule: string, year: number): number | undefined {
  const [, day = '', time = '2'] = /^([^/]+)(?:\/([-+]?\d{1,3}(?::\d{1,2}){0,2}))?$/.exec(rule) ?? []
  const at = dayOf(day, year)
  return at === undefined ? undefined : at + clockMs(time)
}

function dayOf(day: string, year: number): number | undefined {
  const first = firstOf(year, 1)
  const julian = /^(J?)(\d{1,3})$/.exec(day)
  if (julian !== null) {
    const number = Number(julian[2])
    if (julian[1] === '') return number <= 365 ? first + number * dayMs : undefined
    // The 29th of February is never counted.
    const isLeap = civilTime(firstOf(year, 2) + 28 * dayMs).month === 2
    return number >= 1 && number <= 365 ? first + (number - 1 + (isLeap && number >= 60 ? 1 : 0)) * dayMs : undefined
  }
  const [, month = '0', week = '0', weekday = '0'] = /^M(\d{1,2})\.([1-5])\.([0-6])$/.exec(day) ?? []
  const number = Number(month)
  if (number < 1 || number > 12) return undefined
  const start = firstOf(year, number)
  const toFirst = (Number(weekday) - ((Math.floor(start / dayMs) + 4) % 7) + 7) % 7
  const wanted = start + (toFirst + (Number(week) - 1) * 7) * dayMs
  return civilTime(wanted).month === number ? wanted : wanted - 7 * dayMs
}

function firstOf(year: number, month: number): number {
  return parseRfc3339(`${padNumber(year, 4)}-${padNumber(month, 2)}-01T00:00:00Z`) ?? 0
}

/** `+0200`, or with a colon. */
export function offsetText({ offsetMs }: ZoneTime, colon: string): string {
  const minutes = Math.floor(Math.abs(offsetMs) / 60_000)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((each) => String(each).padStart(2, '0'))
  return `${offsetMs < 0 ? '-' : '+'}${hours}${colon}${rest}`
}
