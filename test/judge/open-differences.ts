import type { FileScore } from './judge.ts'
import { openDifferences } from './known-differences.ts'

/** The list of open differences without the rows that are met, one row a line. */
export function openDifferencesText(scores: readonly FileScore[]): string {
  const failed = new Map(
    scores.map(({ path, rows }) => [path, new Set(rows.filter(({ passed }) => !passed).map(({ row }) => row))]),
  )
  const kept = Object.entries(openDifferences).map(
    // A file that was not judged keeps its rows.
    ([file, rows]) => [file, rows.filter((row) => failed.get(file)?.has(row) ?? true)] as const,
  )
  const lines = kept.filter(([, rows]) => rows.length > 0)
  return `${JSON.stringify(Object.fromEntries(lines), undefined, 2)}\n`
}
