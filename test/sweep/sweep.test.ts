import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { mergeShards } from '../../src/cli/merge.ts'
import { sweepRow } from '../../src/cli/run-thread.ts'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'
import { type SweepFlags, sweepScenario } from '../../src/cli/sweep.ts'
import type { Flows } from '../../src/flow/flows.ts'
import { createSim, type OwnProcess, type Sim, type Steps, sleep } from '../../src/index.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { histogram } from '../../src/sweep/histogram.ts'
import { rowOf } from '../../src/sweep/row.ts'
import { readSweep } from '../../src/sweep/sweep-file.ts'
import { inProcess } from '../cli/in-process.ts'

/** One scenario with many seeds: what it says, in one process or in shards that are merged. */

const folder = mkdtempSync(join(tmpdir(), 'podsim-sweep-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const written = (name: string, text: string): string => {
  writeFileSync(at(name), text)
  return at(name)
}

function memory() {
  let text = ''
  const write = (some: { toString(): string }): void => {
    text += some.toString()
  }
  const output = { isColoured: false, out: write, err: write, progress: () => {} }
  return { output, text: () => text.replaceAll(folder, '.') }
}

async function swept(file: string, flags: SweepFlags = {}) {
  const { output, text } = memory()
  const code = await sweepScenario(file, flags, output)
  return { code, text: text() }
}

function merged(files: readonly string[], output?: string) {
  const { output: to, text } = memory()
  const code = mergeShards(files, output === undefined ? {} : { output }, to)
  return { code, text: text() }
}

const pod = (wait: string) => `params: { strategy: Watch }
cluster: { kubelet: { configMapAndSecretChangeDetectionStrategy: "\${{ strategy }}", syncFrequency: 10s } }
thresholds: [{ delay: db, p50: "<= 31s" }]
steps:
  - kubectl: create secret generic db --from-literal=a=old
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: app }
      spec:
        containers:
          - { name: app, image: nginx, volumeMounts: [{ name: db, mountPath: /db }] }
          - { name: fixed, image: nginx, env: [{ name: A, valueFrom: { secretKeyRef: { name: db, key: a } } }] }
        volumes: [{ name: db, secret: { secretName: db } }]
  - wait: { pod: app, ready: true }
  - wait: 20s
    expect: { pod: app, restarts: 0, sometimes: true }
  - kubectl: "patch secret db -p '{\\"stringData\\":{\\"a\\":\\"new\\"}}'"
    expect: { file: /db/a, in: app, content: new, within: ${wait} }
`
const good = written('good.yaml', `title: good\n${pod('1m')}`)
const tight = written('tight.yaml', `title: tight\n${pod('5s')}`)

const wrong = written(
  'wrong.yaml',
  `title: wrong
steps:
  - kubectl: create secret generic db --from-literal=a=hunter2-secret
  - run: kubectl get secret nothing
    continue: true
  - run: echo hunter2-secret
    capture: { kept: { file: /a, in: nothing } }
    continue: true
  - wait: 1s
    expect:
      - { object: secret/db, exists: false, because: hunter2-secret is there }
      - { object: secret/db }
`,
)

describe('the row of a run', () => {
  test('says of what failed all that a run says, though nothing of what passed is told', () => {
    const { loaded } = readScenarioFile(wrong)
    const [scenario] = loaded.ok ? loaded.value : []
    if (scenario === undefined) throw new Error(JSON.stringify(loaded))
    let flows: Flows | undefined
    const started = (sim: Sim): void => {
      flows = sim.flows
    }
    const told = runScenario(scenario, { createSim, seed: '7', started, invariants: false })
    const place = { index: 0, cell: 0 }
    const row = sweepRow(scenario, '7', place, { times: 1, invariants: false })
    expect(row).toEqual(rowOf(place, scenario, told, flows))
    expect(row.failures.map(({ what }) => what)).toEqual([
      'exit code of kubectl get secret nothing',
      'echo <14 bytes, bd69b447>',
      'secret/db does not exist',
    ])
  })
})

describe('a sweep in shards', () => {
  test('is, merged, what one process makes of it, byte for byte, in any order', async () => {
    const flags = { seeds: '1..3', matrix: ['strategy=Watch,Cache'] }
    const all = await swept(good, { ...flags, output: at('all.json') })
    expect(all.code, all.text).toBe(0)
    const shards = await Promise.all(
      ['1/4', '2/4', '3/4', '4/4'].map((shard, i) => swept(good, { ...flags, shard, output: at(`${i}.json`) })),
    )
    // What all runs together say is not said of one part.
    expect(shards.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    const files = [at('2.json'), at('0.json'), at('3.json'), at('1.json')]
    expect(merged(files, at('merged.json'))).toEqual(all)
    expect(readFileSync(at('merged.json'), 'utf8')).toBe(readFileSync(at('all.json'), 'utf8'))
    // Jobs and arrays count their parts from 0.
    const text = (name: string) => readFileSync(at(name), 'utf8')
    await swept(good, { ...flags, index: '1/4', output: at('index.json') })
    expect(text('index.json')).toBe(text('1.json'))
    expect(merged(files.slice(1))).toMatchObject({ code: 3, text: expect.stringMatching(/\nmissing: shard 3\/4\n$/) })
    expect(merged([at('0.json'), at('index.json'), at('1.json')])).toEqual({
      code: 2,
      text: 'error: ./1.json and ./index.json both have the run with seed 2\n',
    })
    const other = written('other.json', text('1.json').replace(/"sha256":"./, '"sha256":"x'))
    expect(merged([at('0.json'), other])).toEqual({
      code: 2,
      text: "error: ./other.json is of another sweep than ./0.json: the scenario's text differs\n",
    })
    const cut = written('cut.json', text('all.json').replace(/,\n[^\n]*\n\]\}\n$/, '\n]}\n'))
    expect(merged([cut]).text).toMatch(/\n1 run not made\nmissing: 1 runs of \.\/cut\.json\n$/)
  })

  test('tells delays by strategy, Secret and container, with those that never come', async () => {
    const { text } = await swept(good, { seeds: '1..2', matrix: ['strategy=Watch,Cache'] })
    expect(text).toMatch(/^good \[strategy=Watch\] {2}\.\/good\.yaml\n {2}2 runs: 2 passed\n/)
    expect(text).toMatch(
      /\n {2}default\/db in app\/app, Watch\n {4}2 updates: min \S+, p50 \S+, p90 \S+, p99 \S+, max \S+\n {4,}\S+ █+ [12]\n/,
    )
    expect(text).toMatch(/\n {2}default\/db in app\/fixed, Cache\n {4}2 never seen\n/)
    expect(text).toMatch(
      /good \[strategy=Cache\], 2 runs together\n {2}✓ sometimes .*\n.*\n {2}✓ p50 of the delays of db <= 31s/,
    )
  })

  test('names what fails, with the command that repeats it', async () => {
    const { code, text } = await swept(tight, { seeds: '1..4', set: { strategy: 'Get' } })
    expect(code).toBe(1)
    expect(text).toMatch(
      /\n {2}seed \d failed\n {4}file \/db\/a .* within 5s {2}\.\/tight\.yaml:\d+:\d+\n {6}found: .*\n {4}repeat with: podsim run \.\/tight\.yaml --seed \d --set strategy=Get\n/,
    )
  })
})

describe('what is refused', () => {
  test.each<[SweepFlags, string]>([
    [{ shard: '3/2' }, '--shard "3/2": expected a part such as 1/3'],
    [{ index: '2/2' }, '--index "2/2": expected a part such as 0/3'],
    [{ matrix: ['strategy'] }, '--matrix "strategy": expected values such as strategy=Watch,Cache'],
    [{ matrix: ['stratgy=Get'] }, '--set stratgy: no scenario has a variable of that name; did you mean strategy?'],
    [{ seeds: '9..1' }, '--seeds "9..1": the range of seeds ends before it begins'],
  ])('%j', async (flags, message) => {
    expect(await swept(good, flags)).toEqual({ code: 2, text: `error: ${message}\n` })
  })

  test.each([
    ['', 'it is no JSON'],
    ['[]', 'it is no file of a sweep: the whole is an empty list; expected a map'],
    ['{"schema":2}', 'it is no file of a sweep: missing key "podsim" at the top; expected a text'],
  ])('the file %j', (text, message) => {
    expect(readSweep(text)).toEqual({ ok: false, message })
    expect(merged([written('bad.json', text)])).toEqual({ code: 2, text: `error: ./bad.json: ${message}\n` })
  })

  test('a file that points at what it does not have', async () => {
    await swept(good, { seeds: '1..1', output: at('one.json') })
    const text = readFileSync(at('one.json'), 'utf8')
    expect(readSweep(text).ok).toBe(true)
    for (const wrong of [text.replace('"index":0', '"index":1'), text.replace('"delays":[[0', '"delays":[[9')])
      expect(readSweep(wrong)).toMatchObject({
        ok: false,
        message: expect.stringContaining('a run that it cannot have'),
      })
  })
})

test('bars have round widths, and none of the values is lost', () => {
  expect(histogram([])).toEqual([])
  expect(histogram([5])).toEqual([{ fromMs: 5, count: 1 }])
  const values = Array.from({ length: 1000 }, (_, i) => 1234 + i * 61)
  const bars = histogram(values)
  expect(bars[0]).toEqual({ fromMs: 0, count: 144 })
  expect(bars.map(({ fromMs }) => fromMs)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000])
  expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
})

test('the shipped Indexed Job runs in podsim: each Pod makes the shard of its index, and merged they are the sweep', async () => {
  const manifest = readFileSync('examples/sweep/job.yaml', 'utf8')
  const commands = new Map<string, readonly string[]>()
  let [running, most] = [0, 0]
  function* program({ args, env, readFile, writeFile }: OwnProcess): Steps<number> {
    most = Math.max(most, ++running)
    yield* sleep('30s')
    running--
    const index = env.get('JOB_COMPLETION_INDEX') ?? ''
    commands.set(index, args)
    return readFile('/scenario/rotation.yaml') === 'title: it\n' && writeFile(`/out/shard-${index}.json`, '') ? 0 : 1
  }
  const images = [{ name: 'registry.example.com/podsim', program }]
  const sim = createSim({ version: 'v1.28', nodes: 4, images })
  sim.apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rotation' }, data: { 'rotation.yaml': 'title: it\n' } },
    {
      ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'shared' } },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany'], hostPath: { path: '/srv/out' } },
    },
    manifest,
  )
  const waited = sim.kubectl('wait --for=condition=complete --timeout=1h job/sweep')
  expect(waited.stdout + waited.stderr).toBe('job.batch/sweep condition met\n')
  expect(sim.get('Job', 'sweep')).toMatchObject({ status: { succeeded: 8, completedIndexes: '0-7' } })
  expect(most).toBe(4)
  expect([...commands.keys()].sort()).toEqual([...'01234567'])
  for (const args of commands.values()) {
    const given = args.map((each) =>
      each
        .replace('/scenario/rotation.yaml', good)
        .replace('1..10000', '1..2')
        .replace('--jobs=2', '--jobs=1')
        .replace('/out/', `${folder}/job-`),
    )
    const { code, stderr } = await inProcess(given, { cwd: folder })
    expect(code, stderr).toBe(0)
  }
  const shards = [...commands.keys()].map((index) => at(`job-shard-${index}.json`))
  await swept(good, { seeds: '1..2', output: at('whole.json') })
  expect(merged(shards, at('from-job.json')).code).toBe(0)
  expect(readFileSync(at('from-job.json'), 'utf8')).toBe(readFileSync(at('whole.json'), 'utf8'))
})
