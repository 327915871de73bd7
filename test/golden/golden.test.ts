import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { goldenFolder, goldenNames, testGoldenRuns } from './golden-files.ts'

/**
 * Every shipped scenario, held against what it did when somebody last looked; with another seed than its own in another-seed.soak.test.ts. A
 * difference is either a mistake or meant: then `npm run golden -- --update` writes the files again, and their diff is what a reviewer reads.
 */
testGoldenRuns('own')

test('no golden file is left of a scenario that is gone', () => {
  const found = readdirSync(goldenFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(goldenFolder.length + 1))
  expect(found.filter((name) => !goldenNames.includes(name))).toEqual([])
})
