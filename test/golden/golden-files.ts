import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Scenario } from '../../src/scenario/model.ts'
import { type ScenarioResult, stepPassed } from '../../src/scenario/result.ts'
import { shippedFiles, shippedScenarios } from '../shipped.ts'
import { goldenRun } from './golden-run.ts'

/** Where the golden runs are kept. */
export const goldenFolder: string = join(import.meta.dirname, 'runs')

/** Each scenario holds with its own seed and with this one. */
const seeds = { own: undefined, another: 'another' } as const

interface Shipped {
  /** `updates/never`; of a matrix with the settings of the one: `updates/strategies.Watch`. */
  readonly name: string
  readonly scenario: Scenario
}

const all: readonly Shipped[] = shippedFiles.flatMap((file) => {
  const path = file.replace(/^scenarios\//, '').replace(/\.yaml$/, '')
  const scenarios = shippedScenarios(file)
  return scenarios.map((scenario) => {
    const settings = scenarios.length === 1 ? [] : Object.values(scenario.settings)
    return { name: [path, ...settings].join('.'), scenario }
  })
})

const goldenName = ({ name }: Shipped, seed: string): string => `${name}.${seed}.txt`

/** Names of all golden files that there are to be. */
export const goldenNames: readonly string[] = all.flatMap((each) =>
  Object.keys(seeds).map((seed) => goldenName(each, seed)),
)

/** What failed, in words that a failing test can show. */
function failures({ steps }: ScenarioResult): readonly string[] {
  return steps
    .filter((step) => !stepPassed(step))
    .flatMap(({ place, mismatches, expectations }) => [
      ...mismatches.map(
        ({ what, expected, found }) => `line ${place.line}: ${what}: expected ${expected}, found ${found}`,
      ),
      ...expectations
        .filter(({ passed }) => !passed)
        .map(({ place: at, expected, found }) => `line ${at.line}: ${expected}: ${found}`),
    ])
}

/** One test for each shipped scenario: with this seed it holds and does what it did when somebody last looked. */
export function testGoldenRuns(which: keyof typeof seeds): void {
  const runs = all.map((each) => [goldenName(each, which), each.scenario] as const)
  describe('L5: a shipped scenario holds and does what it did', () => {
    test.each(runs)('%s', async (golden, scenario) => {
      const { result, text } = goldenRun(scenario, seeds[which] ?? scenario.seed)
      expect(failures(result)).toEqual([])
      expect(result.outcome).toBe('passed')
      await expect(text).toMatchFileSnapshot(join(goldenFolder, golden))
    })
  })
}
