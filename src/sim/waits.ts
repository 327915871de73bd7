import { sleep as sleepMs, type Wait } from '../kernel/steps.ts'
import { parseDuration } from './duration.ts'
import { type Duration, millisecondsOf } from './input/formats.ts'
import { describeValue } from './input/words.ts'
import { SimUsageError } from './usage-error.ts'

/** Waits until so much virtual time has passed: `yield* sleep('30s')`, or whole milliseconds. 0 lets everything go first that is due. */
export function sleep(duration: Duration): Wait<void> {
  const isRight =
    typeof duration === 'number'
      ? Number.isSafeInteger(duration) && duration >= 0
      : typeof duration === 'string' && parseDuration(duration) !== undefined
  if (isRight) return sleepMs(millisecondsOf(duration))
  throw new SimUsageError(
    `sleep: the duration is ${describeValue(duration)}; expected a duration such as 500ms, 90s, 1m30s or 2h, or whole milliseconds`,
  )
}
