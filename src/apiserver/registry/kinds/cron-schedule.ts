import { goQuote } from '../../../go/quote.ts'
import { zoneProblem } from '../../../go/zones.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const bounds: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
]
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

/**
 * Why a cron line cannot be read, as the library says it, or undefined. Sources: github.com/robfig/cron v1.1.0, ParseStandard; from
 * v1.22 on v3.0.1, which begins its texts in lower case and reads a time zone in front.
 */
export function scheduleProblem(schedule: string, minor: number): string | undefined {
  if (!has(minor, apiServer.schedulesTakeZones)) return lineProblem(schedule, schedule)
  const { zone, line } = zoneOf(schedule)
  const unknown = zone === undefined || zone === 'Local' ? undefined : zoneProblem(zone)
  if (unknown !== undefined) return `provided bad location ${zone}: ${unknown}`
  const problem = lineProblem(line, `[${fieldsOf(line).join(' ')}]`)
  return problem === undefined ? undefined : problem.charAt(0).toLowerCase() + problem.slice(1)
}

const fieldsOf = (line: string): readonly string[] => line.split(/\s+/).filter((field) => field !== '')

/** The time zone that stands before a line, and the line. Source: github.com/robfig/cron v3.0.1, parser.go, Parse. */
function zoneOf(schedule: string): { readonly zone: string | undefined; readonly line: string } {
  const found = /^(?:CRON_)?TZ=([^ ]*) (.*)$/s.exec(schedule)
  return found === null ? { zone: undefined, line: schedule } : { zone: found[1], line: (found[2] ?? '').trim() }
}

/** `shown`: how a line of too few fields is told. */
function lineProblem(schedule: string, shown: string): string | undefined {
  if (schedule.startsWith('@')) return descriptorProblem(schedule)
  const fields = fieldsOf(schedule)
  if (fields.length !== 5) return `Expected exactly 5 fields, found ${fields.length}: ${shown}`
  for (const [index, field] of fields.entries()) {
    const bound = bounds[index]
    if (bound === undefined) continue
    for (const part of field.split(',')) {
      const problem = rangeProblem(part, bound)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

function descriptorProblem(schedule: string): string | undefined {
  if (descriptors.includes(schedule)) return undefined
  if (schedule.startsWith('@every ')) {
    const duration = schedule.slice('@every '.length)
    if (/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(duration)) return undefined
    return `Failed to parse duration ${schedule}: time: invalid duration ${goQuote(duration)}`
  }
  return `Unrecognized descriptor: ${schedule}`
}

/** Source: getRange. */
function rangeProblem(part: string, bound: Bounds): string | undefined {
  const steps = part.split('/')
  const ends = (steps[0] ?? '').split('-')
  const first = ends[0] ?? ''
  let start = bound.min
  let end = bound.max
  if (first !== '*' && first !== '?') {
    const from = fieldValue(first, bound)
    if (typeof from === 'string') return from
    start = from
    if (ends.length > 2) return `Too many hyphens: ${part}`
    const to = ends[1] === undefined ? from : fieldValue(ends[1], bound)
    if (typeof to === 'string') return to
    end = ends[1] === undefined && steps.length > 1 ? bound.max : to
  }
  let step = 1
  if (steps.length === 2) {
    const parsed = numberOf(steps[1] ?? '')
    if (typeof parsed === 'string') return parsed
    step = parsed
  } else if (steps.length > 2) return `Too many slashes: ${part}`
  if (start < bound.min) return `Beginning of range (${start}) below minimum (${bound.min}): ${part}`
  if (end > bound.max) return `End of range (${end}) above maximum (${bound.max}): ${part}`
  if (start > end) return `Beginning of range (${start}) beyond end of range (${end}): ${part}`
  return step === 0 ? `Step of range should be a positive number: ${part}` : undefined
}

function fieldValue(text: string, bound: Bounds): number | string {
  const named = bound.names?.indexOf(text.toLowerCase()) ?? -1
  return named >= 0 ? named + bound.min : numberOf(text)
}

function numberOf(text: string): number | string {
  if (/^[+-]?\d+$/.test(text)) {
    const value = Number(text)
    return value < 0 ? `Negative number (${value}) not allowed: ${text}` : value
  }
  return `Failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`
}
