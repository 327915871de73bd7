import { globSync } from 'tinyglobby'
import { describe, test } from 'vitest'
import { readScenarioFile, type ScenarioFile } from '../cli/scenario-files.ts'
import { createSim } from '../index.ts'
import { createTeacher } from '../report/lesson.ts'
import { failuresText, repeatText } from '../report/pretty.ts'
import { createPaint } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import { runScenario } from '../scenario/run.ts'

/** How scenarios are run as tests. */
export interface ScenarioTestOptions {
  /** Each scenario is run with each of them; with its own unless given. */
  readonly seeds?: readonly (string | number)[]
  /** Where patterns begin; the working directory unless given. */
  readonly cwd?: string
}

/**
 * Makes a test of every scenario file: `scenarioTests('scenarios/**')`. A pattern may name files, folders, or be a glob. What
 * fails is told as `podsim run` tells it, with file, line and column, and with the command that repeats it.
 */
export function scenarioTests(patterns: string | readonly string[], options: ScenarioTestOptions = {}): void {
  const { seeds, cwd = process.cwd() } = options
  const files = globSync([patterns].flat(), { cwd, absolute: false })
    .filter((file) => /\.ya?ml$/.test(file))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  if (files.length === 0)
    test(`scenarios ${[patterns].flat().join(', ')}`, () => {
      throw new Error(`no scenario file matches ${[patterns].flat().join(', ')} in ${cwd}`)
    })
  for (const file of files) {
    const found = readScenarioFile(cwd === process.cwd() ? file : `${cwd}/${file}`)
    const { loaded } = found
    if (!loaded.ok) test(file, () => check(scenarioFailure(found)))
    // Each cell of a matrix is a test of its own.
    for (const scenario of loaded.ok ? loaded.value : []) {
      const title = `${scenario.title} (${file})`
      const chosen = seeds ?? scenario.seeds
      if (chosen.length === 0) test(title, () => check(failureOf(scenario, found.text)))
      else
        describe(title, () => {
          for (const seed of chosen) test(`seed ${seed}`, () => check(failureOf(scenario, found.text, String(seed))))
        })
    }
  }
}

function check(failure: string | undefined): void {
  if (failure === undefined) return
  const error = new Error(failure)
  error.name = 'ScenarioFailure'
  // It says all itself: where podsim threw it is of no use to anybody.
  error.stack = `${error.name}: ${failure}`
  throw error
}

const paint = createPaint(false)

/** What is wrong with a scenario, or with a run of one of its cells; undefined when all pass. */
export function scenarioFailure({ loaded, text }: ScenarioFile, seed?: string): string | undefined {
  if (!loaded.ok) return loaded.errors.map((error) => drawDiagnostic(error, text)).join('\n\n')
  return loaded.value.map((scenario) => failureOf(scenario, text, seed)).find((failure) => failure !== undefined)
}

function failureOf(scenario: Scenario, text: string, seed?: string): string | undefined {
  const reveal = process.env.PODSIM_REVEAL !== undefined
  const teach = createTeacher((file) => (file === undefined ? text : undefined))
  const result = runScenario(scenario, { createSim, teach, reveal, ...(seed === undefined ? {} : { seed }) })
  if (result.outcome === 'passed') return undefined
  const why = result.reason === undefined ? '' : `${result.reason}\n`
  return `${result.outcome}: ${scenario.title}\n${why}${failuresText(result, paint)}${repeatText(result, {})}`.trimEnd()
}
