import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ScenarioResult, stepPassed } from '../../src/scenario/result.ts'
import { shipped, shippedFiles } from '../shipped.ts'
import { goldenRun } from './golden-run.ts'

/**
 * Every shipped scenario with two seeds, held against what it did when somebody last looked. A difference is either a mistake
 * or meant: then `npm run golden -- --update` writes the files again, and their diff is what a reviewer reads.
 */

const folder = join(import.meta.dirname, 'runs')
/** Beside its own seed, each scenario holds with this one. */
const otherSeed = 'another'

const runs = shippedFiles.flatMap((file): [golden: string, file: string, seed?: string][] => [
  [goldenName(file, 'own'), file],
  [goldenName(file, otherSeed), file, otherSeed],
])

/** `scenarios/updates/never.yaml` -> `updates/never.own.txt` */
function goldenName(file: string, seed: string): string {
  return file.replace(/^scenarios\//, '').replace(/\.yaml$/, `.${seed}.txt`)
}

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

describe('L5: a shipped scenario holds and does what it did', () => {
  test.each(runs)('%s', async (golden, file, seed) => {
    const scenario = shipped(file)
    const { result, text } = goldenRun(scenario, seed ?? scenario.seed)
    expect(failures(result)).toEqual([])
    expect(result.outcome).toBe('passed')
    await expect(text).toMatchFileSnapshot(join(folder, golden))
  })
})

test('no golden file is left of a scenario that is gone', () => {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  expect(found.filter((name) => !runs.some(([golden]) => golden === name))).toEqual([])
})
