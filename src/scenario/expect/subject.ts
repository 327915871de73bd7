import * as z from 'zod'
import type { Branch } from '../../sim/input/choice.ts'
import { durationText, objectName, positiveDurationText, text } from '../../sim/input/formats.ts'
import { withRules } from '../../sim/input/rules.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Finding } from './finding.ts'

type Shape = z.core.$ZodShape

/** Ways of saying when something must hold: one of them, or none for at once. */
export const timeWords = ['at', 'by', 'exactly', 'within', 'always', 'never'] as const

/** What every expectation may say: when it must hold, and why. */
const timing = {
  at: durationText
    .optional()
    .meta({ description: 'It must hold at this time, counted from the start; lets time pass until then' }),
  by: durationText.optional().meta({ description: 'It must hold at this time or before, counted from the start' }),
  exactly: durationText
    .optional()
    .meta({ description: 'It must begin to hold at just this time, counted from the start, and not before' }),
  within: durationText.optional().meta({ description: 'Let time pass until it holds, at most this long' }),
  always: positiveDurationText.optional().meta({ description: 'It must hold at every event for this long' }),
  never: positiveDurationText.optional().meta({ description: 'It must hold at no event for this long' }),
  sometimes: z
    .literal(true)
    .optional()
    .meta({ description: 'It must hold in one run at least when the scenario runs with several seeds' }),
  because: text.optional().meta({ description: 'Why this must hold: shown when it does not' }),
}

/** Keys that every expectation takes. */
export const commonKeys = Object.keys(timing)

type Common = z.output<z.ZodObject<typeof timing>> & { readonly exists?: boolean | undefined }

/** What an expectation about a subject may be made of. */
export type SourceOf<S extends string, N extends z.ZodType, W extends Shape, C extends Shape> = {
  readonly [K in S]: z.output<N>
} & z.output<z.ZodObject<W>> &
  z.output<z.ZodObject<C>> &
  Common

/** One thing that expectations look at: which keys it takes, and how it is looked at. */
export interface Subject<S extends string, Source> {
  readonly subject: S
  readonly description: string
  readonly branches: readonly Branch[]
  /** Whether a look depends on nothing but stored objects of which every write is in the journal: all but Leases. */
  readonly readsObjectsAlone: boolean
  /** Looks at the cluster as it is now, and says whether what is expected is there. */
  readonly look: (sim: Sim, source: Source) => Finding
}

interface SubjectTable<S extends string, N extends z.ZodType, W extends Shape, C extends Shape> {
  /** Key that the expectation is known by. */
  readonly subject: S
  readonly description: string
  /** What stands behind that key. */
  readonly name: N
  /** Which one is meant. */
  readonly where: W
  /** What must be true of it. Where it must not be there, nothing can be. */
  readonly claims: C
  /** Whether `exists: false` can be said of it. */
  readonly canBeAbsent: boolean
  /** Whether something must be claimed: to say that it is there means nothing. */
  readonly needsClaim?: boolean
  readonly atMostOneOf?: readonly (readonly string[])[]
  readonly readsObjectsAlone?: boolean
  readonly look: (sim: Sim, source: SourceOf<S, N, W, C>) => Finding
}

/** A subject from its table: its branch for what is there, and one for what must not be. */
export function subject<const S extends string, N extends z.ZodType, W extends Shape, C extends Shape>(
  table: SubjectTable<S, N, W, C>,
): Subject<S, SourceOf<S, N, W, C>> {
  const { subject: head, description, name, where, claims, canBeAbsent, readsObjectsAlone = false, look } = table
  const named = { [head]: name.meta({ description }), ...where }
  const rules = {
    atMostOneOf: [timeWords, ...(table.atMostOneOf ?? [])],
    code: 'AMBIGUOUS_EXPECTATION',
  } as const
  const isThere = { exists: z.literal(true).optional().meta({ description: 'false: it must not be there' }) }
  const present = withRules(z.strictObject({ ...named, ...claims, ...(canBeAbsent ? isThere : {}), ...timing }), {
    ...rules,
    ...(table.needsClaim === true ? { atLeastOneOf: Object.keys(claims) } : {}),
  })
  const absent = withRules(z.strictObject({ ...named, exists: z.literal(false), ...timing }), rules)
  const schemas = canBeAbsent ? [present, absent] : [present]
  return { subject: head, description, branches: schemas.map((schema) => ({ head, schema })), readsObjectsAlone, look }
}

/** Namespace of what is looked at. */
export const inNamespace = {
  namespace: objectName.optional().meta({ description: 'Namespace of what is looked at; default unless given' }),
}

/** What an expectation says under some of its keys; undefined if nothing. */
export function saidOf(source: object, keys: readonly string[]): object | undefined {
  const all = source as Readonly<Record<string, unknown>> // an object is read by its own keys
  let said: Record<string, unknown> | undefined
  for (const key of keys) {
    if (all[key] === undefined) continue
    said ??= {}
    said[key] = all[key]
  }
  return said
}

/** What a look found, without what was expected. */
export type Verdict = Pick<Finding, 'holds' | 'found'>

/** All parts that are given must hold; the first that does not is what was found. */
export function all(parts: readonly (readonly [holds: boolean, found: string])[], present: string): Verdict {
  const wrong = parts.find(([holds]) => !holds)
  return wrong === undefined ? { holds: true, found: present } : { holds: false, found: wrong[1] }
}

/** Whether something is there or not is all that is asked. */
export function presence(wanted: boolean, isThere: boolean, present: string, absent: string): Verdict {
  return { holds: wanted === isThere, found: isThere ? present : absent }
}
