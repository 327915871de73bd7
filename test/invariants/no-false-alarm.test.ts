import { expect, test } from 'vitest'
import { createObservedSim } from '../../src/sim/create-sim.ts'
import { simMounting, simSecret } from '../node/facts/world.ts'

/** Runs in which nothing is wrong, though it looks odd. */

test('V3 items whose paths are not clean', () => {
  const { sim, observer } = createObservedSim({ invariants: true })
  const items = ['./leaf', 'deep//leaf'].map((path) => ({ key: 'a', path }))
  sim.apply(simSecret({ a: '1' }))
  sim.apply(simMounting('p', { secretName: 's', items }))
  sim.runFor('1m')
  expect(sim.file({ pod: 'p' }, '/etc/v/deep/leaf')?.content).toBe('1')
  expect(() => observer?.settle()).not.toThrow()
})

test.each([150, 250, 350, 450])('L6 a Pod that is deleted after %i ms', (ms) => {
  const { sim, observer } = createObservedSim({ invariants: true, seed: `early ${ms}` })
  sim.apply(simSecret({ a: '1' }))
  sim.apply(simMounting('p'))
  sim.runFor(ms)
  sim.kubectl('delete pod p --wait=false')
  sim.runFor('1m')
  expect(() => observer?.settle()).not.toThrow()
})
