import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'
import { resultLine } from '../../src/report/pretty.ts'
import { createPaint } from '../../src/report/text.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** A scenario's mistakes fail the scenario; podsim's own are told as such; neither throws. */

function scenarioOf(text: string) {
  const loaded = loadScenario(text, 'x.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

describe('what only the run can know', () => {
  test('fails its expectation with its place, and the steps after it run', () => {
    const scenario = scenarioOf(`title: a kind that is gone again
steps:
  - say: CustomResourceDefinition
    expect: { object: widget/a }
  - wait: 5s
`)
    const result = runScenario(scenario, { createSim })
    expect(result.outcome).toBe('failed')
    expect(result.steps[0]?.expectations[0]).toMatchObject({
      place: { line: 4, column: 13 },
      passed: false,
      found: expect.stringContaining('there is no kind "widget"'),
    })
    expect(result.endedAt).toBe(5000)
  })

  test('a step whose time has gone by fails, and runs at once', () => {
    const scenario = scenarioOf(`title: late
steps:
  - wait: { pod: nobody, within: 20s }
  - at: 10s
    kubectl: get nodes
`)
    const { outcome, steps } = runScenario(scenario, { createSim })
    expect(outcome).toBe('failed')
    expect(steps[1]?.problem).toBe('its time, 10s, had gone by: the steps before it took until 20s')
    expect(steps[1]?.output?.exitCode).toBe(0)
  })
})

describe('what a run takes for granted', () => {
  const running = (image: string) =>
    runScenario(scenarioOf(`title: an image\nsteps:\n  - kubectl: run a --image=${image}\n  - wait: 5s\n`), {
      createSim,
    })

  test('L3: images that nobody knows are told with the result; of known ones nothing is said', () => {
    const result = running('corp/app:2')
    const told =
      'image corp/app:2: what it does is not known; taken is that container a of pod default/a starts and runs on, and reads what it is given'
    expect(result.assumed).toEqual([told])
    expect(resultLine(result, 1, createPaint(false)).toString()).toContain(`\n  taken for granted: ${told}\n`)
    expect(running('nginx')).not.toHaveProperty('assumed')
  })

  test('L3: volumes whose storage podsim does not have are told with the result', () => {
    const volumes = '"volumes":[{"name":"v","nfs":{"server":"s","path":"/"}}]'
    const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],${volumes}}}`
    const result = runScenario(scenarioOf(`title: a share\nsteps:\n  - apply: '${pod}'\n  - wait: 5s\n`), { createSim })
    expect(result.assumed).toEqual([
      'volumes of type nfs: podsim has no such storage; taken is that it mounts, and is empty at first',
    ])
  })
})

describe("podsim's own mistakes", () => {
  /** The real simulation, but for one call that has a bug. */
  const withBug = (options: SimOptions) => ({
    ...createSim(options),
    exec: () => {
      throw new TypeError('cannot read the stars')
    },
  })

  test('are told with file and step, and what ran before is kept', () => {
    const scenario = scenarioOf(`title: bug
steps:
  - wait: 5s
  - exec: ls
    in: a
`)
    const { outcome, reason, crash, steps, endedAt } = runScenario(scenario, { createSim: withBug })
    expect(outcome).toBe('broken')
    expect(reason).toBe('podsim is broken at x.yaml:4:5 (kubectl exec a -- sh -c ls): TypeError: cannot read the stars')
    expect(crash).toBeInstanceOf(TypeError)
    expect(steps).toHaveLength(1)
    expect(endedAt).toBe(5000)
  })
})

test.each(['v1.18', 'v1.26', 'v1.36'])(
  'a step applies one object and several, written in YAML or in JSON (%s)',
  (version) => {
    const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { k: '---' } })
    const scenario = {
      title: 'several objects',
      cluster: { version },
      steps: [{ apply: object('a') }, { apply: [object('b'), object('c')] }],
    }
    const [b, c] = ['b', 'c'].map(
      (name) => `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} }, data: { k: '---' } }`,
    )
    const written = `title: the same in YAML
cluster: { version: ${version} }
steps:
  - apply: ${c}
  - apply:
      - ${b}
      - ${c}
`
    for (const text of [JSON.stringify(scenario), written]) {
      const result = runScenario(scenarioOf(text), { createSim })
      expect(result.steps.map(({ output }) => output?.stderr)).toEqual(['', ''])
      expect(result.outcome).toBe('passed')
    }
  },
)
