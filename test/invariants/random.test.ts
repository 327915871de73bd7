import { describe, test } from 'vitest'
import { chunksOf, tryPlan } from './seeds.ts'

describe('S1, U1, U4, L2, L6: all invariants in random clusters, an hour each, even seeds', () => {
  test.each(chunksOf(0, 2))('from seed %i on none is broken, and all waits end when the faults do', (_first, seeds) => {
    for (const seed of seeds) tryPlan(seed)
  })
})
