import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { withoutParts } from './without.ts'

/** What `npm run mutants` plants can be planted: the run itself takes minutes, and is not part of the tests. */

const root = join(import.meta.dirname, '../..')

test.each([...withoutParts, ...mutants])(
  '$name: its place is there, once, and so are the tests that notice it',
  (mutant) => {
    const { file, from, noticedBy } = mutant
    expect(readFileSync(join(root, file), 'utf8').split(from)).toHaveLength(2)
    for (const path of noticedBy.tests) expect(existsSync(join(root, path)), path).toBe(true)
  },
)
