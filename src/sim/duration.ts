import type { VirtualMs } from '../kernel/time.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `1m30s`, `500ms`, `1.5h`: whole milliseconds, or undefined if the text is no duration (units: ms, s, m, h, d). */
export function parseDuration(text: string): VirtualMs | undefined {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? Number.NaN)
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined
}

/** `1m30s`, `0.25s`: short and exact to the millisecond. */
export function formatDuration(ms: VirtualMs): string {
  if (ms < 60_000) return `${ms / 1000}s`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = (ms % 60_000) / 1000
  const parts = [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', seconds > 0 ? `${seconds}s` : '']
  return parts.join('')
}

/** `00:02:03.250`: instants, so that columns align; before the start with a minus. */
export function formatInstant(ms: VirtualMs): string {
  if (ms < 0) return `-${formatInstant(-ms)}`
  const pad = (n: number, width: number) => String(n).padStart(width, '0')
  const hours = Math.floor(ms / 3_600_000)
  return `${pad(hours, 2)}:${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`
}
