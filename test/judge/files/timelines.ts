import type { Judge, RowScore } from '../judge.ts'
import type { TimelineFile } from '../timeline-format.ts'
import { minorOfFile } from '../timeline-format.ts'
import { runTimeline } from '../timelines.ts'
import { recordedUpdates, simulatedUpdates } from '../update-order.ts'

/** What a kubelet did over time (README-timelines.md). */
export const timelines: Judge = {
  claims: ({ content }) =>
    typeof content === 'object' && content !== null && Object.hasOwn(content, 'timeline') && 'nodes' in content,
  parts({ content }) {
    const file = content as TimelineFile // claimed
    return [{ name: file.name, score: () => ({ rows: [...streamRows(file), ...updateRows(file)] }) }]
  },
}

/** Draws differ from seed to seed; a recorded order is right if it occurs. */
const seeds = ['judge', 'b', 'c', 'd', 'e', 'f']

function streamRows(file: TimelineFile): readonly RowScore[] {
  const rows = new Map<string, RowScore>()
  for (const seed of seeds) {
    for (const { stream, differences } of runTimeline(file, { seed }).score.streams) {
      const diff = differences.join('\n')
      const known = rows.get(stream)
      if (known === undefined || (!known.passed && diff.length < known.diff.length))
        rows.set(stream, { row: stream, passed: diff === '', diff })
    }
    if ([...rows.values()].every(({ passed }) => passed)) break
  }
  return [...rows.values()]
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
