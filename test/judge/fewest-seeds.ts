import { compareTimelines } from './compare-timelines.ts'
import { countsMissed } from './files/event-counts.ts'
import { refusals } from './files/timelines.ts'
import { knownReason } from './known-differences.ts'
import { judgeSeeds, rowsOfPlay } from './plays.ts'
import type { TimelineFile } from './timeline-format.ts'

/**
 * As few seeds as show all of a recording that any seed shows, each of its rows in one of them: indexes of `judgeSeeds`. One if one
 * does, else the first two or three of all that do together, else the greedy cover.
 */
export function fewestSeeds(path: string, file: TimelineFile): readonly number[] {
  if (file.category === 'burst') return seedsOfBurst(file)
  const misses: ReadonlySet<string>[] = []
  for (const seed of judgeSeeds) {
    const missed = missedIn(path, file, seed)
    if (missed.size === 0) return [misses.length]
    misses.push(missed)
  }
  const [first = new Set<string>()] = misses
  const never = [...first].filter((row) => misses.every((missed) => missed.has(row)))
  const open = misses.map((missed) => new Set([...missed].filter((row) => !never.includes(row))))
  return cover(open, 1) ?? cover(open, 2) ?? cover(open, 3) ?? greedyCover(open)
}

/** A burst is judged by its first two plays whatever they are; after them come those that its counts need. */
function seedsOfBurst(file: TimelineFile): readonly number[] {
  let left: readonly string[] | undefined
  return [...judgeSeeds.keys()].filter((at) => {
    if (left?.length === 0 && at > 1) return false
    const missed = countsMissed(file, rowsOfPlay(file, judgeSeeds[at] ?? ''))
    const rest = left?.filter((row) => missed.includes(row)) ?? missed
    const isNeeded = at < 2 || rest.length < (left?.length ?? 0)
    left = rest
    return isNeeded
  })
}

/** Rows that a play with the seed does not meet. */
function missedIn(path: string, file: TimelineFile, seed: string): ReadonlySet<string> {
  const rows = rowsOfPlay(file, seed)
  const streams = compareTimelines(file, rows).streams.filter(({ differences }) => differences.length > 0)
  const missed = [...streams.map(({ stream }) => stream), ...countsMissed(file, rows)]
  // What is judged by the clock wants a play in which as many first requests are refused.
  const isComparable = refusals(file.timeline) === refusals(rows)
  return new Set([...missed.filter((row) => knownReason(path, row) === undefined), ...(isComparable ? [] : ['403'])])
}

/** The first `size` places whose sets have nothing in common, from place `from` on; `left`: what those before them share. */
function cover(
  sets: readonly ReadonlySet<string>[],
  size: number,
  from = 0,
  left?: readonly string[],
): readonly number[] | undefined {
  for (let at = from; at < sets.length; at++) {
    const common = left === undefined ? [...(sets[at] ?? [])] : left.filter((row) => sets[at]?.has(row))
    if (common.length === 0) return [at]
    const rest = size === 1 ? undefined : cover(sets, size - 1, at + 1, common)
    if (rest !== undefined) return [at, ...rest]
  }
  return undefined
}

function greedyCover(sets: readonly ReadonlySet<string>[]): readonly number[] {
  const chosen: number[] = []
  let left: readonly string[] | undefined
  while (left === undefined || left.length > 0) {
    const rests = sets.map((set) => (left ?? [...set]).filter((row) => set.has(row)))
    const best = rests.reduce((least, rest, at) => (rest.length < (rests[least] ?? rest).length ? at : least), 0)
    left = rests[best] ?? []
    chosen.push(best)
  }
  return chosen
}
