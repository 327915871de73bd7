import { unmarshalError } from '../../api/decoding/unmarshal.ts'
import { isObject, member } from '../../api/json.ts'
import type { Definition, FieldType, ScalarType } from '../../api/schema/schema.ts'
import { decodeBase64 } from '../../bytes/bytes.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'

/**
 * Why a tree of JSON values can't become an object of a type, in the words of the converter that strategic merge patches go
 * through instead of the JSON decoder; undefined if it can. Source: apimachinery pkg/runtime/converter.go, fromUnstructured.
 */
export function unstructuredError(document: unknown, definition: Definition, minor: number): string | undefined {
  if (!isObject(document)) return `cannot restore struct from: ${goKind(document)}`
  for (const { name, type, goType } of definition.fields.values()) {
    const value = member(document, name)
    if (value === undefined || value === null) continue
    const error = valueError(value, type, goType, minor)
    if (error !== undefined) return error
  }
  return undefined
}

/** `goType`: what Go calls the type where it has a name of its own: `v1.SecretType`, `[]v1.PolicyType`. */
function valueError(value: unknown, type: FieldType, goType: string, minor: number): string | undefined {
  if (value === null) return undefined
  switch (type.kind) {
    case 'object':
      return unstructuredError(value, type.definition, minor)
    case 'list':
      return Array.isArray(value)
        ? first(value, type.items, goType.replace(/^\[\]/, ''), minor)
        : `cannot restore slice from ${goKind(value)}`
    case 'map':
      if (!isObject(value)) return `cannot restore map from ${goKind(value)}`
      return first(
        Object.keys(value)
          .sort()
          .map((key) => member(value, key)),
        type.values,
        '',
        minor,
      )
    case 'scalar':
      return scalarError(value, type.scalar, goType, minor)
  }
}

function first(values: readonly unknown[], type: FieldType, goType: string, minor: number): string | undefined {
  for (const value of values) {
    const error = valueError(value, type, goType, minor)
    if (error !== undefined) return error
  }
  return undefined
}

function scalarError(value: unknown, scalar: ScalarType, goType: string, minor: number): string | undefined {
  const kind = goKind(value)
  switch (scalar) {
    case 'bytes':
      return bytesError(value, kind, minor)
    case 'string':
      // Go can convert an integer to a text, though not as one would think.
      return kind === 'string'
        ? undefined
        : kind === 'int64'
          ? cannotConvert(kind, goType || scalar)
          : unrecognized(scalar)
    case 'boolean':
      return kind === 'bool' ? undefined : unrecognized('bool')
    case 'int32':
    case 'int64':
      return numberError(kind, scalar, 'int64')
    case 'double':
      if (kind === 'int64' && has(minor, apiServer.integersBecomeFloats)) return undefined
      return numberError(kind, 'float64', 'float64')
    case 'any':
      return undefined
    default:
      return unmarshalError(JSON.stringify(value), scalar)
  }
}

/** Go would convert either to the other; the converter lets no fraction be lost, nor, before v1.20, an integer become a float. */
function numberError(kind: string, wanted: string, fitting: string): string | undefined {
  if (kind === fitting) return undefined
  return kind === 'int64' || kind === 'float64' ? cannotConvert(kind, wanted) : unrecognized(wanted)
}

function cannotConvert(found: string, wanted: string): string {
  return `cannot convert ${found} to ${wanted}`
}

function unrecognized(kind: string): string {
  return `unrecognized type: ${kind}`
}

function bytesError(value: unknown, kind: string, minor: number): string | undefined {
  if (typeof value !== 'string') {
    return Array.isArray(value)
      ? first(value, { kind: 'scalar', scalar: 'int32' }, '', minor)
      : `cannot restore slice from ${kind}`
  }
  const decoded = decodeBase64(value)
  return decoded.ok ? undefined : `error decoding from json: illegal base64 data at input byte ${decoded.offset}`
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64'
    default:
      return 'map'
  }
}
