import * as z from 'zod'
import { complain } from '../../sim/input/complaints.ts'
import { durationText, text } from '../../sim/input/formats.ts'
import { quoted, words } from '../../sim/input/words.ts'
import type { Value, Values } from './substitute.ts'

/** Parameters of a scenario, which `--set` overrides, and its matrix: the same scenario for every one of some values. */

const value = z
  .union([z.string(), z.number(), z.boolean()])
  .register(words, { expected: 'a text, a number, or true or false' })

const types = ['text', 'number', 'boolean', 'duration'] as const
type ParameterType = (typeof types)[number]

const declared = z
  .strictObject({
    default: value.meta({ description: 'What it is unless --set says otherwise' }),
    type: z.enum(types).optional().meta({ description: 'What it may be; the type of its default unless given' }),
    oneOf: z.array(value).min(1).optional().meta({ description: 'The values that it may have' }),
    description: text.optional().meta({ description: 'What it is for' }),
  })
  .superRefine((given, context) => {
    const problem = valueProblem(given, given.default)
    if (problem !== undefined) complain(context, ['default'], { message: `the default ${problem}` })
  })

/** Names of variables. */
const names = z
  .string()
  .regex(/^[A-Za-z_][\w-]*$/)
  .register(words, { expected: 'a name of letters, digits, - and _' })

/** `with` of a step: what the variables of the steps that it uses stand for. */
export const withSchema = z.record(names, value)

/** `with` of a template: its variables and what they stand for unless a step says; nothing: a step must say. */
export const templateWithSchema = z.record(
  names,
  z.union([value, z.null()]).register(words, { expected: 'its default, or nothing' }),
)

/** `params` of a scenario. */
export const parametersSchema = z.record(
  names,
  z.union([declared, value]).register(words, { expected: 'its default, or a map with default, type, oneOf' }),
)

/** `matrix` of a scenario. */
export const matrixSchema = z.record(names, z.array(value).min(1)).superRefine((given, context) => {
  const cells = Object.values(given).reduce((product, values) => product * values.length, 1)
  if (cells > largestMatrix)
    complain(context, [], { message: `the matrix has ${cells} cells; expected at most ${largestMatrix}` })
})

/** Cells of a matrix; more are a mistake, or work for `--seeds`. */
const largestMatrix = 200

type Declared = z.output<typeof declared>
export type ParametersSource = z.output<typeof parametersSchema>
export type MatrixSource = z.output<typeof matrixSchema>

/** One value of a parameter that was given from outside, as text. */
export type Settings = Readonly<Record<string, string>>

/** What parameters and one cell of the matrix come to. */
export interface Cell {
  readonly values: Values
  /** The matrix's part, for the title: `strategy=Watch, ttl=60`; empty without a matrix. */
  readonly label: string
  /** What must be set to get this cell again. */
  readonly settings: Settings
}

export type Resolved =
  | { readonly ok: true; readonly cells: readonly Cell[] }
  /** `name`: the variable that is set to what it cannot be. */
  | { readonly ok: false; readonly name: string; readonly message: string }

/** All cells, in the order of the file. What is set picks cells of the matrix and overrides parameters; names of others do nothing. */
export function resolveParameters(params: ParametersSource, matrix: MatrixSource, settings: Settings): Resolved {
  const values: Record<string, Value> = {}
  const kept: Record<string, string> = {}
  for (const [name, source] of Object.entries(params)) {
    const declaration: Declared = typeof source === 'object' ? source : { default: source }
    const given = Object.hasOwn(settings, name) ? settings[name] : undefined
    const set = given === undefined ? declaration.default : typedValue(given, typeOf(declaration))
    const problem = set === undefined ? `is no ${typeOf(declaration)}` : valueProblem(declaration, set)
    if (problem !== undefined)
      return { ok: false, name, message: `${name} is set to ${quoted(String(given))}, which ${problem}` }
    if (set !== undefined) values[name] = set
    if (given !== undefined) kept[name] = given
  }
  let cells: readonly Cell[] = [{ values, label: '', settings: kept }]
  for (const [name, all] of Object.entries(matrix)) {
    const given = Object.hasOwn(settings, name) ? settings[name] : undefined
    const chosen = given === undefined ? all : all.filter((each) => String(each) === given)
    if (chosen.length === 0)
      return {
        ok: false,
        name,
        message: `${name} is set to ${quoted(given ?? '')}; the matrix has ${all.map(String).join(', ')}`,
      }
    cells = cells.flatMap((cell) =>
      chosen.map((each) => ({
        values: { ...cell.values, [name]: each },
        label: `${cell.label === '' ? '' : `${cell.label}, `}${name}=${String(each)}`,
        settings: { ...cell.settings, [name]: String(each) },
      })),
    )
  }
  return { ok: true, cells }
}

function typeOf({ type, default: given }: Declared): ParameterType {
  return type ?? (typeof given === 'string' ? 'text' : typeof given === 'number' ? 'number' : 'boolean')
}

/** Completes `x is set to "y", which ...`. */
function valueProblem(declaration: Declared, given: Value): string | undefined {
  const type = typeOf(declaration)
  const isOfType =
    type === 'duration'
      ? durationText.safeParse(given).success
      : typeof given === { text: 'string', number: 'number', boolean: 'boolean' }[type]
  if (!isOfType) return `is no ${type}`
  const { oneOf } = declaration
  return oneOf === undefined || oneOf.includes(given) ? undefined : `is none of ${oneOf.map(String).join(', ')}`
}

function typedValue(given: string, type: ParameterType): Value | undefined {
  if (type === 'number') return given.trim() !== '' && Number.isFinite(Number(given)) ? Number(given) : undefined
  if (type === 'boolean') return given === 'true' ? true : given === 'false' ? false : undefined
  return given
}
