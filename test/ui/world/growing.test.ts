import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/index.ts'
import { revealed } from '../../../src/looks/redaction.ts'
import type { Sim } from '../../../src/sim/sim.ts'
import { watching } from '../../../src/ui/model/living.ts'
import { firstState } from '../../../src/ui/model/play-state.ts'
import { type Driver, growing, growingFrom } from '../../../src/ui/world/growing.ts'
import { createRecorder } from '../../../src/ui/world/recording.ts'
import { ranWorld, runWorld } from '../../../src/ui/world/run-world.ts'
import { playedOn, scenarioFrom } from '../played.ts'

/** A cluster in which clients work while somebody watches: its recording grows. */

const manifests = `
apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: swordfish }
---
apiVersion: v1
kind: Pod
metadata: { name: app }
spec:
  containers: [{ name: app, image: redis, volumeMounts: [{ name: db, mountPath: /etc/db }] }]
  volumes: [{ name: db, secret: { secretName: db } }]
`
const rotation = `patch secret db -p '{"stringData":{"password":"marlin"}}'`
const scenario = scenarioFrom('title: A served cluster\nsteps:\n- say: Nothing yet.\n')

/** Whoever serves it lets time go by: here the test does. */
function driverOf(sim: Sim, off?: string): Driver & { isOver: boolean } {
  return {
    ...{ isOver: false, told: 'export KUBECONFIG=/home/me/kubeconfig', off },
    ...{ catchUp: () => {}, changed: () => {}, advance: (ms) => sim.runFor(ms) },
  }
}

function watched(off?: string) {
  const sim = createSim({ seed: 'watched', invariants: false })
  const driver = driverOf(sim, off)
  const recording = growingFrom(sim, { scenario, redaction: revealed }, driver)
  const recipe = { scenario, seed: 'watched', knobs: {}, doings: [], until: undefined }
  const world = { id: 0, name: 'main', recipe, recording, origin: undefined }
  const player = playedOn(watching(firstState(world)), { columns: 80, rows: 24 })
  /** What clients do while so much time goes by. */
  const meanwhile = (ms: number, work: (sim: Sim) => unknown = () => {}) => {
    work(sim)
    sim.runFor(ms)
    player.tick(50)
  }
  return { sim, driver, player, meanwhile }
}

describe('a cluster that is watched', () => {
  test('is shown as it goes on: how clients come to it, what they do, the present', () => {
    const { player, meanwhile } = watched()
    expect(player.screen()).toMatch(/● live[\s\S]*export KUBECONFIG[\s\S]*what clients do is told here/)
    meanwhile(20_000, (sim) => sim.apply(manifests))
    expect(player.press('1').screen()).toMatch(/00:00:20\.000[\s\S]*pod app +●[\s\S]*\/etc\/db +A━+│/)
    expect(player.screen()).toMatch(/Running, ready/)
    meanwhile(180_000, (sim) => sim.kubectl(rotation))
    expect(player.screen()).toMatch(/\/etc\/db +A─+●B━+│ \d+\.\d s/)
    expect(player.press('4').screen()).toContain('= cache 0.0 + sync')
  })

  test('a second in which nothing happens is drawn once', () => {
    const { player, meanwhile } = watched()
    meanwhile(1_500)
    const before = player.state()
    meanwhile(200)
    expect(player.state()).toBe(before)
    meanwhile(1_000)
    expect(player.screen()).toContain('00:00:02.000')
  })

  test('whoever goes back stays in the past while it goes on; space follows it again', () => {
    const { player, meanwhile } = watched()
    meanwhile(20_000, (sim) => sim.apply(manifests))
    player.press('1', 'left', 'left')
    expect(player.screen()).toContain('❚❚ the past')
    const { cursor } = player.state()
    meanwhile(180_000, (sim) => sim.kubectl(rotation))
    expect(player.state().cursor).toEqual(cursor)
    expect(player.press('escape').screen()).toContain('space follow')
    expect(player.screen()).not.toMatch(/B[━│]/)
    expect(player.press(' ').screen()).toMatch(/● live[\s\S]*\/etc\/db +A─+●B━+│/)
    player.press('left', 'end', 'right')
    expect(player.screen()).toContain('this is the present; space follows it')
  })

  test('what is typed and what befalls happens now, wherever one looks; what it printed is shown', () => {
    const { sim, player, meanwhile } = watched()
    meanwhile(20_000, (each) => each.apply(manifests))
    player.press('1', 'home', ':').type('get pods').press('enter')
    expect(player.screen()).toMatch(/● live[\s\S]*app +1\/1 +Running/)
    player.press(':').type(rotation).press('enter')
    expect(sim.get('Secret', 'db')?.data).toEqual({ password: 'bWFybGlu' })
    player.press('i', 'down', 'enter')
    meanwhile(1_000)
    expect(player.press('2').screen()).toMatch(/\+ kubectl patch secret db[\s\S]*✗ fault: the kubelet is stopped/)
    player.press('>')
    expect(sim.now()).toBe(321_000)
  })

  test('what would run it again is off, and says why; so is doing something where it is recorded', () => {
    const { player } = watched('it is recorded: clients do what is to be repeated')
    for (const key of ['f', 'o', 'c', 'T', 'p'])
      expect(player.press(key).screen()).toContain(`${key}: what clients do cannot be run again here`)
    expect(player.press(':').screen()).toContain(': it is recorded')
    expect(player.press('i').screen()).toContain('i: it is recorded')
  })

  test('is a run like others once it is over', () => {
    const { driver, player, meanwhile } = watched()
    meanwhile(20_000, (sim) => sim.apply(manifests))
    driver.isOver = true
    expect(player.press('left').screen()).toContain('❚❚ paused')
    expect(player.press(':').screen()).toContain('it is offered no more')
  })
})

