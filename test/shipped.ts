import { findScenarioFiles, readScenarioFile } from '../src/cli/scenario-files.ts'
import type { Scenario } from '../src/scenario/model.ts'

/** The files of the shipped scenarios, in their order. */
export const shippedFiles: readonly string[] = findScenarioFiles(['scenarios']).files

const loaded = new Map<string, Scenarios>()

type Scenarios = readonly [Scenario, ...Scenario[]]

/** The scenarios of a shipped file, of which a matrix makes several: read once for all tests of a worker, for they are data that nobody changes. */
export function shippedScenarios(file: string): Scenarios {
  const known = loaded.get(file)
  if (known !== undefined) return known
  const { loaded: read } = readScenarioFile(file)
  if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join('\n'))
  loaded.set(file, read.value)
  return read.value
}

/** The first of them, which nearly always is the only one. */
export function shipped(file: string): Scenario {
  return shippedScenarios(file)[0]
}
