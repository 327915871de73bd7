import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleScript } from '../../bench/baseline.ts'

/** What is made once a simulation has hidden classes in common with the simulations before it: docs/decisions/0011. */

const folder = mkdtempSync(join(tmpdir(), 'podsim-hidden-classes-'))
const log = join(folder, 'v8.log')

/** Objects of keys that nobody else has: their hidden classes stand in the log where the copies begin and end. */
const script = `
  import { createSim } from './podsim.mjs'
  const mark = (key) => JSON.parse('{"' + key + '":1}')
  for (let i = 0; i < 12; i++) createSim({ seed: i })
  mark('copiesBegin')
  for (let i = 0; i < 5; i++) createSim({ seed: 'copy-' + i })
  mark('copiesEnd')
`

beforeAll(() => {
  bundleScript('src/index.ts', join(folder, 'podsim.mjs'))
  writeFileSync(join(folder, 'copies.mjs'), script)
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a copy of a booted cluster makes no hidden class', () => {
  const flags = ['--log-maps', '--no-log-maps-details', '--no-logfile-per-isolate', `--logfile=${log}`]
  execFileSync(process.execPath, [...flags, join(folder, 'copies.mjs')])
  const made = readFileSync(log, 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('map,Transition,'))
  const [begin = -1, end = -1] = ['copiesBegin', 'copiesEnd'].map((key) => made.findIndex((line) => line.endsWith(key)))
  expect(begin).toBeGreaterThan(0)
  const keys = made.slice(begin + 1, end).map((line) => line.split(',').at(-1) ?? '')
  // The first copies are still learnt from; five copies had 400 while literals began with a spread.
  expect(keys.length).toBeLessThan(10)
}, 180_000)
