import { eventName } from '../compare-timelines.ts'
import type { RowScore } from '../judge.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'

/**
 * How often each event was counted at the end of a recording. What comes after fixed back-offs is counted the same within one;
 * what comes after drawn pauses lies near it: a seventh, more than the draws of any recording part.
 */
export function eventCountRows(
  file: TimelineFile,
  seeds: readonly string[],
  play: (seed: string) => readonly TimelineRow[],
): readonly RowScore[] {
  const wanted = [...countsOf(file.timeline)].filter(([, count]) => count > 1)
  const plays = new Map<string, ReadonlyMap<string, number>>()
  const countsIn = (seed: string): ReadonlyMap<string, number> => {
    const known = plays.get(seed) ?? countsOf(play(seed))
    plays.set(seed, known)
    return known
  }
  return wanted.flatMap(([event, count]): readonly RowScore[] => {
    const tolerance = Math.max(1, Math.ceil(count / 7))
    const found: number[] = []
    for (const seed of seeds) {
      const made = countsIn(seed).get(event)
      // Whether it comes at all is judged with its stream.
      if (made === undefined) continue
      found.push(made)
      if (Math.abs(made - count) <= tolerance) return [{ row: `count of ${event}`, passed: true, diff: '' }]
    }
    if (found.length === 0) return []
    return [{ row: `count of ${event}`, passed: false, diff: `expected ${count}, got ${found.join(', ')}` }]
  })
}

/** The last count of each event, by Pod, reason and message. */
function countsOf(rows: readonly TimelineRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows)
    if (row.actor === 'event' && row.detail.count !== undefined) counts.set(eventName(row), Number(row.detail.count))
  return counts
}
