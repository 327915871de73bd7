import { compareTimelines, type StreamScore, settledStreams } from '../compare-timelines.ts'
import type { Effort, RowScore } from '../judge.ts'
import { knownReason, rateOf } from '../known-differences.ts'
import { rowsOfPlay, seedsOf } from '../plays.ts'
import type { TimelineFile } from '../timeline-format.ts'

/**
 * In so many of the seeds (100) a recorded stream must come out. Each was recorded once, which says that it is not rare; how rare it
 * may be in podsim is a choice. What comes in one run of 200 is refused in 98.6 % of cases, what comes in one of 14, as the 403 of a first
 * LIST does, stays in 97 % (binomial). What is rarer by itself, since several draws must meet, is a race with a name (known-differences.ts).
 */
export const leastRuns = { quick: 1, thorough: 3 } as const

/**
 * What a Pod does whose request was refused before the authorizer knew it hangs on that and on the pauses that were drawn after it. How often it
 * comes, in 7 % of the Pods and from v1.35 on in 1.4 %, is a law of its own (refusals.ts): of these streams one run must show each.
 */
const ofRefusals = /^request .* 403\b|failed to sync secret cache|is forbidden: /m

type Streams = ReadonlyMap<string, StreamScore>

/** What came of a recording, stream by stream, over so many seeds as it took. */
interface StreamVerdicts {
  readonly verdicts: ReadonlyMap<string, Verdict>
  readonly runs: readonly { readonly seed: string; readonly streams: Streams }[]
}

interface Verdict {
  readonly isRecorded: boolean
  /** How the closest of the runs differed, empty where one agreed. */
  readonly diff: string
  /** Runs that agreed. */
  readonly agreeing: number
  /** Runs that have to. */
  readonly least: number
}

/**
 * Draws differ from seed to seed; a recorded order is right if it occurs, and (where there is time) if that is not just an accident:
 * rows of their own tell of streams that come, but too seldom.
 */
export function streamRows(path: string, file: TimelineFile, effort: Effort): readonly RowScore[] {
  const { verdicts, runs } = verdictsOf(path, file, seedsOf(path, effort), effort)
  const rows = [...verdicts].map(([row, { diff }]) => ({ row, passed: diff === '', diff }))
  return effort === 'quick' ? rows : [...rows, ...rateRows(verdicts, runs.length)]
}

/** Of streams that came at all: whether they came often enough. */
function rateRows(verdicts: StreamVerdicts['verdicts'], runs: number): readonly RowScore[] {
  return [...verdicts].flatMap(([stream, { agreeing, least }]) => {
    if (agreeing === 0) return []
    const passed = agreeing >= least
    const diff = passed ? '' : `came in ${agreeing} of ${runs} runs, at least ${least} were expected`
    return [{ row: rateOf(stream), passed, diff }]
  })
}

function verdictsOf(path: string, file: TimelineFile, seeds: readonly string[], effort: Effort): StreamVerdicts {
  const verdicts = new Map<string, Verdict>()
  const runs: { seed: string; streams: Streams }[] = []
  const recorded = settledStreams(file, file.timeline)
  const isRefused = (name: string) =>
    ofRefusals.test([name, ...(recorded.get(name) ?? []).map(({ key }) => key)].join('\n'))
  const least = (name: string) => (isRefused(name) ? leastRuns.quick : leastRuns[effort])
  const wanted = (name: string) => (knownReason(path, rateOf(name)) === undefined ? least(name) : 1)
  const isKnown = (name: string) => knownReason(path, name) !== undefined
  for (const [run, seed] of seeds.entries()) {
    const open = [...verdicts].filter(([name, { agreeing }]) => agreeing < wanted(name)).map(([name]) => name)
    if (run > 0 && open.length === 0) break
    if (effort === 'quick' && run > 0 && open.every(isKnown)) break
    const { streams: scores } = compareTimelines(file, rowsOfPlay(file, seed))
    const streams = new Map(scores.map((stream) => [stream.stream, stream]))
    for (const name of new Set([...verdicts.keys(), ...streams.keys()]))
      verdicts.set(name, { ...verdictAfter(verdicts.get(name), streams.get(name), run), least: least(name) })
    runs.push({ seed, streams })
  }
  return { verdicts, runs }
}

/** What was not recorded must be able to stay away: it did in the runs that do not have it. */
function verdictAfter(before: Verdict | undefined, now: StreamScore | undefined, run: number): Omit<Verdict, 'least'> {
  const isRecorded = before?.isRecorded ?? (now?.recorded ?? 0) > 0
  const known = before ?? { diff: undefined, agreeing: isRecorded ? 0 : run }
  const diff = now?.differences.join('\n') ?? ''
  const agreeing = known.agreeing + (diff === '' ? 1 : 0)
  const closest = known.diff === undefined || diff.length < known.diff.length ? diff : known.diff
  return { isRecorded, diff: agreeing > 0 ? '' : closest, agreeing }
}
