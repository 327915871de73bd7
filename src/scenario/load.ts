import * as z from 'zod'
import { complaintsOf } from '../sim/input/complaints.ts'
import { millisecondsOf } from '../sim/input/formats.ts'
import { absolutePaths, referenceErrors, timeErrors } from './checks.ts'
import { Compiler } from './compile.ts'
import type { Diagnostic, Loaded } from './diagnostic.ts'
import { diagnosticOf, tellingOf } from './issues.ts'
import { lintScenario } from './lint/lint.ts'
import { manifestReader } from './manifest-text.ts'
import type { Scenario } from './model.ts'
import { octalWarnings } from './octal-modes.ts'
import { keyRange, valueRange } from './positions.ts'
import { checkManifests } from './scenario-manifests.ts'
import { type ScenarioSource, scenarioSchema } from './schema.ts'
import type { ScenarioSources } from './sources.ts'
import { capturedNames, isOpen, StepMaker } from './steps.ts'
import { seedsIn, thresholdOf } from './thresholds.ts'
import { fitted } from './variables/fit.ts'
import {
  type Cell,
  matrixSchema,
  type ParametersSource,
  parametersSchema,
  resolveParameters,
  type Settings,
} from './variables/parameters.ts'
import { substituted, unknownVariables } from './variables/substitute.ts'
import { type ReadText, readYaml } from './yaml-text.ts'

/**
 * Reads a scenario from its text. All mistakes are told at once, each with its place. Scenario files are YAML 1.2;
 * manifests inside them are read as kubectl reads them. Of a matrix the first cell: `loadScenarios` gives all.
 */
export function loadScenario(
  text: string,
  file: string,
  sources: ScenarioSources,
  settings: Settings = {},
): Loaded<Scenario> {
  const loaded = loadScenarios(text, file, sources, settings)
  if (!loaded.ok) return loaded
  const { warnings, value } = loaded
  return { ok: true, warnings, value: value[0] }
}

/** All scenarios of a text: one, or one for each cell of its matrix. `settings`: values from outside, by the names of variables. */
export function loadScenarios(
  text: string,
  file: string,
  sources: ScenarioSources,
  settings: Settings = {},
): Loaded<readonly [Scenario, ...Scenario[]]> {
  const read = readYaml(text, file)
  if (!read.ok) return read
  const given = { read, text, file, sources }
  const declared = declaredIn(read.value)
  const cells = declared === undefined ? undefined : resolveParameters(declared.params, declared.matrix, settings)
  if (cells === undefined) {
    // Without values for its variables nothing else can be said of the file.
    const complaints = complaintsOf(scenarioSchema, read.value, tellingOf(read.document))
    const told = complaints.filter(({ path }) => !isOpen(read.value, path))
    return fail(told.map((each) => diagnosticOf(each, read.document, file)))
  }
  if (!cells.ok) {
    const { name, message } = cells
    const isParameter = declared !== undefined && Object.hasOwn(declared.params, name)
    const range = keyRange(read.document, [isParameter ? 'params' : 'matrix', name])
    return fail([{ code: 'BAD_VALUE', message, file, range }])
  }
  const loaded = cells.cells.map((cell) => loadCell(given, cell))
  const failed = loaded.find((each) => !each.ok)
  if (failed?.ok === false) return failed
  const [first, ...rest] = loaded.flatMap((each) => (each.ok ? [each] : []))
  if (first === undefined) throw new Error('a matrix has a cell')
  return { ok: true, warnings: first.warnings, value: [first.value, ...rest.map(({ value }) => value)] }
}

interface Given {
  readonly read: Extract<ReadText, { readonly ok: true }>
  readonly text: string
  readonly file: string
  readonly sources: ScenarioSources
}

const declarations = z.object({ params: parametersSchema.optional(), matrix: matrixSchema.optional() })

/** Parameters and matrix of a file; undefined where they are wrong themselves. */
function declaredIn(value: unknown) {
  const parsed = declarations.safeParse(value)
  if (!parsed.success)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : noDeclarations
  return { params: parsed.data.params ?? {}, matrix: parsed.data.matrix ?? {} }
}

const noDeclarations: { readonly params: ParametersSource; readonly matrix: z.output<typeof matrixSchema> } = {
  params: {},
  matrix: {},
}

