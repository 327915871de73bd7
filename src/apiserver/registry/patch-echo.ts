import { isObject } from '../../api/json.ts'
import type { Definition, FieldType } from '../../api/schema/schema.ts'

/**
 * The document that a patch made, as the text of a refusal shows it: Go wrote the object as a struct, and what the patch
 * walked through has become a map, whose keys are sorted. Source: evanphx/json-patch v4, lazyNode.MarshalJSON.
 */
export function patchEcho(document: unknown, before: unknown, definition: Definition | undefined): string {
  return JSON.stringify(echo(document, before, definition && { kind: 'object', definition }))
}

function echo(value: unknown, before: unknown, type: FieldType | undefined): unknown {
  if (value === before) return asStruct(value, type)
  if (Array.isArray(value) && Array.isArray(before))
    return value.map((item: unknown) => (before.includes(item) ? asStruct(item, itemsOf(type)) : item))
  // What came with the patch stays as it was sent.
  if (!isObject(value) || !isObject(before)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, echo(value[key], before[key], memberOf(type, key))]))
}

/** Members in the order of the Go struct, those of maps sorted. */
function asStruct(value: unknown, type: FieldType | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => asStruct(item, itemsOf(type)))
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  if (type?.kind === 'object') {
    const order = [...type.definition.fields.keys()]
    keys.sort((a, b) => order.indexOf(a) - order.indexOf(b))
  } else keys.sort()
  return Object.fromEntries(keys.map((key) => [key, asStruct(value[key], memberOf(type, key))]))
}

function itemsOf(type: FieldType | undefined): FieldType | undefined {
  return type?.kind === 'list' ? type.items : undefined
}

function memberOf(type: FieldType | undefined, name: string): FieldType | undefined {
  if (type?.kind === 'map') return type.values
  return type?.kind === 'object' ? type.definition.fields.get(name)?.type : undefined
}
