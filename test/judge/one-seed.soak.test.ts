import { expect, test } from 'vitest'
import { ofOneSeed } from './test-timelines.ts'
import { readVectorFile, vectorPaths } from './vectors-folder.ts'

/** Of v1.26 the recordings themselves are judged in a soak, too: timelines-v1.26.soak.test.ts. */
test.each([
  ['v1.18', /^timelines\//],
  ['v1.36', /^v1\.36\/timelines\//],
])(`L1 L2 L6 of the recordings of %s ${ofOneSeed.title}`, (_version, fits) => {
  const paths = vectorPaths().filter((path) => fits.test(path))
  const rows = ofOneSeed.rows(paths.map((path) => readVectorFile(path)))
  expect(rows).toHaveLength(2)
  expect(rows.filter(({ passed }) => !passed)).toEqual([])
})
