import { compareTimelines, type StreamScore } from '../compare-timelines.ts'
import type { Effort, RowScore } from '../judge.ts'
import { knownReason } from '../known-differences.ts'
import { judgeSeeds, rowsOfPlay, seedsOf } from '../plays.ts'
import type { TimelineFile } from '../timeline-format.ts'

/** When nothing but known differences is left, so many seeds will do. */
const seedsForKnown = { quick: 1, thorough: 3 } as const

type Streams = ReadonlyMap<string, StreamScore>

/** What came of a recording, stream by stream, over so many seeds as it took. */
interface StreamVerdicts {
  /** By stream: how the closest of the runs differed, empty where one agreed. */
  readonly diffs: ReadonlyMap<string, string>
  readonly runs: readonly { readonly seed: string; readonly streams: Streams }[]
}

/** Draws differ from seed to seed; a recorded order is right if it occurs. */
export function streamRows(path: string, file: TimelineFile, effort: Effort): readonly RowScore[] {
  const { diffs } = verdictsOf(path, file, seedsOf(path, effort), seedsForKnown[effort])
  return [...diffs].map(([row, diff]) => ({ row, passed: diff === '', diff }))
}

function verdictsOf(path: string, file: TimelineFile, seeds: readonly string[], least: number): StreamVerdicts {
  const diffs = new Map<string, string>()
  const isRecorded = new Map<string, boolean>()
  const runs: { seed: string; streams: Streams }[] = []
  for (const [run, seed] of seeds.entries()) {
    const open = [...diffs].filter(([, diff]) => diff !== '').map(([name]) => name)
    if (run > 0 && open.length === 0) break
    if (run >= least && open.every((name) => knownReason(path, name) !== undefined)) break
    const streams = new Map(
      compareTimelines(file, rowsOfPlay(file, seed)).streams.map((stream) => [stream.stream, stream]),
    )
    runs.push({ seed, streams })
    for (const [name, { recorded, differences }] of streams) {
      isRecorded.set(name, recorded > 0)
      const diff = differences.join('\n')
      const known = diffs.get(name)
      // What was not recorded must be able to stay away: here it did in earlier runs.
      if (known === undefined) diffs.set(name, recorded === 0 && run > 0 ? '' : diff)
      else if (diff.length < known.length) diffs.set(name, diff)
    }
    for (const [name, wasRecorded] of isRecorded) if (!wasRecorded && !streams.has(name)) diffs.set(name, '')
  }
  return { diffs, runs }
}

/**
 * Few seeds in which every stream of the recording comes out once: the greedy cover of those that a thorough look took.
 * Indexes of `judgeSeeds`.
 */
export function seedsThatShow(path: string, file: TimelineFile): readonly number[] {
  const { diffs, runs } = verdictsOf(path, file, judgeSeeds, 1)
  const wanted = new Set([...diffs].flatMap(([name, diff]) => (diff === '' ? [name] : [])))
  const shown = runs.map(({ seed, streams }) => ({
    seed,
    names: [...wanted].filter((name) => (streams.get(name)?.differences ?? []).length === 0),
  }))
  const chosen: number[] = []
  while (wanted.size > 0) {
    const fresh = ({ names }: { readonly names: readonly string[] }) => names.filter((name) => wanted.has(name)).length
    const [best] = [...shown].sort((a, b) => fresh(b) - fresh(a))
    if (best === undefined || fresh(best) === 0) break
    for (const name of best.names) wanted.delete(name)
    chosen.push(judgeSeeds.indexOf(best.seed))
  }
  return chosen
}
