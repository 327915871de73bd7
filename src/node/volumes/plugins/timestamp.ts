import { civilTime, type EpochMs, padNumber } from '../../../kernel/calendar.ts'
import type { RandomStreams } from '../../../kernel/random.ts'

/**
 * Names for time-stamped directories: `..2020_05_01_12_34_56.123456789`. The suffix depends on the directory and the time
 * only, so that what happens to one volume leaves the others' names alone. Source: atomic_writer.go, newTimestampDir;
 * os.MkdirTemp, nextRandom.
 */
export function timestampNames(
  directory: string,
  now: EpochMs,
  random: RandomStreams,
  longSuffix: boolean,
): () => string {
  const { year, month, day, hour, minute, second } = civilTime(now)
  const date = [padNumber(year, 4), ...[month, day, hour, minute, second].map((part) => padNumber(part, 2))].join('_')
  let tries = 0
  return () => {
    const name = `timestamp/${directory}/${now}/${tries++}`
    const stream = random.stream(name)
    const suffix = longSuffix
      ? String(stream.integer(0, 0x1_0000_0000))
      : padNumber(stream.integer(0, 1_000_000_000), 9)
    random.release(name)
    return `..${date}.${suffix}`
  }
}
