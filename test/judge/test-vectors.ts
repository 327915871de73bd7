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

/** The tests of the files whose path fits, and of what all of them say together. */
export function testVectors(title: string, fits: RegExp, ...together: readonly Together[]): void {
  const files = vectorFiles(fits)
  testParts(title, files)
  testTogether(title, files, together)
}

/**
 * One test for each part (vector, session, timeline) of the files, or of those parts whose name fits: every row is met but for the known
 * differences, and those that are listed still differ. `title` begins with the clauses.
 */
export function testParts(title: string, files: readonly VectorFile[], isTold = /^/): void {
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
}

/** The files whose path fits. */
export function vectorFiles(fits: RegExp): readonly VectorFile[] {
  return vectorPaths().flatMap((path) => (fits.test(path) ? [readVectorFile(path)] : []))
}

/** One test for each row that only all files together tell. What was played of the same files is not played again. */
export function testTogether(title: string, files: readonly VectorFile[], together: readonly Together[]): void {
  if (together.length === 0) return
  // vitest cuts a long `$title`, and `npm run mutants` asks for it by its words.
  test.each(together.map((each) => [each.title, each] as const))(`${title}: %s`, (_title, { rows }) => {
    expect(rows(files).filter(({ passed }) => !passed)).toEqual([])
  })
}
