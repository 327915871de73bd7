import { plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import type { Output } from './output.ts'
import { unknownSetting } from './plan.ts'
import type { ScenarioFile } from './scenario-files.ts'

/**
 * The one run of a file that a command looks at: the first of its matrix, of which a note is told, unless values are set that leave one.
 * Undefined: the file does not load, or none of its variables has a name that is set; why was told.
 */
export function oneRun(
  found: Pick<ScenarioFile, 'file' | 'text' | 'loaded'>,
  settings: Settings | undefined,
  output: Output,
): Scenario | undefined {
  const { file, text, loaded } = found
  if (!loaded.ok) {
    for (const error of loaded.errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
    return undefined
  }
  const unknown = unknownSetting(settings ?? {}, [found])
  if (unknown !== undefined) {
    output.err(plain`error: ${unknown}\n`)
    return undefined
  }
  const [first, ...others] = loaded.value
  if (others.length > 0) output.err(plain`note: ${noteOf(file, first, others.length + 1)}\n`)
  return first
}

function noteOf(file: string, { source, settings }: Scenario, count: number): string {
  const cell = Object.keys(source.matrix ?? {}).map((name) => `--set ${name}=${settings[name] ?? ''}`)
  return `${file} is ${count} runs, of which this is the first: ${cell.join(' ')}`
}
