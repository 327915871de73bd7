import { type EpochMs, parseRfc3339 } from '../../kernel/calendar.ts'

/** An age as `get` and `describe` show it. Source: k8s.io/apimachinery pkg/util/duration/duration.go, HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.floor(hours / 24 / 365)
  if (hours < 24 * 365 * 8) return withRest(years, 'y', Math.floor(hours / 24) % 365, 'd')
  return `${years}y`
}

function withRest(n: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${n}${unit}` : `${n}${unit}${rest}${restUnit}`
}

/** Time since a timestamp of an object, `<unknown>` without one. Source: describe.go, translateTimestampSince. */
export function since(timestamp: unknown, now: EpochMs): string {
  const at = typeof timestamp === 'string' ? parseRfc3339(timestamp) : undefined
  return at === undefined ? '<unknown>' : humanDuration(now - at)
}

const weekdays = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `Fri, 01 May 2020 00:00:00 +0000`: Go's RFC1123Z, in UTC. */
export function rfc1123(timestamp: unknown): string {
  const at = typeof timestamp === 'string' ? parseRfc3339(timestamp) : undefined
  // The zero time of Go.
  if (at === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const text = typeof timestamp === 'string' ? timestamp : ''
  const [year = '', month = '', day = ''] = text.slice(0, 10).split('-')
  const weekday = weekdays[((Math.floor(at / 86_400_000) % 7) + 7) % 7] ?? ''
  return `${weekday}, ${day} ${months[Number(month) - 1] ?? ''} ${year} ${text.slice(11, 19)} +0000`
}
