import type { Effort, Judge, PartScore, RowScore } from '../judge.ts'
import { knownReason } from '../known-differences.ts'
import { rowsOfPlay, seedsOf, seedsPlayed } from '../plays.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'
import { acrossActorsRows } from './across-actors.ts'
import { answerRows } from './answers.ts'
import { burstRows } from './burst.ts'
import { eventCountRows } from './event-counts.ts'
import { leastRuns, streamRows } from './stream-rows.ts'
import { windowRows } from './time-windows.ts'
import { backOffRows, distributionScore, syncWaitRows } from './timeline-distributions.ts'
import { updateRows } from './update-rows.ts'

/** What a kubelet did over time (README-timelines.md). */
export const timelines: Judge = {
  claims: ({ content }) =>
    typeof content === 'object' && content !== null && Object.hasOwn(content, 'timeline') && 'nodes' in content,
  parts({ path, content }, effort = 'thorough') {
    const file = content as TimelineFile // claimed
    return [{ name: file.name, score: () => scoreOf(path, file, effort) }]
  },
}

function scoreOf(path: string, file: TimelineFile, effort: Effort): PartScore {
  const seeds = seedsOf(path, effort)
  const { rows, figures = [] } = distributionScore(file, seeds, effort)
  const order = file.category === 'burst' ? burstRows(file, seeds, effort) : streamRows(path, file, effort)
  const known = seedsPlayed(file)
  const all = [...known, ...seeds.filter((seed) => !known.includes(seed))]
  const play = (seed: string) => rowsOfPlay(file, seed)
  const isOpen = (row: string) => effort === 'thorough' || knownReason(path, row) === undefined
  const counts = eventCountRows(file, all, known.length, play, isOpen)
  const first = rowsOfPlay(file, comparableSeed(file, seedsPlayed(file)) ?? seeds[0] ?? '')
  const waits = file.category === 'burst' ? [] : syncWaitRows(first)
  return {
    rows: [
      ...order,
      ...counts,
      ...answerRows(file, first),
      ...backOffRows(file, first),
      ...waits,
      ...windowRows(file, first),
      ...updateRows(file, effort),
      ...(effort === 'thorough' ? orderRows(path, file, seeds) : []),
      ...rows,
    ],
    figures,
  }
}

/**
 * A Secret's first request that the authorizer refuses moves all that waits for it: what is judged by the clock is a play in which as
 * many were refused as in the recording.
 */
function comparableSeed(file: TimelineFile, seeds: readonly string[]): string | undefined {
  const wanted = refusals(file.timeline)
  return seeds.find((seed) => refusals(rowsOfPlay(file, seed)) === wanted)
}

/** The first requests that were refused before the authorizer knew who needs them. */
export function refusals(rows: readonly TimelineRow[]): string {
  const refused = rows.filter(({ actor, detail }) => actor === 'request' && detail.code === 403)
  return refused
    .map(({ what, detail }) => `${what} ${String(detail.secret)} ${String(detail.node)}`)
    .sort()
    .join('\n')
}

/** Bursts are raced on purpose; in update-delay, when a Pod looks is a sample. */
const withoutOrder: readonly string[] = ['burst', 'update-delay']

function orderRows(path: string, file: TimelineFile, seeds: readonly string[]): readonly RowScore[] {
  if (withoutOrder.includes(file.category)) return []
  const isKnown = (row: string) => knownReason(path, row) !== undefined
  return acrossActorsRows(file, seeds, leastRuns.thorough, (seed) => rowsOfPlay(file, seed), isKnown)
}
