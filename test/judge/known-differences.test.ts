import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownDifferences } from './known-differences.ts'
import { ownVectors } from './vectors-folder.ts'

const fidelity = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8')
const listed = /## Recorded rows that differ\n\n([\s\S]*?)(?:\n## |$)/.exec(fidelity)?.[1] ?? ''

test('every known difference is of a file that is there, and listed once', () => {
  expect(knownDifferences.filter(({ file }) => !existsSync(join(ownVectors, file)))).toEqual([])
  const keys = knownDifferences.map(({ file, row }) => `${file}#${row}`)
  expect(new Set(keys).size).toBe(keys.length)
})

test('docs/fidelity.md lists the reasons of the known differences and no others', () => {
  const items = listed.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []))
  const reasons = new Set(knownDifferences.map(({ file, reason }) => `\`${file}\`: ${reason}`))
  expect(items.sort()).toEqual([...reasons].sort())
})
