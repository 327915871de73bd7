import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { creationsOf, type PopulationSource } from '../../src/scenario/population.ts'
import { runInSlices, runScenario } from '../../src/scenario/run.ts'

/** A step `populate`: very many Pods in a few words. */

interface Named {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly immutable?: boolean
  readonly spec?: { readonly replicas: number }
}

function created(source: PopulationSource): readonly Named[] {
  // Secrets and Deployments are all that it makes.
  return [...creationsOf(source)].map(({ body }) => body as Named)
}

function scenario(steps: string) {
  const text = `title: many\ncluster: { version: v1.26, nodes: 3 }\nsteps:\n${steps}`
  const loaded = loadScenario(text, 'many.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

const ran = (steps: string) => runScenario(scenario(steps), { createSim })

describe('what a population is made of', () => {
  test('the shared Secret, then each Deployment behind its own Secrets; the last has the Pods that are left', () => {
    const objects = created({ pods: 5, replicas: 2, secrets: 2, shared: 'all', name: 'web', immutable: true })
    expect(objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).toEqual([
      'Secret all',
      ...[0, 1, 2].flatMap((i) => [`Secret web-${i}-0`, `Secret web-${i}-1`, `Deployment web-${i}`]),
    ])
    expect(objects.map(({ immutable }) => immutable === true)).toEqual(
      objects.map(({ kind, metadata: { name } }) => kind === 'Secret' && name !== 'all'),
    )
    expect(objects.flatMap(({ spec }) => spec?.replicas ?? [])).toEqual([2, 2, 1])
  })

  test('each Pod has one Secret of its own unless more is said', () => {
    expect(created({ pods: 2 }).map(({ metadata: { name } }) => name)).toEqual(['app-0-0', 'app-0', 'app-1-0', 'app-1'])
  })
})

describe('a run with a population', () => {
  test('has the Pods, with files and variables, and tells in words what was created, but no value', () => {
    const result = ran(`
  - populate: { pods: 4, replicas: 2, containers: 2, secrets: 1, shared: all, env: true }
    output: { stdout: "created 4 Pods of 2 Deployments with 1 Secret each, and all for all" }
  - wait: { pods: "*", count: 4, ready: true, within: 2m }
    expect:
      - { file: /etc/all/password, in: deploy/app-1, content: password of all }
      - { file: /etc/app-1-0/username, in: deploy/app-1, content: app }
      - { env: PASSWORD_1, in: deploy/app-0, value: password of app-0-0 }
`)
    expect(result.outcome, JSON.stringify(result.steps)).toBe('passed')
  })

  test('a namespace that is not there fails the step with the words of the API server', () => {
    const { outcome, steps } = ran('  - populate: { pods: 1, namespace: nowhere }\n  - wait: 1s\n')
    expect(outcome).toBe('failed')
    expect(steps).toHaveLength(1)
    expect(steps[0]?.output).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nowhere') })
  })

  test('can be stopped between any two of its objects; what comes of it does not hang on its slices', () => {
    const many = scenario('  - populate: { pods: 20, secrets: 2 }\n')
    let slices = 0
    const whole = runInSlices(many, { createSim }, () => true)
    let end = whole.next('go')
    for (; end.done !== true; end = whole.next('go')) slices++
    expect(slices).toBeGreaterThanOrEqual(60)
    expect(end.value.digest).toBe(runScenario(many, { createSim }).digest)
    const stopped = runInSlices(many, { createSim }, () => true)
    for (let i = 0; i < 30; i++) expect(stopped.next('go').done).toBe(false)
    expect(stopped.next('stop').value).toMatchObject({ outcome: 'interrupted' })
  })
})
