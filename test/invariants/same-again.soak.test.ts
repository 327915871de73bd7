import { describe, expect, test } from 'vitest'
import type { Sim, SimOptions } from '../../src/index.ts'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { runPlan } from './run-plan.ts'
import { scenarioText } from './scenario-text.ts'
import { planOf } from './seeds.ts'

describe.each([1, 2, 3, 4, 5, 6])('L5: the same run gives the same story, seed %i', (seed) => {
  let kept: Sim | undefined
  const run = (options: SimOptions): Sim => runPlan(planOf(seed), { journal: 'full', ...options })
  /** What all others are held against. */
  const first = (): Sim => {
    kept ??= run({})
    return kept
  }

  test('E-01: twice, with the same digest', () => {
    expect(run({}).journal.digest()).toBe(first().journal.digest())
  })

  test('E-04: with the same digest whether invariants are looked at or not', () => {
    expect(run({ invariants: false }).journal.digest()).toBe(first().journal.digest())
  })

  test('E-04: with less detail', () => {
    const summary = run({ journal: 'summary' })
    const linesOf = ({ journal }: Sim) => journal.records.map(({ time, type, actor }) => `${time} ${actor} ${type}`)
    const all = linesOf(first())
    let at = 0
    for (const line of linesOf(summary)) {
      at = all.indexOf(line, at) + 1
      expect(at, line).toBeGreaterThan(0)
    }
    expect(summary.list('Pod')).toEqual(first().list('Pod'))
  })

  test('E-08: from the scenario file that a failure prints', () => {
    const loaded = loadScenario(scenarioText(planOf(seed), 'a random plan'), 'plan.yaml', {
      readBeside: () => undefined,
    })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
    expect(runScenario(loaded.value, { createSim }).digest).toBe(first().journal.digest())
  })
})