describe('the cluster of a moment', () => {
  const lesson = scenarioFrom(`title: a rotation
steps:
  - apply: {apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {password: swordfish}}
  - after: 1m
    say: The password changes.
    kubectl: "patch secret db -p '{\\"stringData\\":{\\"password\\":\\"marlin\\"}}'"
  - after: 1h
    kubectl: delete secret db
`)
  const recipe = { scenario: lesson, seed: 'a', knobs: {}, doings: [], until: undefined }

  /** It goes on from there. */
  function from(moment: { readonly at: number; readonly moments: number }): Sim {
    const recorder = createRecorder()
    let made: Sim | undefined
    const slices = runWorld(
      recipe,
      {
        ...{ recorder, stopAt: moment },
        createSim(options) {
          made = createSim(options)
          return { ...made, dispose: () => {} }
        },
      },
      () => false,
    )
    for (let step = slices.next('go'); ; step = slices.next('go')) {
      if (step.done !== true) continue
      const { recording } = step.value
      if (made === undefined || recording === undefined) throw new Error('it began')
      const open = growing(recording, { sim: made, recorder, driver: driverOf(made) })
      expect(open.result.endedAt).toBe(moment.at)
      expect(open.moments).toHaveLength(moment.moments)
      made.runFor(60_000)
      expect(open.result.endedAt).toBe(moment.at + 60_000)
      return made
    }
  }
  const password = (sim: Sim) => sim.kubectl("get secret db -o 'jsonpath={.data.password}'").stdout

  test('has all that was done by then, within the instant, too, and nothing of what the scenario would do after it', () => {
    const { moments = [] } = ranWorld(recipe, { createSim }).recording ?? {}
    const said = moments.findIndex(({ kind }) => kind === 'say') + 1
    const patched = moments.findIndex(({ text }) => text.startsWith('updates secret')) + 2
    const timeOf = (count: number) => moments[count - 1]?.time ?? -1
    expect(password(from({ at: timeOf(said), moments: said }))).toBe('c3dvcmRmaXNo')
    expect(password(from({ at: timeOf(patched), moments: patched }))).toBe('bWFybGlu')
    expect(password(from({ at: 90_000, moments: patched }))).toBe('bWFybGlu')
    expect(password(from({ at: timeOf(said - 1), moments: said - 1 }))).toBe('c3dvcmRmaXNo')
  })

  test('K is off where nobody can offer it, and says who can', () => {
    const player = playedOn(lesson, { columns: 80, rows: 24 })
    expect(player.press('K').screen()).toContain('K: podsim play --serve offers clusters to kubectl')
  })
})
