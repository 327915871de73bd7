import type * as z from 'zod'
import { type InputPath, unwrapped, visitAll } from './walk.ts'
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
  visitAll(schema, value, (at, name, path) => {
    const reference = references.get(at) ?? references.get(unwrapped(at))
    if (reference !== undefined && typeof name === 'string') found.set(path.join('/'), { to: reference.to, name, path })
  })
  return [...found.values()]
}
