import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSim, resources, type Sim, type Steps, sleep, wait } from '../../src/index.ts'
import { plans, runPlan } from '../../src/testing/fast-check.ts'
import { tries } from '../tries.ts'

const secret = (value: string, name = 'db') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  stringData: { password: value },
})

function* oneSecond(): Steps<void> {
  yield* sleep(1000)
}

/** The digest of what happened so far. */
const digest = (sim: Sim): string => sim.journal.digest()

describe('L5 a clone of a simulation', () => {
  test('that was only made begins where that one began, and both go their own ways', () => {
    const sim = createSim({ seed: 'one', nodes: 2, version: 'v1.36' })
    const clone = sim.clone()
    expect(digest(clone)).toBe(digest(sim))
    clone.apply(secret('clone'))
    clone.runFor('1m')
    expect(sim.get('Secret', 'db')).toBeUndefined()
    expect(sim.now()).toBe(0)
    expect(digest(clone)).not.toBe(digest(sim))
  })

  test('stands where the first one stands, whatever was done to it, and goes on as it does', () => {
    fc.assert(
      fc.property(plans({ maxLength: 6 }), plans({ maxLength: 2 }), (before, after) => {
        const sim = createSim({ seed: 'plans' })
        runPlan(sim, before)
        const clone = sim.clone()
        expect([clone.now(), digest(clone)]).toEqual([sim.now(), digest(sim)])
        for (const each of [sim, clone]) runPlan(each, after)
        expect(digest(clone)).toBe(digest(sim))
      }),
      { numRuns: tries(5), seed: 9 },
    )
  })

  test('repeats conditions by how often they were asked, what was handed out, mistakes, and controllers of its own code', () => {
    const sim = createSim({ seed: 'calls' })
    sim.controller('makes', function* ({ client }) {
      yield* sleep(30_000)
      yield* wait(client.create(resources.secrets, secret('own', 'made')))
    })
    const outage = sim.fault({ apiServer: 'unreachable' })
    sim.runFor('10s')
    outage.clear()
    expect(() => sim.apply({ apiVersion: 'v1', kind: 'Nonsense', metadata: { name: 'x' } })).toThrow('was refused')
    expect(sim.runUntil(() => sim.get('Secret', 'db') !== undefined, { within: '1m' })).toBe(false)
    sim.apply(secret('mine'))
    sim.kubectl('run app --image=nginx')
    expect(sim.runUntil(() => sim.get('Pod', 'app')?.status?.phase === 'Running', { within: '1m' })).toBe(true)
    const clone = sim.clone()
    // Between two events of one instant, as the first one.
    expect(digest(clone)).toBe(digest(sim))
    for (const each of [sim, clone, clone.clone()]) each.settle()
    expect(digest(clone)).toBe(digest(sim))
  })

  test('of another seed is what would have become of it with that seed', () => {
    const doneTo = (sim: Sim): Sim => {
      sim.apply(secret('mine'))
      sim.kubectl('run app --image=nginx')
      sim.runFor('1m')
      return sim
    }
    const clone = doneTo(createSim({ seed: 1 })).clone({ seed: 2 })
    expect(clone.seed).toBe('2')
    expect(digest(clone)).toBe(digest(doneTo(createSim({ seed: 2 }))))
  })
})

describe('what cannot be repeated is refused, in words', () => {
  test.each<readonly [string, (sim: Sim) => void, string]>([
    [
      'at',
      (sim) => void sim.at('1m', () => sim.apply(secret('x'))),
      'clone: what at() calls knows only the simulation',
    ],
    ['client', (sim) => void sim.client(), 'clone: what is done through client() is not seen'],
    ['process', (sim) => void sim.process(() => oneSecond()), 'clone: what process() does'],
    [
      'a watch',
      (sim) => void sim.request({ user: 'admin', method: 'GET', path: '/api/v1/pods?watch=true' }),
      'clone: a watch that request() has opened is read from outside',
    ],
  ])('%s', (_what, doing, message) => {
    const sim = createSim()
    doing(sim)
    expect(() => sim.clone()).toThrow(message)
  })

  test('a condition, for another seed; a clone in the middle of a call; one of what is over; code that does not do the same twice', () => {
    const sim = createSim()
    sim.runUntil(() => true, { within: '1s' })
    expect(() => sim.clone({ seed: 2 })).toThrow('clone: the condition of runUntil looks at this simulation')
    expect(() => sim.runUntil(() => sim.clone() === undefined, { within: '1s' })).toThrow(
      'clone was called while runUntil runs',
    )
    let times = 0
    sim.controller('counts', function* ({ client }) {
      times++
      for (let i = 0; i < times; i++) yield* wait(client.create(resources.secrets, secret('x', `made-${i}`)))
    })
    sim.runFor('1m')
    expect(() => sim.clone()).toThrow('clone: it came to another end than this simulation; controllers')
    sim.dispose()
    expect(() => sim.clone()).toThrow('the simulation was disposed of')
  })
})
