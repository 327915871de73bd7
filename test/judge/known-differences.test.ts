import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownDifferences } from './known-differences.ts'
import { ownVectors } from './vectors-folder.ts'

const scores = readFileSync(new URL('../../docs/fidelity-scores.md', import.meta.url), 'utf8')
const listed = /## Known differences\n\n[^\n]*\n[^\n]*\n([\s\S]*?)(?:\n\n|$)/.exec(scores)?.[1] ?? ''

test('every known difference is of a file that is there, and listed once', () => {
  expect(knownDifferences.filter(({ file }) => !existsSync(join(ownVectors, file)))).toEqual([])
  const keys = knownDifferences.map(({ file, row }) => `${file}#${row}`)
  expect(new Set(keys).size).toBe(keys.length)
})

test('docs/fidelity-scores.md lists the known differences with their reasons and no others', () => {
  const items = listed.split('\n').filter((line) => line !== '')
  const known = knownDifferences.map(({ file, row, reason }) => `| \`${file}\` | ${row} | ${reason} |`)
  expect(items.sort()).toEqual(known.sort())
})
