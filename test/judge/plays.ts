import type { TimelineFile, TimelineRow } from './timeline-format.ts'
import { playTimeline } from './timelines.ts'

/**
 * Seeds in the order in which judges use them. All begin with the same, so that what a recording is held against is played
 * once a seed, not once a seed and judge.
 */
export const judgeSeeds: readonly string[] = Array.from({ length: 14 }, (_, at) => `judge ${at}`)

const played = new WeakMap<TimelineFile, Map<string, readonly TimelineRow[]>>()

/** What podsim does with the user's lines of a recording, played once a seed. */
export function rowsOfPlay(file: TimelineFile, seed: string): readonly TimelineRow[] {
  const plays = played.get(file) ?? new Map<string, readonly TimelineRow[]>()
  played.set(file, plays)
  const known = plays.get(seed)
  if (known !== undefined) return known
  const { rows } = playTimeline(file, seed)
  plays.set(seed, rows)
  return rows
}
