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

/** Runs with a Secret, a Pod that mounts it, command lines and a look into the container; nobody holds them. */
const runs = `
  import { createSim } from './podsim.mjs'
  const containers = [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }]
  const spec = { containers, volumes: [{ name: 'db', secret: { secretName: 'db' } }] }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec }
  for (let i = 0; i < 120; i++) {
    const sim = createSim({ seed: String(i) })
    sim.shell('kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml | kubectl apply -f -')
    sim.apply(pod)
    sim.runFor('1m')
    sim.exec({ pod: 'app' }, ['cat', '/etc/db/password'])
    sim.delays('db')
  }
`

beforeAll(() => {
  bundleScript('src/index.ts', join(folder, 'podsim.mjs'))
  writeFileSync(join(folder, 'copies.mjs'), script)
  writeFileSync(join(folder, 'runs.mjs'), runs)
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

test('a run that nobody holds is gone with the next young collection', () => {
  // As bin/bundle.js sets them: places whose objects lived long make later ones in old space, which holds whole runs.
  const flags = ['--trace-gc', '--semi-space-growth-factor=16', '--no-allocation-site-pretenuring']
  const told = execFileSync(process.execPath, [...flags, join(folder, 'runs.mjs')], { encoding: 'utf8' })
  const collections = [...told.matchAll(/Scavenge ([\d.]+) \([\d.]+\) -> ([\d.]+) /g)]
  // The first runs are those that tables and code are made in.
  const freed = collections.slice(-10).map(([, before, after]) => Number(before) - Number(after))
  expect(freed).toHaveLength(10)
  // Of the 16 MB of a space for young objects; 5 while one closure of each run lay in old space.
  expect(Math.min(...freed.toSorted((a, b) => a - b).slice(2))).toBeGreaterThan(11)
}, 180_000)
