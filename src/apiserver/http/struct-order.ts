import { setMember } from '../../api/json.ts'
import { type Definition, type FieldType, schemaOf } from '../../api/schema/schema.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { sortBytewise } from '../../go/json.ts'

/**
 * The object with the members of each struct in the order of its fields and the keys of maps sorted, as Go writes them: whoever reads an answer as text sees
 * `metadata.name` before `namespace`, whatever came first in the object. Kinds without a struct (custom resources, Tables)
 * stay as they are. Source: Go encoding/json, encode.go, typeFields and mapEncoder.
 */
export function inStructOrder(object: object, minor: number): object {
  const { apiVersion = '', kind = '' } = object as Partial<KubeObject> // any object may be asked for these
  const slash = apiVersion.indexOf('/')
  const ref = { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1), kind }
  const definition = schemaOf(minor).kind(ref)
  return definition === undefined ? object : ordered(object, definition)
}

function ordered(object: object, { fields }: Definition): object {
  const copy: Record<string, unknown> = {}
  // A struct has ten times as many fields as an object has members: no pair is made for each.
  for (const name of fields.keys()) {
    const value: unknown = Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined
    const type = value === undefined ? undefined : fields.get(name)?.type
    if (type !== undefined) setMember(copy, name, orderedValue(value, type))
  }
  for (const name of Object.keys(object)) if (!fields.has(name)) setMember(copy, name, Reflect.get(object, name))
  return copy
}

function orderedValue(value: unknown, type: FieldType): unknown {
  if (typeof value !== 'object' || value === null) return value
  switch (type.kind) {
    case 'scalar':
      return value
    case 'object':
      return ordered(value, type.definition)
    case 'list':
      return Array.isArray(value) && type.items.kind !== 'scalar'
        ? value.map((item) => orderedValue(item, type.items))
        : value
    case 'map':
      return mapped(value, type.values)
  }
}

function mapped(value: object, values: FieldType): object {
  const copy: Record<string, unknown> = {}
  for (const key of sortBytewise(Object.keys(value)))
    setMember(copy, key, orderedValue(Reflect.get(value, key), values))
  return copy
}
