import { expect, test } from 'vitest'
import { judgeOf } from './judges.ts'
import { knownReason } from './known-differences.ts'
import { ownVectors, readVectorFile } from './vectors-folder.ts'

/**
 * What `npm run vectors` asks of all recordings, of a few that are quickly played: each stream comes in three of 100 seeds, and so does
 * each order of two actors.
 */
test.each([
  'timelines/late-vol-5s.json',
  'timelines/same-name.json',
  'v1.26/timelines/delete-waiting.json',
  'v1.36/timelines/late-vol-20s.json',
])('L1 L2 L6 streams of %s come often enough, and across actors in their order', (path) => {
  const file = readVectorFile(path, ownVectors)
  const rows = (judgeOf(file)?.parts(file, 'thorough') ?? []).flatMap((part) => part.score().rows)
  const wrong = rows.filter(({ row, passed }) => !passed && knownReason(path, row) === undefined)
  expect(wrong.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
})
