import type * as z from 'zod'
import { type Complaint, complaintsOf, type Telling } from '../../sim/input/complaints.ts'
import { hasVariables, type Value } from './substitute.ts'

/** Variables have types and so have places: where a number stands for a text or a text for a number, it is read as the other. */

type Path = readonly (string | number)[]

/** A value with its variables put in, and what is wrong with it for all that. */
export interface Fitted {
  readonly value: unknown
  readonly complaints: readonly Complaint[]
}

/** `raw` is the value as it is written, `filled` with its variables put in. */
export function fitted(schema: z.ZodType, raw: unknown, filled: unknown, telling: Telling = {}): Fitted {
  const complaints = complaintsOf(schema, filled, telling)
  const others = complaints.flatMap(({ path }) => {
    const written = at(raw, path)
    const other = typeof written === 'string' && hasVariables(written) ? otherType(at(filled, path)) : undefined
    return other === undefined ? [] : [{ path, other }]
  })
  if (others.length === 0) return { value: filled, complaints }
  const value = others.reduce<unknown>((made, { path, other }) => withValue(made, path, other), filled)
  const left = complaintsOf(schema, value, telling)
  return left.length < complaints.length ? { value, complaints: left } : { value: filled, complaints }
}

function otherType(value: unknown): Value | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined
}

/** The value at a path; undefined where there is none. */
export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    // Any map or list has members by their keys.
    (inner, part) =>
      // Any map or list has members by their keys.
      typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>)[part] : undefined,
    value,
  )
}

function withValue(value: unknown, [part, ...rest]: Path, put: Value): unknown {
  if (part === undefined) return put
  if (Array.isArray(value)) return value.map((member, i) => (i === part ? withValue(member, rest, put) : member))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === String(part) ? withValue(member, rest, put) : member]),
  )
}
