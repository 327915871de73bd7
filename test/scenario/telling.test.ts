import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differenceText } from '../../src/cli/determinism.ts'
import type { Output } from '../../src/cli/output.ts'
import { openReports, reporterNames } from '../../src/cli/reporters.ts'
import type { RunFlags } from '../../src/cli/reports.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createSim } from '../../src/index.ts'
import { revealed } from '../../src/looks/redaction.ts'
import { repeatCommand } from '../../src/report/pretty.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Scenario } from '../../src/scenario/model.ts'
import type { ScenarioResult } from '../../src/scenario/result.ts'
import { runInSlices, runScenario } from '../../src/scenario/run.ts'
import { keyOf, paneNames } from '../../src/ui/model/panes.ts'
import { tries } from '../tries.ts'
import { playedOn } from '../ui/played.ts'

function scenarioOf(source: object, file = 'x.yaml'): Scenario {
  const loaded = loadScenario(JSON.stringify(source), file, { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

/** All that `podsim run` writes of a scenario, by one reporter. */
function told(
  scenario: Scenario,
  given: Partial<RunFlags>,
): { readonly text: string; readonly result: ScenarioResult } {
  let text = ''
  const write = (some: { toString(): string }): void => {
    text += some.toString()
  }
  const output: Output = { isColoured: false, out: write, err: write, progress: () => {} }
  const flags: RunFlags = { story: 'always', ...given }
  const opened = openReports(flags, output)
  if (!opened.ok) throw new Error(opened.message)
  const { report } = opened
  const reveal = given.reveal ?? false
  const result = runScenario(scenario, { createSim, reveal, ...report.story(scenario, scenario.seed) })
  report.result(result, 1, true)
  report.end({ results: [result], invalid: 0, left: 0, together: [], isOne: true })
  return { text, result }
}

/** A Secret on every way that a value can take into a run, and every expectation wrong, so that all is told. */
function leaky(value: string): object {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [
        {
          name: 'a',
          image: 'busybox',
          command: ['sh', '-c', 'echo got $PASSWORD; echo $PASSWORD > /dev/termination-log; sleep 1000'],
          env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        },
        {
          name: 'b',
          image: 'busybox',
          command: ['$(PASSWORD)'],
          env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        },
      ],
      volumes: [{ name: 'v', secret: { secretName: 'db' } }],
    },
  }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: value } }
  return {
    title: 'values on every way',
    steps: [
      { say: `the password is ${value}`, apply: [secret, pod] },
      { kubectl: `create secret generic other --from-literal=token=${value}-2` },
      { run: `echo -n ${value}-3 > f\nkubectl create secret generic third --from-file=f` },
      { wait: { pod: 'p', phase: 'Running', within: '30s' } },
      { expect: { file: '/v/password', in: 'p/a', content: 'wrong', because: `it is ${value}` } },
      { expect: { file: '/v/password', in: 'p/a', content: value } },
      { expect: { env: 'PASSWORD', in: 'p/a', value: 'wrong' } },
      { expect: { logs: 'p/a', contains: 'wrong' } },
      { expect: { object: 'secret/db', matches: { data: { password: 'wrong' } } } },
      { expect: { etcd: 'db', lacks: value } },
      { expect: { node_files: value, exists: false } },
      { kubectl: 'get nodes', output: { contains: value } },
    ],
  }
}

const secretValue = fc
  .string({ unit: fc.constantFrom(...'abcXYZ0123456789-_!'), minLength: 10, maxLength: 24 })
  .filter((text) => /\d/.test(text) && /^[a-zA-Z]/.test(text))

