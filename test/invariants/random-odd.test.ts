import { describe, test } from 'vitest'
import { seedsOf, tryPlan } from './seeds.ts'

// The other half of random.test.ts: two files run side by side.
describe('S1, U1, U4, L2, L6: all invariants in random clusters, an hour each, odd seeds', () => {
  test('none is broken, and all waits end when the faults do', () => {
    for (const seed of seedsOf(1, 2)) tryPlan(seed)
  })
})
