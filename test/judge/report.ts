import type { FileScore, RowScore } from './judge.ts'
import { knownReason } from './known-differences.ts'

/** What the score of a file comes to. */
export interface Summary {
  readonly path: string
  readonly passed: number
  readonly total: number
  /** Rows that differ for a known reason. */
  readonly known: readonly (RowScore & { readonly reason: string })[]
  readonly unexpected: readonly RowScore[]
  readonly notJudged: string | undefined
}

export function summarize({ path, rows, notJudged }: FileScore): Summary {
  const failed = rows.filter(({ passed }) => !passed)
  const known = failed.flatMap((row) => {
    const reason = knownReason(path, row.row)
    return reason === undefined ? [] : [{ ...row, reason }]
  })
  const unexpected = failed.filter(({ row }) => knownReason(path, row) === undefined)
  return { path, passed: rows.length - failed.length, total: rows.length, known, unexpected, notJudged }
}

/** Cut, never rounded up: 100 means all. */
export function percent(passed: number, total: number): string {
  return total === 0 ? '-' : `${(Math.floor((passed / total) * 1000) / 10).toFixed(1)} %`
}

/** The line of a file, and its first differences; `showsKnown`: those too that are let off. */
export function fileText(score: FileScore, diffs: number, showsKnown = false): string {
  const { path, passed, total, known, unexpected, notJudged } = summarize(score)
  if (notJudged !== undefined) return `${path.padEnd(44)} ${notJudged}`
  const head = `${path.padEnd(44)} ${`${passed}/${total}`.padStart(9)} ${percent(passed, total).padStart(8)}`
  const note = known.length === 0 ? '' : `  (${known.length} known)`
  const shown = [...(showsKnown ? known : []), ...unexpected]
    .slice(0, diffs)
    .map(({ row, diff }) => indented(`${row}\n${clipped(diff)}`))
  const more = unexpected.length > diffs ? [`    ... and ${unexpected.length - diffs} more rows`] : []
  return [head + note, ...shown, ...(diffs > 0 ? more : [])].join('\n')
}

/** Diffs can be whole objects; this much of one is shown. */
const maxDiffLength = 2000

function clipped(diff: string): string {
  return diff.length > maxDiffLength ? `${diff.slice(0, maxDiffLength)} ...` : diff
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line, at) => (at === 0 ? `    ${line}` : `        ${line}`))
    .join('\n')
}

export function figuresText({ figures = [] }: FileScore): readonly string[] {
  return figures.map(
    ({ what, recorded, simulated, probability }) =>
      `    ${what}: recorded ${recorded}; podsim ${simulated}; p = ${probability.toFixed(3)}`,
  )
}

/** The last lines: all files together. */
export function totalsText(scores: readonly FileScore[]): string {
  const all = scores.map(summarize)
  const sum = (pick: (summary: Summary) => number): number => all.reduce((total, each) => total + pick(each), 0)
  const [passed, total] = [sum((each) => each.passed), sum((each) => each.total)]
  const known = sum(({ known: rows }) => rows.length)
  const unexpected = sum(({ unexpected: rows }) => rows.length)
  const unjudged = all.filter(({ notJudged }) => notJudged !== undefined).length
  const perfect = all.filter((each) => each.notJudged === undefined && each.unexpected.length === 0).length
  const reasons = new Map<string, number>()
  for (const { reason } of all.flatMap((each) => each.known)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return [
    '',
    `files    ${perfect} of ${all.length - unjudged} as recorded${unjudged === 0 ? '' : `, ${unjudged} not judged`}`,
    `rows     ${passed} of ${total} passed (${percent(passed, total)}), ${known} known differences, ${unexpected} others`,
    ...[...reasons].map(([reason, count]) => `known    ${String(count).padStart(3)} x ${reason}`),
  ].join('\n')
}
