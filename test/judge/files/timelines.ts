import type { Effort, Judge, PartScore, RowScore } from '../judge.ts'
import { knownReason } from '../known-differences.ts'
import { rowsOfPlay, seedsOf, seedsPlayed } from '../plays.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../timeline-format.ts'
import { recordedUpdates, simulatedUpdates } from '../update-order.ts'
import { burstRows } from './burst.ts'
import { eventCountRows } from './event-counts.ts'
import { streamRows } from './stream-rows.ts'
import { windowRows } from './time-windows.ts'
import { backOffRows, distributionScore, syncWaitRows } from './timeline-distributions.ts'

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
      ...backOffRows(file, first),
      ...waits,
      ...windowRows(file, first),
      ...updateRows(file),
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

function refusals(rows: readonly TimelineRow[]): string {
  const refused = rows.filter(({ actor, detail }) => actor === 'request' && detail.code === 403)
  return refused
    .map(({ what, detail }) => `${what} ${String(detail.secret)} ${String(detail.node)}`)
    .sort()
    .join('\n')
}

/** Single file operations of each set-up, where they were recorded. */
function updateRows(file: TimelineFile): readonly RowScore[] {
  if (!file.timeline.some(({ actor }) => actor === 'syscall')) return []
  const simulated = simulatedUpdates(file.timeline, minorOfFile(file))
  return recordedUpdates(file.timeline).map(({ pod, at, syscalls, inotify }, index) => {
    const found = simulated[index]
    const wanted = JSON.stringify({ syscalls, inotify }, undefined, 1)
    const made = JSON.stringify({ syscalls: found?.syscalls, inotify: found?.inotify }, undefined, 1)
    const diff = wanted === made ? '' : `expected ${wanted}\ngot ${made}`
    return { row: `operations ${pod} ${at}`, passed: diff === '', diff }
  })
}
