import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/index.ts'
import { loadScenario } from '../../../src/scenario/load.ts'
import type { StepAction } from '../../../src/scenario/model.ts'
import { savedText } from '../../../src/ui/model/saving.ts'
import { typedAction } from '../../../src/ui/world/doing.ts'
import { type Recipe, withDoing } from '../../../src/ui/world/recipe.ts'
import type { Recording } from '../../../src/ui/world/recording.ts'
import { ranWorld } from '../../../src/ui/world/run-world.ts'
import { firstDifference } from '../../../src/ui/world/world.ts'

/** Worlds are run again from their recipe: a fork is what its parent was until the doing, and something else from then on. */

const lesson = `title: a lesson
steps:
  - apply: {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: "swordfish"}}
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /etc/v}]}]
        volumes: [{name: v, secret: {secretName: s}}]
  - wait: {pod: p, ready: true, within: 1m}
  - wait: 2m
  - kubectl: get secrets
`

function recipeOf(text: string): Recipe {
  const loaded = loadScenario(text, 'lesson.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  return { scenario: loaded.value, seed: 'a', knobs: {}, doings: [], until: undefined }
}

const recipe = recipeOf(lesson)
const run = (given: Recipe): Recording => {
  const { recording } = ranWorld(given, { createSim })
  if (recording === undefined) throw new Error('it was recorded')
  return recording
}
const trunk = run(recipe)
const typed = (line: string): StepAction => {
  const action = typedAction(line)
  if (action === undefined) throw new Error('something was typed')
  return action
}
const linesOf = ({ journal }: Recording) => journal.records.map((record) => JSON.stringify(record))

describe('a world', () => {
  test('is the same as often as it is run, and a fork without anything else is its parent', () => {
    expect(run(recipe).result.digest).toBe(trunk.result.digest)
    const longer = run({ ...recipe, until: trunk.result.endedAt + 60_000 })
    expect(linesOf(longer).slice(0, trunk.journal.records.length)).toEqual(linesOf(trunk))
    expect(longer.result.endedAt).toBe(trunk.result.endedAt + 60_000)
    expect(firstDifference(longer, trunk, 0)).toBeUndefined()
  })

  test('a doing comes in the middle of a wait, at its instant, and nothing before it changes', () => {
    // An instant at which nothing happens by itself.
    const at = 61_234
    const moments = trunk.moments.filter(({ time }) => time <= at).length
    const fork = run(withDoing(recipe, { at, moments, action: typed('delete pod p --wait=false') }))
    const difference = firstDifference(fork, trunk, 0)
    expect(difference).toMatchObject({ time: at, ours: { type: 'object.updated', actor: 'user/admin' } })
    const before = difference?.ours?.seq ?? 0
    // But for the request, which is the fork's first record of its own.
    const same = linesOf(fork).slice(0, before - 2)
    expect(linesOf(trunk).slice(0, same.length)).toEqual(same)
    expect(fork.moments.find(({ did }) => did?.by === 'player')).toMatchObject({
      ...{ time: at, actor: 'user/admin', text: 'kubectl delete pod p --wait=false' },
    })
    expect(fork.moments.slice(0, moments)).toEqual(trunk.moments.slice(0, moments))
  })

  test('within an instant a doing stands where the cursor stood', () => {
    const first = trunk.moments.findIndex(({ text }) => text.startsWith('creates secret default/s'))
    const moment = trunk.moments[first]
    const fork = run(withDoing(recipe, { at: moment?.time ?? 0, moments: first + 1, action: typed('delete secret s') }))
    const told = fork.moments.map(({ text }) => text)
    expect(told.indexOf('kubectl delete secret s')).toBeGreaterThan(first)
    expect(told.indexOf('kubectl delete secret s')).toBeLessThan(told.indexOf('creates pod default/p'))
  })

  test('who only looks changes nothing, and sees what there is at that moment', () => {
    const fork = run(withDoing(recipe, { at: 30_000, moments: 0, action: typed('get pods') }))
    expect(firstDifference(fork, trunk, 0)).toBeUndefined()
    const output = fork.moments.find(({ kind, time }) => kind === 'output' && time === 30_000)
    expect(output?.text).toMatch(/p +1\/1 +Running/)
  })

  test('what is typed takes no time of its own, and what the scenario types takes what it took without it', () => {
    const action = typed('annotate pod p a=b; kubectl annotate pod p c=d; kubectl get pods')
    const fork = run(withDoing(recipe, { at: 61_234, moments: 0, action }))
    const writes = fork.journal.records.filter(
      ({ type, time, actor }) => type === 'object.updated' && actor === 'user/admin' && time > 60_000,
    )
    expect(writes.map(({ time }) => time)).toEqual([61_234, 61_234])
    const last = (recording: Recording) => recording.moments.find(({ text }) => text === 'kubectl get secrets')?.time
    expect(last(fork)).toBe(last(trunk))
    const read = (recording: Recording) =>
      recording.journal.records.find(
        ({ type, actor, time }) => type === 'request.list' && actor === 'user/admin' && time > 90_000,
      )
    expect(read(fork)?.time).toBe(read(trunk)?.time)
  })

  test('is the same run from the file that is saved of it', () => {
    const forked = withDoing(recipe, { at: 61_234, moments: 0, action: typed('delete secret s') })
    const recording = run(forked)
    const clock = 200_000
    const text = savedText(
      { id: 1, name: 'b', recipe: forked, recording, origin: undefined },
      { world: 1, at: 0, clock },
    )
    const again = run(recipeOf(text))
    const until = (made: Recording) =>
      made.journal.records.filter(({ time }) => time < clock).map((record) => JSON.stringify(record))
    expect(again.result.outcome).toBe('passed')
    expect(until(again)).toEqual(until(recording))
  })

  test('what cannot be done is told at its moment, and the world goes on', () => {
    const action: StepAction = { kind: 'fault', fault: { controller: 'nobody' } }
    const fork = run(withDoing(recipe, { at: 30_000, moments: 0, action }))
    expect(fork.moments.some(({ kind, text }) => kind === 'verdict' && text.includes('nobody'))).toBe(true)
    expect(fork.result.endedAt).toBeGreaterThanOrEqual(330_000)
  })

  test('U2 a knob is turned on every node from the beginning', () => {
    const other = run({ ...recipe, knobs: { strategy: 'Get' } })
    const gets = (recording: Recording) =>
      recording.journal.records.filter(
        ({ type, detail, actor }) => type === 'request.get' && detail?.resource === 'secrets' && actor !== 'user/admin',
      ).length
    expect(gets(other)).toBeGreaterThan(gets(trunk))
    const slow = run({ ...recipe, knobs: { ttl: 120, strategy: 'Cache' } })
    const node = [...slow.history.at(slow.journal.records.length).values()].find(({ key }) => key.kind === 'Node')
    expect(node?.value).toMatchObject({ metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': '120' } } })
  })
})

describe('what is typed', () => {
  test.each([
    ['get pods', { kind: 'kubectl', line: 'get pods', as: undefined }],
    ['kubectl get pods -n x', { kind: 'kubectl', line: 'get pods -n x' }],
    ['@alice get secret s', { kind: 'kubectl', line: 'get secret s', as: 'alice' }],
    ['get pods | wc -l', { kind: 'run', script: 'kubectl get pods | wc -l' }],
    ['echo hello', { kind: 'run', script: 'echo hello' }],
  ])('%s', (line, action) => {
    expect(typedAction(line)).toMatchObject(action)
  })
  test('nothing is nothing', () => expect(typedAction('  ')).toBeUndefined())
})
