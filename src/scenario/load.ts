import { complaintsOf } from '../sim/input/complaints.ts'
import { referenceErrors, timeErrors } from './checks.ts'
import { Compiler, type ScenarioSources } from './compile.ts'
import type { Diagnostic, Loaded } from './diagnostic.ts'
import { diagnosticOf, tellingOf } from './issues.ts'
import type { Scenario } from './model.ts'
import { octalWarnings } from './octal-modes.ts'
import { checkManifests } from './scenario-manifests.ts'
import { type ScenarioSource, scenarioSchema } from './schema.ts'
import { readYaml } from './yaml-text.ts'

/**
 * Reads a scenario from its text. All mistakes are told at once, each with its place. Scenario files are YAML 1.2;
 * manifests inside them are read as kubectl reads them.
 */
export function loadScenario(text: string, file: string, sources: ScenarioSources): Loaded<Scenario> {
  const read = readYaml(text, file)
  if (!read.ok) return read
  const { document, value } = read
  const complaints = complaintsOf(scenarioSchema, value, tellingOf(document))
  if (complaints.length > 0) return fail(complaints.map((each) => diagnosticOf(each, document, file)))
  // Just now the schema took it.
  const source = value as ScenarioSource
  const known = { document, text, file }
  const compiler = new Compiler(document, text, file)
  const files = compiler.files(source, sources)
  const steps = source.steps.map((step, i) => compiler.step(step, ['steps', i]))
  const manifests = checkManifests(source, document, text, file)
  const errors = [
    ...compiler.errors,
    ...referenceErrors(source, known),
    ...timeErrors(source, known),
    ...manifests.errors,
  ]
  if (errors.length > 0) return fail(errors)
  const seed = source.seed === undefined ? defaultSeed(file) : String(source.seed)
  return {
    ok: true,
    warnings: [...manifests.warnings, ...octalWarnings(source, document, file)],
    value: { file, source, title: source.title, covers: source.covers ?? [], seed, files, steps },
  }
}

/** The file's own name: stable wherever the folder stands. */
function defaultSeed(file: string): string {
  return (file.split(/[\\/]/).pop() ?? file).replace(/\.ya?ml$/, '')
}

function fail(errors: readonly Diagnostic[]): Loaded<never> {
  const [first, ...rest] = [...errors].sort((a, b) => a.range[0] - b.range[0])
  if (first === undefined) throw new Error('a scenario that fails to load has an error')
  return { ok: false, errors: [first, ...rest] }
}
