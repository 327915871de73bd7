import * as z from 'zod'
import type { ComplaintCode } from './words.ts'

/** A union whose branches are told apart by which key they have: one subject, one accident, one action. */
export interface ChoiceWords {
  /** `expectation`, `fault`, `step`. */
  readonly noun: string
  /** Said when no branch's key is there: `the expectation names nothing to look at`. */
  readonly none: { readonly code: ComplaintCode; readonly message: string }
  /** Said when several are: `an expectation looks at one thing`. */
  readonly many: { readonly code: ComplaintCode; readonly message: string }
  /** For each branch the key that it is known by; undefined: the branch of those that have none. */
  readonly heads: readonly (string | undefined)[]
}

export const choices = z.registry<ChoiceWords>()

export interface Branch {
  readonly head: string | undefined
  readonly schema: z.ZodObject
}

/** The closed union of `branches`. Branches may share a key: then literals and enums tell them apart. */
export function choice<T>(branches: readonly Branch[], words: Omit<ChoiceWords, 'heads'>): z.ZodType<T> {
  const [first, ...rest] = branches.map(({ schema }) => schema)
  if (first === undefined) throw new Error('a choice has branches')
  const union = z.union([first, ...rest])
  choices.add(union, { ...words, heads: branches.map(({ head }) => head) })
  // The branches come from a table; T is what the table's own types say of them.
  return union as unknown as z.ZodType<T>
}

/** Keys by which a choice's branches are known, each once. */
export function headsOf({ heads }: ChoiceWords): readonly string[] {
  return [...new Set(heads.filter((head) => head !== undefined))]
}

/** Rules about which keys a map has, that a shape alone can't say. */
export interface KeyRules {
  readonly atMostOneOf?: readonly (readonly string[])[]
  readonly atLeastOneOf?: readonly string[]
  /** Of a complaint about too many. */
  readonly code?: ComplaintCode
}

/** Rules of schemas, for whoever writes them down: JSON Schema. */
export const keyRules = z.registry<KeyRules>()
