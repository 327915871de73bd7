import { compareTimelines } from '../compare-timelines.ts'
import type { Judge, PartScore, RowScore } from '../judge.ts'
import { knownReason } from '../known-differences.ts'
import { judgeSeeds, rowsOfPlay } from '../plays.ts'
import type { TimelineFile } from '../timeline-format.ts'
import { minorOfFile } from '../timeline-format.ts'
import { recordedUpdates, simulatedUpdates } from '../update-order.ts'
import { burstRows } from './burst.ts'
import { backOffRows, distributionScore } from './timeline-distributions.ts'

/** What a kubelet did over time (README-timelines.md). */
export const timelines: Judge = {
  claims: ({ content }) =>
    typeof content === 'object' && content !== null && Object.hasOwn(content, 'timeline') && 'nodes' in content,
  parts({ path, content }) {
    const file = content as TimelineFile // claimed
    return [{ name: file.name, score: () => scoreOf(path, file) }]
  },
}

function scoreOf(path: string, file: TimelineFile): PartScore {
  const { rows, figures = [] } = distributionScore(file)
  const order = file.category === 'burst' ? burstRows(file) : streamRows(path, file)
  return {
    rows: [...order, ...backOffRows(file, rowsOfPlay(file, judgeSeeds[0] ?? '')), ...updateRows(file), ...rows],
    figures,
  }
}

/** When nothing but known differences is left, so many will do. */
const seedsForKnown = 3

/** Draws differ from seed to seed; a recorded order is right if it occurs. */
function streamRows(path: string, file: TimelineFile): readonly RowScore[] {
  const diffs = new Map<string, string>()
  const isRecorded = new Map<string, boolean>()
  judgeSeeds.forEach((seed, run) => {
    const open = [...diffs].filter(([, diff]) => diff !== '').map(([name]) => name)
    if (run > 0 && open.length === 0) return
    if (run >= seedsForKnown && open.every((name) => knownReason(path, name) !== undefined)) return
    const streams = new Map(
      compareTimelines(file, rowsOfPlay(file, seed)).streams.map((stream) => [stream.stream, stream]),
    )
    for (const [name, { recorded, differences }] of streams) {
      isRecorded.set(name, recorded > 0)
      const diff = differences.join('\n')
      const known = diffs.get(name)
      // What was not recorded must be able to stay away: here it did in earlier runs.
      if (known === undefined) diffs.set(name, recorded === 0 && run > 0 ? '' : diff)
      else if (diff.length < known.length) diffs.set(name, diff)
    }
    for (const [name, wasRecorded] of isRecorded) if (!wasRecorded && !streams.has(name)) diffs.set(name, '')
  })
  return [...diffs].map(([row, diff]) => ({ row, passed: diff === '', diff }))
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
