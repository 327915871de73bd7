import type * as z from 'zod'
import { type InputPath, schemasBelow, unwrapped, visitAll } from './walk.ts'
import { type ReferenceKind, references } from './words.ts'

/** A name by which a value refers to something. */
export interface Reference {
  readonly to: ReferenceKind
  readonly name: string
  readonly path: InputPath
}

/** All that a value which fits its schema refers to by name, in the order of its keys. */
export function referencesIn(schema: z.ZodType, value: unknown): readonly Reference[] {
  const found = new Map<string, Reference>()
  const visit = (at: z.ZodType, name: unknown, path: InputPath): void => {
    const to = referredTo(at)
    if (to !== undefined && typeof name === 'string') found.set(path.join('/'), { to, name, path })
  }
  visitAll(schema, value, visit, hasReferences)
  return [...found.values()]
}

function referredTo(schema: z.ZodType): ReferenceKind | undefined {
  return (references.get(schema) ?? references.get(unwrapped(schema)))?.to
}

/** Schemas that were asked about: they are made once and have no circles. */
const referring = new WeakMap<z.ZodType, boolean>()

/** Whether a schema describes, at any depth, a name that refers to something. */
function hasReferences(schema: z.ZodType): boolean {
  const known = referring.get(schema)
  if (known !== undefined) return known
  const has = referredTo(schema) !== undefined || schemasBelow(schema).some(hasReferences)
  referring.set(schema, has)
  return has
}