function loadCell({ read, text, file, sources }: Given, cell: Cell): Loaded<Scenario> {
  const { document } = read
  const captured = capturedNames(read.value, sources)
  const { value, complaints: found } = fitted(
    scenarioSchema,
    read.value,
    withValues(read.value, cell),
    tellingOf(document),
  )
  const unknown = unknownVariables(withoutDeclarations(read.value), [...Object.keys(cell.values), ...captured])
  const complaints = found.filter(({ path }) => !isOpen(value, path))
  if (complaints.length > 0 || unknown.length > 0)
    return fail([
      ...complaints.map((each) => diagnosticOf(each, document, file)),
      ...unknown.map(
        ({ path, ...told }) => ({ code: 'BAD_REFERENCE', file, range: valueRange(document, path), ...told }) as const,
      ),
    ])
  // Just now the schema took it, but for what only the run puts in.
  const source = value as ScenarioSource
  const known = { document, text, file }
  const compiler = new Compiler(document, text, file)
  const beside = compiler.files(source, sources)
  const maker = new StepMaker(
    { compiler, read, text, file, isIncluded: false },
    { templates: source.templates ?? {}, sources, captured },
  )
  const made = (key: 'steps' | 'catch' | 'finally') => maker.steps(source[key] ?? [], [key], cell.values)
  const [steps, caught, last] = [made('steps'), made('catch'), made('finally')]
  const files = compiler.filesNamed(beside, [...steps, ...caught, ...last])
  const readManifests = manifestReader()
  const manifests = checkManifests(source, known, readManifests)
  const errors = [
    ...compiler.errors,
    ...maker.errors,
    ...referenceErrors(source, known),
    ...timeErrors(source, known),
    ...manifests.errors,
  ]
  if (errors.length > 0) return fail(errors)
  const { title, description, covers = [], tags = [], thresholds = [], seeds, faults = [], judge = 'all' } = source
  const seed = source.seed === undefined ? defaultSeed(file) : String(source.seed)
  return {
    ok: true,
    warnings: [
      ...manifests.warnings,
      ...octalWarnings(source, document, file),
      ...absolutePaths(source, known),
      ...lintScenario({ source, written: read.value, document, text, file, files, readManifests }),
    ].sort((a, b) => a.range[0] - b.range[0]),
    value: {
      file,
      source,
      title: cell.label === '' ? title : `${title} [${cell.label}]`,
      description,
      covers,
      tags,
      thresholds: thresholds.map((each, i) => thresholdOf(each, compiler.place(['thresholds', i]))),
      seeds: seeds === undefined ? [] : seedsIn(seeds),
      seed,
      files,
      settings: cell.settings,
      faults: faults.map(({ at, fault }, i) => ({
        place: compiler.place(['faults', i]),
        atMs: millisecondsOf(at),
        fault,
      })),
      judge,
      steps,
      catch: caught,
      finally: last,
    },
  }
}

/** Templates take their variables where they are used; what declares variables has none. */
const declaringKeys: ReadonlySet<string> = new Set(['params', 'matrix', 'templates'])

function withValues(value: unknown, { values }: Cell): unknown {
  return mapped(value, (key, inner) => (declaringKeys.has(key) ? inner : substituted(inner, values)))
}

function withoutDeclarations(value: unknown): unknown {
  return mapped(value, (key, inner) => (declaringKeys.has(key) ? undefined : inner))
}

function mapped(value: unknown, change: (key: string, inner: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(key, inner)]))
}

/** The file's own name: stable wherever the folder stands. */
function defaultSeed(file: string): string {
  if (file === '-') return 'stdin'
  return (file.split(/[\\/]/).pop() ?? file).replace(/\.ya?ml$/, '')
}

function fail(errors: readonly Diagnostic[]): Loaded<never> {
  const [first, ...rest] = [...errors].sort((a, b) => a.range[0] - b.range[0])
  if (first === undefined) throw new Error('a scenario that fails to load has an error')
  return { ok: false, errors: [first, ...rest] }
}

/** Names of the variables that a file declares, for whoever gives values to some of several. */
export function variablesOf({ source }: Scenario): readonly string[] {
  return [...Object.keys(source.params ?? {}), ...Object.keys(source.matrix ?? {})]
}