describe("S2, decision 10: podsim's own words hold no value of a Secret", () => {
  test('in story, verdicts, failures, JSON, records and player, whatever the value', () => {
    fc.assert(
      fc.property(secretValue, (value) => {
        const scenario = scenarioOf(leaky(value))
        const written = reporterNames.map((name) => told(scenario, { reporter: [name], verbose: true }).text)
        // Every pane of the player, of every object; what commands printed there is the commands' own.
        const player = playedOn(scenario, { columns: 200, rows: 60 })
        player.press('end')
        for (const pane of paneNames) {
          player.press(keyOf(pane))
          if (pane !== 'output') written.push(player.screen())
        }
        for (let i = 0; i < 12; i++) {
          player.press('6')
          written.push(player.press(')').screen(), player.press('7').screen())
        }
        written.push(player.press('y').screen())
        for (const text of written) {
          expect(text).not.toContain(value)
          expect(text).not.toContain(btoa(value))
        }
      }),
      { numRuns: tries(4, 'dear') },
    )
  })

  test('--reveal shows them, and what a command prints stays as a real cluster prints it', () => {
    expect(told(scenarioOf(leaky('s3cr3t-value')), { reveal: true }).text).toContain('it says "s3cr3t-value"')
    const printed = {
      title: 'x',
      steps: [{ run: 'kubectl create secret generic a --from-literal=k=s3cr3t-value\nkubectl get secret a -o yaml' }],
    }
    const { text } = told(scenarioOf(printed), {})
    expect(text).toContain(
      `| data:\n                |   k: ${btoa('s3cr3t-value')}`.replaceAll('                |', '              |'),
    )
    expect(text).not.toContain('--from-literal=k=s3cr3t-value')
  })
})

describe('what reaches a terminal', () => {
  const hostile = '\u001b]0;X\u0007\u001b[2J\u009b31m\u202eevil\u0007'
  const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

  test('obeys nothing that stands in a scenario or its file name', () => {
    const source = {
      title: hostile,
      description: hostile,
      seed: hostile,
      steps: [
        { say: hostile, run: `echo '${hostile}'`, output: { contains: hostile } },
        { kubectl: `get pods ${hostile}`, output: { exitCode: 1, stderr: hostile } },
        {
          apply: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'c', annotations: { a: hostile } },
            data: { k: hostile },
          },
        },
        { expect: { object: 'configmap/c', matches: { data: { k: 'x' } }, because: hostile } },
        // Names that no object can have are refused when the file is loaded.
        { expect: { pod: 'nobody', phase: 'Running' } },
        { expect: { event: hostile, on: 'pod/x', message: hostile } },
        { exec: `echo ${hostile}`, in: 'nobody', output: { exitCode: 1 } },
      ],
    }
    const scenario = scenarioOf(source, `${hostile}\n✓ all passed.yaml`)
    for (const reporter of reporterNames) {
      const { text } = told(scenario, { reporter: [reporter], verbose: true })
      expect(text).toContain('evil')
      expect(text).not.toMatch(forbidden)
      expect(text).not.toMatch(/^✓ all passed/m)
    }
  })
})

describe('the command that repeats a run', () => {
  const resultOf = (file: string, seed: string, settings = {}) =>
    ({ scenario: { file, settings }, seed }) as unknown as ScenarioResult // what repeatCommand looks at

  test('keeps its options, and a seed is never a command', () => {
    expect(repeatCommand(resultOf('a b.yaml', 'a b; rm -rf $HOME'), { maxEvents: 9, runs: 3, reveal: true })).toBe(
      "podsim run 'a b.yaml' --seed 'a b; rm -rf $HOME' --max-events 9 --verify-determinism 3 --reveal",
    )
    expect(repeatCommand(resultOf('a.yaml', '1', { to: "it's" }), {})).toBe(
      "podsim run a.yaml --seed 1 --set 'to=it'\\''s'",
    )
    expect(repeatCommand(resultOf('-x.yaml', '-1'), {})).toBe('podsim run ./-x.yaml --seed=-1')
  })
})

