import type { RowScore } from '../judge.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'

/** What the server said to each step of the user, refusals too: the recorded `status`. */
export function answerRows(file: TimelineFile, played: readonly TimelineRow[]): readonly RowScore[] {
  const given = new Map<string, unknown[]>()
  for (const { actor, what, detail } of played) {
    if (actor !== 'answer') continue
    const step = `${what} ${String(detail.name)}`
    given.set(step, [...(given.get(step) ?? []), detail.code])
  }
  const problems: string[] = []
  for (const { t, actor, what, detail } of file.timeline) {
    if (actor !== 'user' || detail.status === undefined) continue
    const code = given.get(`to ${what} ${String(detail.name)}`)?.shift()
    if (code !== detail.status)
      problems.push(`${t} ${what} ${String(detail.name)}: expected ${String(detail.status)}, got ${String(code)}`)
  }
  return [{ row: 'answers to the user', passed: problems.length === 0, diff: problems.join('\n') }]
}
