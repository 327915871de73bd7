import { describe, expect, test } from 'vitest'
import type { RowScore, VectorFile } from './judge.ts'
import { judgeOf } from './judges.ts'
import { knownDifferences, knownReason, needsManySeeds } from './known-differences.ts'
import { readVectorFile, vectorPaths } from './vectors-folder.ts'

/** What is seen only in all files together. */
export interface Together {
  readonly title: string
  rows(files: readonly VectorFile[]): readonly RowScore[]
}

/**
 * One test for each part (vector, session, timeline) of the files whose path fits: every row is met but for the known
 * differences, and those that are listed still differ. `title` begins with the clauses.
 */
export function testVectors(title: string, fits: Pick<RegExp, 'test'>, ...together: readonly Together[]): void {
  testParts(title, fits, /^/, ...together)
}

/** The same of those of their parts alone whose name fits. */
export function testParts(
  title: string,
  fits: Pick<RegExp, 'test'>,
  isTold: Pick<RegExp, 'test'>,
  ...together: readonly Together[]
): void {
  const files = vectorFiles(fits)
  test(`${title}: the recordings are there`, () => {
    expect(files).not.toEqual([])
  })
  describe.each(files.map((file) => [file.path, file] as const))(`${title}: %s`, (path, file) => {
    const all = judgeOf(file)?.parts(file, 'quick') ?? []
    const parts = all.filter(({ name }) => isTold.test(name))
    const others = all.filter((part) => !parts.includes(part)).map(({ name }) => `${name}#`)
    const seen = new Set<string>()
    test.each(parts)('$name', ({ score }) => {
      const { rows } = score()
      for (const { row } of rows) seen.add(row)
      const wrong = rows.filter(({ row, passed }) => !passed && knownReason(path, row) === undefined)
      expect(wrong.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
      const agreeing = rows.filter(({ row, passed }) => passed && knownReason(path, row) !== undefined)
      expect(agreeing.map(({ row }) => `${row} is met now: take it out of known-differences.ts`)).toEqual([])
    })
    test('known differences are rows of it', () => {
      const listed = knownDifferences.filter(
        (known) => known.file === path && !others.some((name) => known.row.startsWith(name)),
      )
      // A count is a row only where its event came, others only where there is time for many seeds.
      const always = listed.filter(({ row }) => !row.startsWith('count of ') && !needsManySeeds(row))
      expect(always.filter(({ row }) => !seen.has(row))).toEqual([])
    })
  })
  if (together.length > 0) testTogether(title, files, together)
}

/** The files whose path fits. */
export function vectorFiles(fits: Pick<RegExp, 'test'>): readonly VectorFile[] {
  return vectorPaths().flatMap((path) => (fits.test(path) ? [readVectorFile(path)] : []))
}

/** One test for each row that only all files together tell. What was played of the same files is not played again. */
export function testTogether(title: string, files: readonly VectorFile[], together: readonly Together[]): void {
  // vitest cuts a long `$title`, and `npm run mutants` asks for it by its words.
  test.each(together.map((each) => [each.title, each] as const))(`${title}: %s`, (_title, { rows }) => {
    expect(rows(files).filter(({ passed }) => !passed)).toEqual([])
  })
}
