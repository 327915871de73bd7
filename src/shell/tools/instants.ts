import { civilTime, parseRfc3339 } from '../../kernel/calendar.ts'
import type { ByteText } from '../byte-text.ts'
import type { ToolContext } from './tool.ts'

/** The instant that a text means, in ms, for date and touch; undefined: none. Sources: GNU's parse_datetime; busybox libbb/time.c, parse_datestr. */
export function instantOfText(context: ToolContext, said: ByteText): number | undefined {
  const now = context.shell.world.epochNow()
  if (said === 'now') return now
  const relative =
    context.voice === 'gnu' ? /^([-+]?)\s*(\d+)\s*(second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(said) : null
  if (relative !== null) {
    const [, sign, count = '0', unit = 'second', ago] = relative
    const seconds = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86_400, week: 604_800 }[unit] ?? 1
    return now + (sign === '-' || ago !== undefined ? -1 : 1) * Number(count) * seconds * 1000
  }
  if (/^@-?\d+$/.test(said)) return Number(said.slice(1)) * 1000
  const normal = /^\d{4}-\d\d-\d\d$/.test(said)
    ? `${said}T00:00:00Z`
    : said.replace(
        /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?Z?$/,
        (_, day: string, minute: string, second?: string) => `${day}T${minute}${second ?? ':00'}Z`,
      )
  const at = parseRfc3339(normal)
  return at === undefined || Number.isNaN(at) ? undefined : at
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
