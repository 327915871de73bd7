import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Effort } from './judge.ts'
import type { TimelineFile, TimelineRow } from './timeline-format.ts'
import { playTimeline } from './timelines.ts'

/**
 * Seeds in the order in which judges use them. All begin with the same, so that what a recording is held against is played
 * once a seed, not once a seed and judge.
 */
export const judgeSeeds: readonly string[] = Array.from({ length: 100 }, (_, at) => `judge ${at}`)

/** `npm run generate seeds` writes which of them show all that was recorded. */
export const firstSeedsFile = fileURLToPath(new URL('../fixtures/first-seeds.json', import.meta.url))

/** By file, indexes of `judgeSeeds`; those of files that it does not name begin with the first. */
const firstSeeds = JSON.parse(readFileSync(firstSeedsFile, 'utf8')) as Readonly<Record<string, readonly number[]>> // ours

/**
 * The seeds of a recording: all of them, those that were found to show it first where time is short. Which come first
 * decides how long a look takes, not what is found.
 */
export function seedsOf(path: string, effort: Effort): readonly string[] {
  if (effort === 'thorough') return judgeSeeds
  const first = (firstSeeds[path] ?? []).map((at) => judgeSeeds[at] ?? '')
  return [...first, ...judgeSeeds.filter((seed) => !first.includes(seed))]
}

const played = new WeakMap<TimelineFile, Map<string, readonly TimelineRow[]>>()

/** Seeds with which a recording was played so far, in that order. */
export function seedsPlayed(file: TimelineFile): readonly string[] {
  return [...(played.get(file)?.keys() ?? [])]
}

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
