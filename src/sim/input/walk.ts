import * as z from 'zod'
import { choices } from './choice.ts'
import { type Words, words } from './words.ts'

/** Finding one's way in schemas by the path of a value. */

export type InputPath = readonly (string | number)[]

/** What is behind optional, nullable and readonly. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly)
    // zod types what it unwraps by its core; every schema here is a classic one.
    return unwrapped(schema.unwrap() as z.ZodType)
  return schema
}

export function wordsOf(schema: z.ZodType): Words | undefined {
  return words.get(schema) ?? words.get(unwrapped(schema))
}

/** Branches of a union. */
export function optionsOf(union: z.ZodUnion): readonly z.ZodType[] {
  // As above: the options are classic schemas.
  return union.options as readonly z.ZodType[]
}

/** The schema of the value at `path` below `value`; undefined where the schema knows nothing of it. */
export function schemaAt(schema: z.ZodType, value: unknown, path: InputPath): z.ZodType | undefined {
  const [part, ...rest] = path
  if (part === undefined) return schema
  const inner = memberSchema(schema, value, part)
  return inner === undefined ? undefined : schemaAt(inner, memberOf(value, part), rest)
}

/** The value behind a key or index of its own; undefined if there is none. */
export function memberOf(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
  return (value as Readonly<Record<string | number, unknown>>)[part]
}

function memberSchema(wrapped: z.ZodType, value: unknown, part: string | number): z.ZodType | undefined {
  const schema = unwrapped(wrapped)
  if (schema instanceof z.ZodObject) {
    const { shape } = schema
    return Object.hasOwn(shape, part) ? (shape[part] as z.ZodType | undefined) : undefined
  }
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(part)] as z.ZodType | undefined
  if (schema instanceof z.ZodUnion) {
    for (const option of likelyOptions(schema, value)) {
      const found = memberSchema(option, value, part)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** Branches that a value may have been meant for: those with its head, and of these first the ones that take it. */
function* likelyOptions(union: z.ZodUnion, value: unknown): Iterable<z.ZodType> {
  const meant = meantOptions(union, value)
  // Of one alone nobody asks whether it takes the value.
  if (meant.length > 1) for (const option of meant) if (option.safeParse(value).success) yield option
  yield* meant
}

function meantOptions(union: z.ZodUnion, value: unknown): readonly z.ZodType[] {
  const options = optionsOf(union)
  const choice = choices.get(union)
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (choice === undefined || !isMap) return options
  const isHeadless = !choice.heads.some((head) => head !== undefined && head in value)
  return options.filter((_, i) => {
    const head = choice.heads[i]
    return head === undefined ? isHeadless : head in value
  })
}

/** Whether what a schema describes, at any depth, may be of interest to who walks. */
export type Interest = (schema: z.ZodType) => boolean

/**
 * Calls `visit` for every value below (and with) `value` that a schema describes, with the schema that took it; below schemas without
 * interest it does not look.
 */
export function visitAll(
  wrapped: z.ZodType,
  value: unknown,
  visit: (schema: z.ZodType, value: unknown, path: InputPath) => void,
  isOfInterest: Interest = () => true,
  path: InputPath = [],
): void {
  if (!isOfInterest(wrapped)) return
  visit(wrapped, value, path)
  const schema = unwrapped(wrapped)
  if (schema instanceof z.ZodUnion) {
    const [taker] = likelyOptions(schema, value)
    if (taker !== undefined) visitAll(taker, value, visit, isOfInterest, path)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const part of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const inner = memberSchema(schema, value, part)
    if (inner !== undefined) visitAll(inner, memberOf(value, part), visit, isOfInterest, [...path, part])
  }
}

/** Schemas right below one: of members, elements, branches; those that `schemaAt` goes through. */
export function schemasBelow(schema: z.ZodType): readonly z.ZodType[] {
  // As above: what is inside of classic schemas are classic schemas.
  return coreSchemasBelow(unwrapped(schema)) as readonly z.ZodType[]
}

function coreSchemasBelow(schema: z.ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape)
  if (schema instanceof z.ZodArray) return [schema.element]
  if (schema instanceof z.ZodRecord) return [schema.valueType]
  if (schema instanceof z.ZodTuple) return schema.def.items
  return schema instanceof z.ZodUnion ? schema.options : []
}
