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
  if (branches.length === 0) throw new Error('a choice has branches')
  for (const { head, schema } of branches)
    if (head !== undefined && schema.shape[head]?._zod.optin !== undefined)
      throw new Error(`the key ${head} that a branch is known by is never optional`)
  const heads = branches.map(({ head }) => head)
  const union = new HeadedUnion({ type: 'union', options: branches.map(({ schema }) => schema), heads })
  choices.add(union, { ...words, heads })
  // The branches come from a table; T is what the table's own types say of them.
  return union as unknown as z.ZodType<T>
}

interface HeadedDef extends z.core.$ZodUnionDef {
  readonly heads: readonly (string | undefined)[]
}

interface HeadedUnion extends z.ZodUnion {
  _zod: z.core.$ZodUnionInternals & { readonly def: HeadedDef }
}

const asUnion: (union: HeadedUnion, def: HeadedDef) => void = z.ZodUnion.init

/**
 * A union that tries only those branches whose key the value has: a branch's own key is never optional, so that no other can
 * take it. Where none of them takes it, that is said as zod says it of any union, but for what each branch had against it: what
 * a choice is told of is worked out from its keys (complaints.ts), and forty branches are much to ask at each of its mistakes.
 */
const HeadedUnion: z.core.$constructor<HeadedUnion, HeadedDef> = z.core.$constructor('HeadedUnion', (union, def) => {
  asUnion(union, def)
  union._zod.parse = (payload, context) => {
    const { value } = payload
    const refused: z.core.ParsePayload[] = []
    for (const [i, option] of def.options.entries()) {
      const head = def.heads[i]
      if (head !== undefined && (typeof value !== 'object' || value === null || !(head in value))) continue
      const result = option._zod.run({ value, issues: [] }, context)
      if (result instanceof Promise) throw new Error('no branch of a choice is looked at later')
      if (result.issues.length === 0) return result
      refused.push(result)
    }
    // Source: zod's v4/core/schemas.ts, handleUnionResults: of a single branch that got to its own checks, what those say.
    const [checked, another] = refused.filter((result) => !z.core.util.aborted(result))
    if (checked !== undefined && another === undefined) return checked
    payload.issues.push({ code: 'invalid_union', input: value, inst: union, errors: [] })
    return payload
  }
})

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
