import { closest } from '../../sim/input/closest.ts'
import { quoted } from '../../sim/input/words.ts'

/**
 * Variables in a scenario: `${{ name }}`, in any value. A shell's own `$NAME` and `${NAME}` mean what they always mean. Where a
 * value is nothing but a variable, it takes the variable's type; inside a text it is text.
 */

/** What a variable may be. */
export type Value = string | number | boolean

export type Values = Readonly<Record<string, Value>>

const reference = /\$\{\{\s*([A-Za-z_][\w-]*)\s*\}\}/g
const opening = '${{'

/** Names of the variables in a text, in the order in which they stand there. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(reference)].map(([, name = '']) => name)
}

/** Whether a value has variables anywhere in it. */
export function hasVariables(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(opening) && namesIn(value).length > 0
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(hasVariables)
}

/** The same value with the variables that are known put in; others stay. Keys of maps take none. */
export function substituted(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return value.includes(opening) ? textWith(value, values) : value
  if (Array.isArray(value)) return value.map((member) => substituted(member, values))
  if (typeof value !== 'object' || value === null) return value
  const made = Object.entries(value).map(([key, inner]) => [key, substituted(inner, values)] as const)
  // No prototype tricks: __proto__ is a key like any other.
  return made.reduce<Record<string, unknown>>((map, [key, inner]) => {
    Object.defineProperty(map, key, { value: inner, enumerable: true, writable: true, configurable: true })
    return map
  }, {})
}

function textWith(text: string, values: Values): Value {
  const whole = /^\$\{\{\s*([A-Za-z_][\w-]*)\s*\}\}$/.exec(text.trim())?.[1]
  if (whole !== undefined && Object.hasOwn(values, whole)) return values[whole] ?? text
  return text.replace(reference, (written, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : written,
  )
}

/** A variable that nothing makes, or one that is written wrongly. */
export interface VariableProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly suggestion?: string
}

/** Variables of a value that are none of `known`. */
export function unknownVariables(
  value: unknown,
  known: readonly string[],
  path: readonly (string | number)[] = [],
): readonly VariableProblem[] {
  if (typeof value === 'string') {
    if (!value.includes(opening)) return []
    const written = value.split(opening).length - 1
    const names = namesIn(value)
    if (written > names.length)
      return [{ path, message: `${quoted(value)} has ${opening} without a name and }} behind it` }]
    const [unknown] = names.filter((name) => !known.includes(name))
    if (unknown === undefined) return []
    const meant = closest(unknown, known)
    const expected = known.length === 0 ? 'none is declared' : `expected one of ${known.join(', ')}`
    const message = `there is no variable ${quoted(unknown)}; ${expected}`
    return [{ path, message, ...(meant === undefined ? {} : { suggestion: quoted(value.replace(unknown, meant)) }) }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    unknownVariables(inner, known, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}
