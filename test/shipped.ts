import { findScenarioFiles, readScenarioFile } from '../src/cli/scenario-files.ts'
import type { Scenario } from '../src/scenario/model.ts'

/** The files of the shipped scenarios, in their order. */
export const shippedFiles: readonly string[] = findScenarioFiles(['scenarios']).files

const loaded = new Map<string, Scenario>()

/** A shipped scenario, read once for all tests of a worker: it is data that nobody changes. */
export function shipped(file: string): Scenario {
  const known = loaded.get(file)
  if (known !== undefined) return known
  const { loaded: read } = readScenarioFile(file)
  if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join('\n'))
  const [scenario] = read.value
  loaded.set(file, scenario)
  return scenario
}
