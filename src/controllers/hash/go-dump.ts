import { compareText } from '../objects.ts'
import { dumpQuantity } from './go-quantity.ts'
import { goNamedTypes, goStructs } from './template-types.ts'

/**
 * A Pod template as Go prints it for hashing: spew with `%#v`, types and all, the empty counting as nil because the
 * controllers read protobuf. Source: pkg/util/hash/hash.go, DeepHashObject; github.com/davecgh/go-spew spew/format.go.
 */
export function dumpTemplate(template: object): string {
  return `(v1.PodTemplateSpec)${dumpStruct('v1.PodTemplateSpec', template)}`
}

interface Field {
  readonly name: string
  readonly json: string
  readonly type: string
  /** Its members are those of the struct around it. */
  readonly isEmbedded: boolean
}

const fieldsByType = new Map<string, readonly Field[]>()

function fieldsOf(type: string): readonly Field[] {
  const known = fieldsByType.get(type)
  if (known !== undefined) return known
  const fields = (goStructs[type] ?? '').split(' ').map((text): Field => {
    const [label = '', json = '', of = ''] = text.split(':')
    const name = label.replace('+', '')
    return {
      name,
      json: json === '' ? name.charAt(0).toLowerCase() + name.slice(1) : json,
      type: of,
      isEmbedded: label.startsWith('+'),
    }
  })
  fieldsByType.set(type, fields)
  return fields
}

function dumpStruct(type: string, value: object): string {
  const members = fieldsOf(type).map(({ name, json, type: of, isEmbedded }) => {
    const member = isEmbedded
      ? value
      : Object.hasOwn(value, json)
        ? (value as Record<string, unknown>)[json]
        : undefined // own member
    return `${name}:${dumpTyped(of, member ?? undefined)}`
  })
  return `{${members.join(' ')}}`
}

/** With its type in front, as fields are printed. */
function dumpTyped(type: string, value: unknown): string {
  return `(${type})${dumpValue(type.startsWith('*') && value !== undefined ? type.slice(1) : type, value)}`
}

/** Without its type, as members of lists and maps are printed. */
function dumpValue(type: string, value: unknown): string {
  if (type.startsWith('*')) return '<nil>'
  if (type.startsWith('[]')) {
    if (!Array.isArray(value) || value.length === 0) return '<nil>'
    return `[${value.map((item) => dumpValue(type.slice(2), item)).join(' ')}]`
  }
  if (type.startsWith('map[')) return dumpMap(type, value)
  if (goStructs[type] !== undefined) return dumpStruct(type, typeof value === 'object' && value !== null ? value : {})
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : ''
    case 'bool':
      return String(value === true)
    case 'int32':
    case 'int64':
      return String(value ?? 0)
    case 'v1.Time':
      return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'
    case 'resource.Quantity':
      return dumpQuantity(value === undefined ? '' : String(value))
    case 'intstr.IntOrString':
      return dumpIntOrString(value)
    default:
      return dumpValue(goNamedTypes[type] ?? 'string', value)
  }
}

function dumpMap(type: string, value: unknown): string {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0) return '<nil>'
  const of = type.slice(type.indexOf(']') + 1)
  const sorted = entries.sort(([a], [b]) => compareText(a, b))
  return `map[${sorted.map(([key, member]) => `${key}:${dumpValue(of, member)}`).join(' ')}]`
}

function dumpIntOrString(value: unknown): string {
  const isText = typeof value === 'string'
  const parts = [isText ? 1 : 0, isText ? 0 : (value ?? 0), isText ? value : '']
  return `{Type:(intstr.Type)${parts[0]} IntVal:(int32)${parts[1]} StrVal:(string)${parts[2]}}`
}
