import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutant } from '../test/mutants/mutant.ts'
import { mutants } from '../test/mutants/mutants.ts'
import { withoutParts } from '../test/mutants/without.ts'

/**
 * `npm run mutants [word...]`: plants each mistake of the table (those whose name has one of the words) into the sources, by itself,
 * and runs the tests that are to notice it. One that nobody notices is a hole in the tests: exit code 1.
 */
const root = join(import.meta.dirname, '..')
const words = process.argv.slice(2)
const chosen = [...withoutParts, ...mutants].filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
)
const folder = mkdtempSync(join(tmpdir(), 'podsim-mutants-'))
/** States of tests that were run. */
const ran: readonly string[] = ['passed', 'failed']
let survivors = 0

for (const mutant of chosen) {
  const failed = failuresWith(mutant)
  if (failed.length === 0) survivors++
  const told = failed.length === 0 ? 'nobody noticed' : `${failed.length} tests noticed, such as: ${failed[0]}`
  process.stdout.write(`${failed.length === 0 ? '✗' : '✓'} ${mutant.name}: ${told}\n`)
}
rmSync(folder, { recursive: true })
process.stdout.write(`${chosen.length} mistakes planted, ${chosen.length - survivors} noticed\n`)
process.exit(survivors === 0 ? 0 : 1)

/** Titles of the tests that fail with the mistake. */
function failuresWith({ file, from, to, noticedBy }: Mutant): readonly string[] {
  const report = join(folder, 'report.json')
  const { stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      // A soak may be what notices.
      ...['--mode', 'soak'],
      ...noticedBy.tests,
      ...(noticedBy.titles === undefined ? [] : ['-t', noticedBy.titles]),
      '--testTimeout=600000',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { cwd: root, encoding: 'utf8', env: { ...process.env, PODSIM_PLANTED: JSON.stringify({ file, from, to }) } },
  )
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report // vitest writes it
  const broken = testResults.find(({ assertionResults, message }) => assertionResults.length === 0 && message !== '')
  if (broken !== undefined) throw new Error(`a test file did not load: ${broken.message}\n${stderr}`)
  const isRun = testResults.some(({ assertionResults }) => assertionResults.some(({ status }) => ran.includes(status)))
  if (!isRun) throw new Error(`no test of ${noticedBy.tests.join(', ')} has the title ${noticedBy.titles}`)
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
  )
}

interface Report {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[]
  }[]
}
