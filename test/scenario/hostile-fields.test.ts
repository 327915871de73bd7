import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Output } from '../../src/cli/output.ts'
import { jsonReport, prettyReport, type RunFlags } from '../../src/cli/reports.ts'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Scenario } from '../../src/scenario/model.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { keyOf, paneNames } from '../../src/ui/model/panes.ts'
import { tries } from '../tries.ts'
import { playedOn } from '../ui/played.ts'

/** Whatever stands in an object's fields: what podsim shows of it gives a terminal no orders and turns no line around. */

const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** Window titles, cleared screens, colours in one byte, texts from right to left, carriage returns, with words between. */
const orders = [
  '\u001b]0;X\u0007',
  '\u001b[2J',
  '\u009b31m',
  '\u202e',
  '\u2066',
  '\r',
  '\u0008',
  '\u001bPq\u001b\\',
  'é',
]
const hostileText = fc
  .array(fc.constantFrom(...orders), { minLength: 3, maxLength: 6 })
  .map((parts) => `${parts.join('w')}evil`)

const object = (apiVersion: string, kind: string, name: string, rest: object, metadata: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, ...metadata },
  ...rest,
})

/** Every field that takes any text and is shown somewhere, and some whose refusal shows it. */
function withEverywhere(hostile: string): object {
  const annotations = { a: hostile, 'kubernetes.io/change-cause': hostile }
  const container = (name: string, more: object) => ({ name, image: 'busybox', ...more })
  const pod = (name: string, spec: object) => object('v1', 'Pod', name, { spec }, { annotations })
  const says = ['sh', '-c', 'echo "$0"; echo "$0" > /dev/termination-log; exit 3', hostile]
  const objects = [
    object('v1', 'Secret', 's', { stringData: { k: hostile }, type: hostile }, { annotations }),
    object('v1', 'ConfigMap', 'c', { data: { k: hostile } }, { annotations }),
    pod('says', {
      containers: [container('a', { command: says, args: [hostile], env: [{ name: 'E', value: hostile }] })],
      volumes: [{ name: 'v', secret: { secretName: 's', items: [{ key: 'k', path: 'x' }] } }],
    }),
    pod('image', { containers: [{ name: 'a', image: hostile }] }),
    pod('command', { containers: [container('a', { command: [hostile], workingDir: hostile })] }),
    pod('probed', {
      containers: [container('a', { livenessProbe: { exec: { command: [hostile] } }, lifecycle: {} })],
      nodeSelector: {},
      schedulerName: hostile,
    }),
    object('v1', 'Event', 'e', {
      ...{ type: 'Warning', reason: hostile, message: hostile, source: { component: hostile, host: hostile } },
      ...{ involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'says', namespace: 'default', fieldPath: hostile } },
    }),
  ]
  const refused = [
    pod('names', { containers: [container('a', { envFrom: [{ secretRef: { name: hostile } }] })] }),
    object('v1', 'Secret', 'key', { stringData: { [hostile]: 'x' } }),
    object('v1', 'ConfigMap', 'label', {}, { labels: { a: hostile } }),
  ]
  const looks = ['get pods -o wide', 'get pods,secrets,events -o wide', 'describe pods', 'describe secret s']
  const more = ['describe configmap c', 'get events', 'get cm c -o yaml', 'get cm c -o json', 'logs says']
  const all = [...objects, ...refused]
  return {
    title: 'hostile fields',
    files: Object.fromEntries(all.map((each, at) => [`${at}.json`, JSON.stringify(each)])),
    steps: [
      ...all.map((_each, at) => ({ kubectl: `apply -f ${at}.json` })),
      { wait: '1m' },
      ...[...looks, ...more].map((line) => ({ kubectl: line })),
      { expect: { object: 'configmap/c', matches: { data: { k: 'x' } } } },
      { expect: { logs: 'says', contains: 'nothing' } },
      { expect: { event: 'Failed', on: 'pod/command', message: 'nothing' } },
      { expect: { env: 'E', in: 'says', value: 'x' } },
    ],
  }
}

function scenarioOf(source: object): Scenario {
  const loaded = loadScenario(JSON.stringify(source), 'x.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

function told(scenario: Scenario, reporter: 'pretty' | 'json'): string {
  let text = ''
  const write = (some: { toString(): string }): void => {
    text += some.toString()
  }
  const output: Output = { isColoured: false, out: write, err: write, progress: () => {} }
  const flags: RunFlags = { reporter: [reporter], story: 'always', verbose: true }
  const report = reporter === 'json' ? jsonReport(flags, output) : prettyReport(flags, output)
  report.result(runScenario(scenario, { createSim, ...report.story(scenario, 'x') }), 1, true)
  return text
}

describe('S2: hostile fields of objects', () => {
  test('reach no terminal as they are: story, verdicts, reports, and every pane of the player', () => {
    fc.assert(
      fc.property(hostileText, (hostile) => {
        const scenario = scenarioOf(withEverywhere(hostile))
        const pretty = told(scenario, 'pretty')
        expect(pretty).toContain('evil')
        for (const text of [pretty, told(scenario, 'json')]) expect(text).not.toMatch(forbidden)
        const player = playedOn(scenario, { columns: 160, rows: 50 })
        player.press('end')
        const screens = paneNames.map((pane) => player.press(keyOf(pane)).screen())
        for (let i = 0; i < 8; i++) screens.push(player.press('6').press(')').screen(), player.press('7').screen())
        for (const screen of screens) expect(screen).not.toMatch(forbidden)
      }),
      { numRuns: tries(8, 'dear'), seed: 8 },
    )
  })
})
