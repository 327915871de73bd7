import type { VirtualMs } from '../kernel/time.ts'
import { parseDuration } from './duration.ts'
import { type Duration, SimUsageError } from './options.ts'

/** Throws: `nodes is "x"; expected ...`. */
export function wrong(name: string, found: unknown, expected: string): never {
  throw new SimUsageError(`${name} is ${JSON.stringify(found)}; expected ${expected}`)
}

export function onlyKnown(given: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined)
    throw new SimUsageError(`${where} knows no ${JSON.stringify(unknown)}; expected some of ${known.join(', ')}`)
}

/** Milliseconds of a duration of the public API. */
export function durationMs(duration: Duration, name: string): VirtualMs {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration)
  if (ms === undefined || !Number.isSafeInteger(ms) || ms < 0)
    wrong(name, duration, 'a duration such as 90s or 1m30s, or whole milliseconds')
  return ms
}
