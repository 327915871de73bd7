import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { list } from '../../src/cli/list.ts'
import type { Output } from '../../src/cli/output.ts'
import type { RunFlags } from '../../src/cli/reports.ts'
import { run } from '../../src/cli/run.ts'

/** What `podsim run` and `podsim list` choose, and what they tell of it, without a process of their own. */

const folder = mkdtempSync(join(tmpdir(), 'podsim-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function scenario(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function memory(): { readonly output: Output; readonly text: () => string } {
  let text = ''
  const write = (some: { toString(): string }): void => {
    text += some.toString()
  }
  return {
    output: { isColoured: false, out: write, err: write, progress: () => {} },
    text: () => text.replaceAll(folder, '.'),
  }
}

async function ran(paths: readonly string[], flags: Partial<RunFlags> = {}) {
  const { output, text } = memory()
  const code = await run(paths, { story: 'never', ...flags }, output)
  return { code, text: text() }
}

const good = scenario('good.yaml', 'title: good\ntags: [quick, pods]\nsteps:\n  - kubectl: get pods\n')
const wrong = scenario(
  'wrong.yaml',
  'title: "wrong <&> | # 100%"\ntags: [slow]\nmatrix: { a: [1, 2] }\nsteps:\n  - say: a ${{ a }}\n    expect: { pod: nobody, because: it is "needed" }\n',
)
const broken = scenario('broken.yaml', 'title: x\nsteps:\n  - kubctl: get pods\n')
const rotation = scenario(
  'rotation.yaml',
  `title: rotation
seeds: 1..3
thresholds:
  - { delay: db, p50: "<= 91s", max: "< 50ms", p99: "<= 2m" }
steps:
  - kubectl: create secret generic db --from-literal=a=b
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: app }
      spec:
        containers: [{ name: app, image: nginx, volumeMounts: [{ name: db, mountPath: /db }] }]
        volumes: [{ name: db, secret: { secretName: db } }]
  - wait: { pod: app, ready: true }
    expect:
      - { pod: app, restarts: ">0", sometimes: true }
      - { pod: app, ready: true, sometimes: true }
  - kubectl: "patch secret db -p '{\\"stringData\\":{\\"a\\":\\"c\\"}}'"
  - wait: 2m
`,
)

function listed(paths: readonly string[], flags: Parameters<typeof list>[1] = {}) {
  const { output, text } = memory()
  const code = list(paths, flags, output)
  return { code, lines: text().trimEnd().split('\n') }
}

describe('which runs there are', () => {
  test('each file, each cell of its matrix, each of its seeds, in that order', () => {
    expect(listed([good, wrong, rotation])).toEqual({
      code: 0,
      lines: [
        './good.yaml  good  seed good  #quick #pods',
        './wrong.yaml  wrong <&> | # 100% [a=1]  seed wrong  #slow',
        './wrong.yaml  wrong <&> | # 100% [a=2]  seed wrong  #slow',
        './rotation.yaml  rotation  seed 1',
        './rotation.yaml  rotation  seed 2',
        './rotation.yaml  rotation  seed 3',
      ],
    })
  })

  test.each([
    [{ seeds: '7..8' }, ['7', '8']],
    [{ seeds: 'a,b,c' }, ['a', 'b', 'c']],
    [{ seed: 'x', seeds: '1..9' }, ['x']],
    [{ seeds: '1..10', shard: '2/3' }, ['2', '5', '8']],
    [{ seeds: '1..10', shard: '3/3' }, ['3', '6', '9']],
  ])('of %j', (flags, seeds) => {
    expect(listed([good], flags).lines.map((line) => /seed (\S+)/.exec(line)?.[1])).toEqual(seeds)
  })

  test.each([
    [['quick'], 1],
    [['quick,slow'], 0],
    [['quick', 'slow'], 3],
    [['!slow'], 4],
  ])('with the tags %j', (tag, count) => {
    expect(listed([good, wrong, rotation], { tag }).lines.filter((line) => line !== '')).toHaveLength(count)
  })

  test('as JSON, one a line', () => {
    const [line = ''] = listed([wrong], { json: true, set: { a: '2' } }).lines
    expect(JSON.parse(line)).toMatchObject({ seed: 'wrong', tags: ['slow'], settings: { a: '2' } })
  })

  test.each([
    [{ shard: '4/3' }, '--shard "4/3": expected a part such as 1/3'],
    [{ seeds: '9..1' }, '--seeds "9..1": the range of seeds ends before it begins'],
    [{ set: { b: '1' } }, '--set b: no scenario has a variable of that name; did you mean a?'],
    [{ title: '(' }, '--title "(" is no regular expression'],
  ])('is refused: %j', (flags, message) => {
    const { code, lines } = listed([wrong], flags)
    expect(code).toBe(2)
    expect(lines.join('\n')).toContain(message)
  })
})

test('another version of Kubernetes can be asked for, and is part of the command that repeats', async () => {
  const asks = scenario(
    'asks.yaml',
    'title: asks\nseeds: 1..2\nsteps:\n  - kubectl: version --short\n    output: { stdout: "...\\nServer Version: v1.27.#" }\n',
  )
  expect((await ran([asks], { version: 'v1.27' })).code).toBe(0)
  const { code, text } = await ran([asks], { version: 'v1.26' })
  expect(code).toBe(1)
  expect(text).toContain('--version v1.26')
})

test('what is odd about a file is told when it is run, and stops nothing', async () => {
  const odd = scenario(
    'odd.yaml',
    'title: odd\nsteps:\n  - apply:\n      apiVersion: v1\n      kind: Secret\n      metadata: { name: s }\n      data:\n        a: |\n          YWJj\n          ZGVm\n',
  )
  const { code, text } = await ran([odd], { reporter: ['json'] })
  expect(code).toBe(0)
  expect(text).toContain('./odd.yaml:8:12: warning NEWLINES_IN_VALUE: ')
})

describe('reporters', () => {
  const failing = () => ran([good, wrong, broken], { reporter: ['github'] })

  test('github: annotations on the lines of what is wrong', async () => {
    const { code, text } = await failing()
    expect(code).toBe(2)
    expect(text.trimEnd().split('\n')).toEqual([
      '::error file=./broken.yaml,line=3,col=5,title=UNKNOWN_STEP::unknown key "kubctl" in steps[0]; expected one of kubectl, run, apply, exec, request, populate, wait, use, include, fault, say, ask, expect, capture%0Adid you mean "kubectl"?',
      '::error file=./wrong.yaml,line=6,col=13,title=pod nobody exists::found there is no such pod%0Abecause it is "needed"%0Arepeat with: podsim run ./wrong.yaml --seed wrong --set a=1',
      '::error file=./wrong.yaml,line=6,col=13,title=pod nobody exists::found there is no such pod%0Abecause it is "needed"%0Arepeat with: podsim run ./wrong.yaml --seed wrong --set a=2',
    ])
  })

  test('junit, tap and markdown in files, beside the pretty one', async () => {
    const [junit, tap, markdown] = ['out.xml', 'out.tap', 'out.md'].map((name) => join(folder, name))
    const reporter = ['pretty', `junit=${junit}`, `tap=${tap}`, `markdown=${markdown}`]
    const { text } = await ran([good, wrong, broken], { reporter, set: { a: '1' } })
    expect(text).toMatch(/\n3 scenarios: 1 passed, 1 failed, 1 not loaded\n$/)
    const read = (path = '') => readFileSync(path, 'utf8').replaceAll(folder, '.')
    expect(read(junit)).toMatch(
      /<testsuites name="podsim" tests="3" failures="1" errors="1" skipped="0" time="0\.0\d\d">/,
    )
    expect(read(junit)).toContain('name="wrong &lt;&amp;&gt; | # 100% [a=1] (seed wrong)"')
    expect(read(junit)).toContain(
      '<failure message="pod nobody exists" type="failed">./wrong.yaml:6:13&#10;found there is no such pod&#10;because it is &quot;needed&quot;',
    )
    expect(read(tap).split('\n')).toEqual([
      'TAP version 14',
      'not ok 1 - ./broken.yaml loads',
      '  ---',
      '  - code: UNKNOWN_STEP',
      expect.stringContaining('    message: "unknown key'),
      '  ...',
      'ok 2 - good (./good.yaml, seed good)',
      'not ok 3 - wrong <&> | \\# 100% [a=1] (./wrong.yaml, seed wrong)',
      '  ---',
      '  - at: "./wrong.yaml:6:13"',
      '    message: "pod nobody exists\\nfound there is no such pod\\nbecause it is \\"needed\\""',
      '  - repeat: "podsim run ./wrong.yaml --seed wrong --set a=1"',
      '  ...',
      '1..3',
      '',
    ])
    expect(read(markdown)).toContain(
      '| ✗ failed | wrong \\<&\\> \\| \\# 100% \\[a=1\\] | `./wrong.yaml` | `wrong` | 0s |',
    )
  })

  test.each([
    [
      ['junti'],
      '--reporter junti: expected one of pretty, plain, json, junit, tap, github, markdown; did you mean junit?',
    ],
    [['junit='], '--reporter junit=: expected the name of a file behind ='],
    [
      ['pretty', 'json'],
      'two reporters write to standard output, pretty and json; give one a file: --reporter json=FILE',
    ],
    [['junit=/nowhere/at/all.xml'], '--reporter junit=/nowhere/at/all.xml: the file cannot be written (ENOENT)'],
  ])('%j are refused', async (reporter, message) => {
    expect(await ran([good], { reporter })).toEqual({ code: 2, text: `error: ${message}\n` })
  })
})

describe('what several seeds say together', () => {
  test('thresholds are judged by all values, and only when there are enough; sometimes is once at least', async () => {
    const { code, text } = await ran([rotation])
    expect(code, text).toBe(1)
    expect(text).toMatch(/rotation, 3 runs together\n/)
    expect(text).toMatch(/\? sometimes pod app has restarted >0 times .*\n +true in 0 of 3 runs\n/)
    expect(text).toMatch(/✓ sometimes pod app is ready .*\n +true in 3 of 3 runs\n/)
    expect(text).toMatch(/✓ p50 of the delays of db <= 1m31s .*\n +\S+ of 3 values from \S+ to \S+\n/)
    expect(text).toMatch(
      /\? p99 of the delays of db <= 2m .*\n +3 values; 100 are needed: run it with more seeds, such as --seeds 1\.\.100\n/,
    )
    expect(text).toMatch(/✗ max of the delays of db < 0\.05s /)
  })

  test('what is open after all is exit code 3; of one run alone it is no failing', async () => {
    const open = scenario('open.yaml', 'title: open\nsteps:\n  - say: a\n    expect: { pod: a, sometimes: true }\n')
    expect((await ran([open], { seeds: '1..2' })).code).toBe(3)
    expect((await ran([open])).code).toBe(0)
  })
})
