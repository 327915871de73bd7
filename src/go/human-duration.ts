import type { EpochMs } from '../kernel/calendar.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'

/** `5s`, `3m20s`, `4h`, `2d3h`. Source: k8s.io/apimachinery pkg/util/duration/duration.go, HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 24 * 365 * 8 ? `${years}y${days % 365}d` : `${years}y`
}

/** Age of a timestamp. Source: pkg/printers/internalversion/printers.go, translateTimestampSince. */
export function ageSince(timestamp: string | null | undefined, now: EpochMs): string {
  const since = timestamp ? parseRfc3339(timestamp) : undefined
  return since === undefined ? '<unknown>' : humanDuration(now - since)
}