describe('a run in slices', () => {
  const long = scenarioOf({
    title: 'long',
    steps: [
      {
        apply: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p' },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
      { wait: { pod: 'p', ready: true } },
      { wait: '1m', expect: { pod: 'p', phase: 'Failed', never: '30s' } },
      { kubectl: 'wait --for=delete pod/p --timeout=2m', output: { exitCode: 1 } },
      { run: 'for i in 1 2 3; do sleep 20; kubectl get pods; done' },
    ],
  })

  test('is the same run, wherever the slices end', () => {
    const { digest } = runScenario(long, { createSim })
    for (const every of [2, 10]) {
      let asked = 0
      const slices = runInSlices(long, { createSim }, () => ++asked % every === 0)
      let count = 0
      for (let step = slices.next('go'); ; step = slices.next('go')) {
        if (step.done === true) {
          expect(step.value).toMatchObject({ digest, outcome: 'passed' })
          break
        }
        count++
      }
      expect(count).toBeGreaterThan(3)
    }
  })

  const stoppedIn = (scenario: Scenario, slice: number) => {
    const slices = runInSlices(scenario, { createSim }, () => true)
    for (let i = 0; i < slice; i++) expect(slices.next('go').done).toBe(false)
    const { done, value } = slices.next('stop')
    expect(done).toBe(true)
    return value
  }

  test('stops where it is told to, with what was done until then', () => {
    expect(stoppedIn(long, 5)).toMatchObject({
      outcome: 'interrupted',
      reason: expect.stringMatching(/^interrupted after \d of 5 steps$/),
    })
  })

  test.each([
    { kubectl: 'wait --for=condition=Ready pod/p --timeout=900000h' },
    { run: 'for i in 1 2 3 4 5 6 7 8 9; do sleep 100000; done' },
  ])('stops in the middle of one command: %j', (command) => {
    const steps = [{ kubectl: 'run p --image=busybox -- sh -c "exit 1"' }, command]
    expect(stoppedIn(scenarioOf({ title: 'endless', steps }), 200)).toMatchObject({
      outcome: 'interrupted',
      reason: 'interrupted after 1 of 2 steps',
      steps: [{ output: { stdout: 'pod/p created\n' } }],
    })
  })
})

test('runs that differ are told apart by the first record that does, in context', () => {
  const records = (last: number) =>
    [1, 2, 3, 4, 5].map((seq) => ({
      seq,
      time: seq * 1000,
      actor: 'kubelet/node-1',
      type: 'object.updated',
      cause: 0,
      object: { kind: 'Pod', namespace: 'default', name: 'p' },
      after: { status: { restarts: seq === 5 ? last : 0 } },
    })) as unknown as readonly ClusterRecord[] // as much of a Pod as is compared
  const run = (last: number) => ({ records: records(last), redaction: revealed })
  expect(differenceText({ run: 2, times: 3 }, run(1), run(2)).split('\n')).toEqual([
    'not deterministic: 1 of 3 runs agreed, run 2 differs from record 5 on:',
    '  both   00:00:02.000 kubelet/node-1 object.updated Pod default/p',
    '  both   00:00:03.000 kubelet/node-1 object.updated Pod default/p',
    '  both   00:00:04.000 kubelet/node-1 object.updated Pod default/p',
    '  run 1  00:00:05.000 kubelet/node-1 object.updated Pod default/p, after.status.restarts 1',
    '  run 2  00:00:05.000 kubelet/node-1 object.updated Pod default/p, after.status.restarts 2',
  ])
})

test('a step is told as it ran: exec with its shell, a map as YAML, the output before what its expectations waited for', () => {
  const { text } = told(
    scenarioOf({
      title: 'order',
      steps: [
        {
          apply: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'p' },
            spec: { containers: [{ name: 'c', image: 'nginx' }] },
          },
          expect: { pod: 'p', ready: true, within: '1m' },
        },
        { exec: 'echo $((1 + 1))', in: 'p' },
      ],
    }),
    {},
  )
  expect(text).toContain('kind: Pod\n                metadata:\n                  name: p')
  expect(text).toContain("$ kubectl exec p -- sh -c 'echo $((1 + 1))'")
  expect(text.indexOf('| pod/p created')).toBeLessThan(text.indexOf('Running, ready'))
})
