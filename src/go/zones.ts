import { type EpochMs, parseRfc3339 } from '../kernel/calendar.ts'
import { zoneHistories } from './generated/zones.ts'

/** A zone's clocks since 2019: up to the first instant they are ahead of UTC by the first offset, and so on, in milliseconds. */
interface Zone {
  readonly until: readonly EpochMs[]
  /** One more than there are instants. */
  readonly ahead: readonly number[]
}

const minute = 60_000
const beginning = parseRfc3339('2019-01-01T00:00:00Z') ?? 0

let histories: ReadonlyMap<string, string> | undefined
const zones = new Map<string, Zone>()

function zoneOf(name: string): Zone | undefined {
  histories ??= new Map(
    zoneHistories.flatMap(([history, names]) => names.split(' ').map((each) => [each, history] as const)),
  )
  const known = zones.get(name)
  const history = histories.get(name)
  if (known !== undefined || history === undefined) return known
  const zone = parsed(history)
  zones.set(name, zone)
  return zone
}

function parsed(history: string): Zone {
  const [first = '', ...rest] = history.split(' ')
  const until: EpochMs[] = []
  const ahead = [Number(first) * minute]
  let at = beginning
  for (let i = 0; i < rest.length; i += 2) {
    at += Number.parseInt(rest[i] ?? '', 36) * minute
    until.push(at)
    ahead.push(Number(rest[i + 1]) * minute)
  }
  return { until, ahead }
}

/** Why Go cannot load a location, or undefined. Source: src/time/zoneinfo.go, LoadLocation; names are those of the IANA database. */
export function zoneProblem(name: string): string | undefined {
  return zoneOf(name) === undefined ? `unknown time zone ${name}` : undefined
}

/**
 * How far a zone's clocks are ahead of UTC at an instant, in milliseconds. Before 2019 and from 2038 on as at the ends of that time.
 */
export function offsetAt(name: string, at: EpochMs): number {
  const zone = zoneOf(name)
  if (zone === undefined) return 0
  const past = zone.until.findLastIndex((each) => each <= at)
  return zone.ahead[past + 1] ?? 0
}
