import { compileRegexp, type GoRegexp } from '../go/regexp.ts'
import type { Diagnostic } from '../scenario/diagnostic.ts'
import { variablesOf } from '../scenario/load.ts'
import type { Scenario } from '../scenario/model.ts'
import { rangeProblem, seedsIn } from '../scenario/thresholds.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { closest } from '../sim/input/closest.ts'
import { findScenarioFiles, readScenarioFile, type ScenarioFile } from './scenario-files.ts'

/** What `podsim run` and `podsim list` are asked to look at. */
export interface Choice {
  /** Values of variables, by their names. */
  readonly set?: Settings
  /** Regular expression over titles and files. */
  readonly title?: string
  readonly covers?: string
  readonly tag?: readonly string[]
  readonly seed?: string
  /** `1..100`, or some of them with commas between. */
  readonly seeds?: string
  /** How many times each run is made, each but the first with a seed of its own. */
  readonly repeat?: number
  /** `2/5`: the second of five parts. */
  readonly shard?: string
}

/** One run of a scenario: with a seed, and the place that it has among all. */
export interface Unit {
  readonly scenario: Scenario
  readonly seed: string
}

/** What was found and chosen. */
export interface Plan {
  /** Paths that lead nowhere. */
  readonly missing: readonly Diagnostic[]
  readonly found: readonly ScenarioFile[]
  readonly scenarios: readonly Scenario[]
  readonly units: readonly Unit[]
  /** Whether one file was named that is one run: it says all itself. */
  readonly isOne: boolean
}

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly message: string }

/** Finds and loads the scenarios, and lists their runs: for each in order of the paths those of its matrix, for each of these its seeds. */
export function planRuns(paths: readonly string[], choice: Choice): Planned {
  const titles = compileRegexp(choice.title ?? '', { ignoreCase: true })
  if (!titles.ok) return wrong(`--title ${JSON.stringify(choice.title)} is no regular expression: ${titles.message}`)
  const shard = shardOf(choice.shard)
  if (shard === undefined) return wrong(`--shard ${JSON.stringify(choice.shard)}: expected a part such as 1/3`)
  const isRange = choice.seeds?.includes('..') === true
  const problem = isRange ? rangeProblem(choice.seeds ?? '') : undefined
  if (problem !== undefined) return wrong(`--seeds ${JSON.stringify(choice.seeds)}: ${problem}`)
  const { files, missing } = findScenarioFiles(paths)
  const found = files.map((file) => readScenarioFile(file, choice.set))
  const unknown = unknownSetting(choice.set ?? {}, found)
  if (unknown !== undefined) return wrong(unknown)
  const scenarios = found.flatMap(({ loaded }) =>
    loaded.ok ? loaded.value.filter((scenario) => isWanted(scenario, titles.regexp, choice)) : [],
  )
  const all = scenarios.flatMap((scenario) =>
    repeated(seedsOf(scenario, choice), choice.repeat).map((seed) => ({ scenario, seed })),
  )
  const units = all.filter((_, i) => i % shard.of === shard.part - 1)
  const isOne = paths.length === 1 && files[0] === paths[0] && units.length <= 1
  return { ok: true, plan: { missing, found, scenarios, units, isOne } }
}

function wrong(message: string): Planned {
  return { ok: false, message }
}

function seedsOf({ seed, seeds }: Scenario, choice: Choice): readonly string[] {
  if (choice.seed !== undefined) return [choice.seed]
  if (choice.seeds !== undefined)
    return choice.seeds.includes('..') ? seedsIn(choice.seeds) : choice.seeds.split(',').filter((each) => each !== '')
  return seeds.length > 0 ? seeds : [seed]
}

/** Each seed, and others that are made from it: `db`, `db-2`, `db-3`. */
function repeated(seeds: readonly string[], times = 1): readonly string[] {
  return seeds.flatMap((seed) => Array.from({ length: times }, (_, i) => (i === 0 ? seed : `${seed}-${i + 1}`)))
}

/** `2/5`; undefined, if it is no part. */
export function shardOf(text: string | undefined): { readonly part: number; readonly of: number } | undefined {
  if (text === undefined) return { part: 1, of: 1 }
  const [, part = '0', of = '0'] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  const isThere = Number(part) >= 1 && Number(part) <= Number(of)
  return isThere ? { part: Number(part), of: Number(of) } : undefined
}

/** What is set although no scenario has a variable of that name, in words. */
export function unknownSetting(settings: Settings, found: readonly Pick<ScenarioFile, 'loaded'>[]): string | undefined {
  const known = found.flatMap(({ loaded }) => (loaded.ok ? variablesOf(loaded.value[0]) : []))
  // A file that does not load says nothing of its variables.
  if (found.some(({ loaded }) => !loaded.ok)) return undefined
  const unknown = Object.keys(settings).find((name) => !known.includes(name))
  if (unknown === undefined) return undefined
  const meant = closest(unknown, known)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return `--set ${unknown}: no scenario has a variable of that name${hint}`
}

function isWanted({ title, file, covers, tags }: Scenario, titles: GoRegexp, choice: Choice): boolean {
  if (choice.covers !== undefined && !covers.includes(choice.covers)) return false
  if (choice.tag !== undefined && !choice.tag.some((wanted) => hasTags(tags, wanted))) return false
  return titles.test(title) || titles.test(file)
}

/** `slow`, `!slow`, `rotation,!slow`: all of them must be so. */
function hasTags(tags: readonly string[], wanted: string): boolean {
  return wanted.split(',').every((tag) => (tag.startsWith('!') ? !tags.includes(tag.slice(1)) : tags.includes(tag)))
}
