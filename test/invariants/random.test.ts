import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { runPlan } from './run-plan.ts'
import { scenarioText } from './scenario-text.ts'
import { chunksOf, planOf, tryPlan } from './seeds.ts'

describe('S1, U1, U4, L2, L6: all invariants in random clusters, an hour each, even seeds', () => {
  test.each(chunksOf(0, 2))('from seed %i on none is broken, and all waits end when the faults do', (_first, seeds) => {
    for (const seed of seeds) tryPlan(seed)
  })
})

describe('L5: the same run gives the same story', () => {
  const seeds = [1, 2, 3, 4, 5, 6]

  test.each(seeds)('E-01: seed %i twice gives the same digest', (seed) => {
    const digests = [1, 2].map(() => runPlan(planOf(seed), { journal: 'full' }).journal.digest())
    expect(digests[0]).toBe(digests[1])
  })

  test.each(seeds)('E-04: seed %i gives the same digest whether invariants are looked at or not', (seed) => {
    const digests = [true, false].map((invariants) =>
      runPlan(planOf(seed), { journal: 'full', invariants }).journal.digest(),
    )
    expect(digests[0]).toBe(digests[1])
  })

  test.each(seeds)('E-04: seed %i tells the same story with less detail', (seed) => {
    const [full, summary] = (['full', 'summary'] as const).map((journal) => runPlan(planOf(seed), { journal }))
    const linesOf = (sim: typeof full) =>
      sim?.journal.records.map(({ time, type, actor }) => `${time} ${actor} ${type}`)
    const all = linesOf(full) ?? []
    let at = 0
    for (const line of linesOf(summary) ?? []) {
      at = all.indexOf(line, at) + 1
      expect(at, line).toBeGreaterThan(0)
    }
    expect(summary?.list('Pod')).toEqual(full?.list('Pod'))
  })
})

describe('L5: what a failure prints can be repeated', () => {
  test.each([1, 2, 3, 4])('E-08: seed %i gives the same digest from its scenario file', (seed) => {
    const loaded = loadScenario(scenarioText(planOf(seed), 'a random plan'), 'plan.yaml', {
      readBeside: () => undefined,
    })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
    const { digest } = runScenario(loaded.value, { createSim })
    expect(digest).toBe(runPlan(planOf(seed), { journal: 'full' }).journal.digest())
  })
})
