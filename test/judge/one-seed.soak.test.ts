import { expect, test } from 'vitest'
import { ofOneSeed } from './test-timelines.ts'
import { vectorFiles } from './test-vectors.ts'

/** Of v1.18 and v1.26 the soaks of the recordings themselves say so, which have played most of them. */
test(`L1 L2 L6 of the recordings of v1.36 ${ofOneSeed.title}`, () => {
  const rows = ofOneSeed.rows(vectorFiles(/^v1\.36\/timelines\//))
  expect(rows).toHaveLength(2)
  expect(rows.filter(({ passed }) => !passed)).toEqual([])
})
