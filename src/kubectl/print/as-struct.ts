import type { JsonObject } from '../../api/json.ts'
import { setMember } from '../../api/json.ts'
import { type Definition, type FieldSchema, type FieldType, schemaOf } from '../../api/schema/schema.ts'
import { compareBytes, isObject, textAt } from '../../go/json.ts'
import type { ClientVersion } from '../client-version.ts'

/**
 * What is left of an object that Go has read into the struct of its kind: members in the order of the struct, those that it does not know
 * gone, empty ones left out or written as the struct's tags say. Kinds that kubectl is not built with stay as they are.
 * Sources: Go encoding/json encode.go; the types of k8s.io/api.
 */
export function asStruct(object: unknown, version: ClientVersion): unknown {
  const [group = '', name] = textAt(object, 'apiVersion').split('/')
  const kind = textAt(object, 'kind')
  const ref = name === undefined ? { group: '', version: group, kind } : { group, version: name, kind }
  const definition = schemaOf(version.minor).kind(ref)
  return definition === undefined || !isObject(object) ? object : written(object, definition, version)
}

function written(
  object: JsonObject | Readonly<Record<string, unknown>>,
  definition: Definition,
  version: ClientVersion,
): unknown {
  const copy: Record<string, unknown> = {}
  for (const [name, field] of definition.fields) {
    const value = object[name] ?? undefined
    const made = value === undefined ? absent(field, version) : present(value, field, version)
    if (made !== undefined) setMember(copy, name, made)
  }
  return copy
}

function present(value: unknown, field: FieldSchema, version: ClientVersion): unknown {
  if (field.omitEmpty && !field.pointer && isEmpty(value) && field.type.kind !== 'object') return absent(field, version)
  return typedValue(value, field.type, version)
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}

function typedValue(value: unknown, type: FieldType, version: ClientVersion): unknown {
  if (type.kind === 'object') return isObject(value) ? written(value, type.definition, version) : value
  if (type.kind === 'list')
    return Array.isArray(value) ? value.map((item) => typedValue(item, type.items, version)) : value
  if (type.kind === 'scalar' || !isObject(value)) return value
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort(compareBytes))
    setMember(copy, key, typedValue(value[key], type.values, version))
  return copy
}

/** What Go writes for a field that was never set: `omitempty` leaves out neither structs nor times. */
function absent({ name, type, pointer, omitEmpty }: FieldSchema, version: ClientVersion): unknown {
  if (pointer) return undefined
  if (type.kind === 'object') return written({}, type.definition, version)
  if (type.kind === 'list' || type.kind === 'map') return omitEmpty ? undefined : null
  switch (type.scalar) {
    case 'time':
    case 'microTime':
      return name === 'creationTimestamp' && version.omitsNullCreationTimestamp ? undefined : null
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    case 'any':
      return undefined
    case 'boolean':
      return omitEmpty ? undefined : false
    case 'string':
    case 'bytes':
      return omitEmpty ? undefined : ''
    default:
      return omitEmpty ? undefined : 0
  }
}
