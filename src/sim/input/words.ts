import * as z from 'zod'

/** What a schema wants, in words: every message about a value is made of these, never of a pattern or a parser's own text. */
export interface Words {
  /** Completes `expected ...`: `a duration such as 90s`. */
  readonly expected: string
  /** Code of a complaint about the value; BAD_VALUE unless given. */
  readonly code?: ComplaintCode
  /** What the author may have meant, as it would be written. `source` is the text as it stands in a file, if there is one. */
  readonly suggest?: (found: unknown, source: string | undefined) => string | undefined
}

/** What is wrong, for whoever looks it up: docs/errors.md explains each. */
export type ComplaintCode =
  | 'UNKNOWN_KEY'
  | 'MISSING_KEY'
  | 'WRONG_TYPE'
  | 'BAD_VALUE'
  | 'BAD_DURATION'
  | 'BAD_REFERENCE'
  | 'UNKNOWN_STEP'
  | 'AMBIGUOUS_STEP'
  | 'UNKNOWN_EXPECTATION'
  | 'AMBIGUOUS_EXPECTATION'
  | 'UNKNOWN_FAULT'
  | 'AMBIGUOUS_FAULT'

export const words = z.registry<Words>()

/** What a schema refers to by name; whoever knows the names checks them (`referencesIn`). */
export type ReferenceKind = 'node' | 'objectKind' | 'controller' | 'resource' | 'resourceName' | 'client'

export const references = z.registry<{ readonly to: ReferenceKind }>()

/** A value as a sentence has it: `the number NaN`, `the text "x"`, `a list`. Never longer than a line. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'absent'
    case 'string':
      return `the text ${quoted(value)}`
    case 'number':
      return `the number ${value}`
    case 'bigint':
      return `the bigint ${value}`
    case 'boolean':
      return String(value)
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    default:
      return value === null ? 'null' : describeObject(value as object)
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  const maker: unknown = Object.getPrototypeOf(value)?.constructor
  const name = typeof maker === 'function' && maker !== Object ? maker.name : ''
  if (name !== '') return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`
  return Object.keys(value).length === 0 ? 'an empty map' : 'a map'
}

/** In double quotes, control characters escaped, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}

/** `a, b or c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
}
