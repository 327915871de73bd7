import { compareText } from '../objects.ts'
import { dumpQuantity } from './go-quantity.ts'
import { goNamedTypes, goStructs } from './template-types.ts'

/** Takes a text piece by piece. */
export type TextSink = (piece: string) => void

/**
 * A Pod template as Go prints it for hashing: spew with `%#v`, types and all, the empty counting as nil because the
 * controllers read protobuf. In pieces, for nobody needs the whole: it takes ten times what the template does.
 * Source: pkg/util/hash/hash.go, DeepHashObject; github.com/davecgh/go-spew spew/format.go.
 */
export function dumpTemplate(template: object, out: TextSink): void {
  out('(v1.PodTemplateSpec)')
  dumpStruct('v1.PodTemplateSpec', template, out)
}

interface Field {
  readonly json: string
  readonly type: string
  /** Its members are those of the struct around it. */
  readonly isEmbedded: boolean
  /** What stands before its value: `Name:(string)`. */
  readonly label: string
  /** Its type, or what a pointer points at. */
  readonly valueType: string
  /** All of it where it has no value, if that is one text. */
  readonly whenAbsent: string | undefined
}

const fieldsByType = new Map<string, readonly Field[]>()

function fieldsOf(type: string): readonly Field[] {
  const known = fieldsByType.get(type)
  if (known !== undefined) return known
  const fields = (goStructs[type] ?? '').split(' ').map((text, at): Field => {
    const [tag = '', json = '', of = ''] = text.split(':')
    const name = tag.replace('+', '')
    const isEmbedded = tag.startsWith('+')
    const label = `${at === 0 ? '' : ' '}${name}:(${of})`
    const isNil = !isEmbedded && /^(?:\*|\[\]|map\[)/.test(of)
    return {
      json: json === '' ? name.charAt(0).toLowerCase() + name.slice(1) : json,
      type: of,
      isEmbedded,
      label,
      valueType: of.startsWith('*') ? of.slice(1) : of,
      whenAbsent: isNil ? `${label}<nil>` : undefined,
    }
  })
  fieldsByType.set(type, fields)
  return fields
}

function dumpStruct(type: string, value: object, out: TextSink): void {
  out('{')
  for (const { json, type: of, isEmbedded, label, valueType, whenAbsent } of fieldsOf(type)) {
    const own = isEmbedded ? value : Object.hasOwn(value, json) ? (value as Record<string, unknown>)[json] : undefined // own member
    const member = own ?? undefined
    if (member === undefined && whenAbsent !== undefined) out(whenAbsent)
    else {
      out(label)
      dumpValue(member === undefined ? of : valueType, member, out)
    }
  }
  out('}')
}

/** Without its type, as members of lists and maps are printed. */
function dumpValue(type: string, value: unknown, out: TextSink): void {
  if (type.startsWith('*')) out('<nil>')
  else if (type.startsWith('[]')) dumpList(type.slice(2), value, out)
  else if (type.startsWith('map[')) dumpMap(type, value, out)
  else if (goStructs[type] !== undefined)
    dumpStruct(type, typeof value === 'object' && value !== null ? value : {}, out)
  else dumpScalar(type, value, out)
}

function dumpScalar(type: string, value: unknown, out: TextSink): void {
  switch (type) {
    case 'string':
      out(typeof value === 'string' ? value : '')
      break
    case 'bool':
      out(String(value === true))
      break
    case 'int32':
    case 'int64':
      out(String(value ?? 0))
      break
    case 'v1.Time':
      out('{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}')
      break
    case 'resource.Quantity':
      out(dumpQuantity(value === undefined ? '' : String(value)))
      break
    case 'intstr.IntOrString':
      out(dumpIntOrString(value))
      break
    default:
      dumpValue(goNamedTypes[type] ?? 'string', value, out)
  }
}

function dumpList(of: string, value: unknown, out: TextSink): void {
  if (!Array.isArray(value) || value.length === 0) {
    out('<nil>')
    return
  }
  for (const [at, item] of value.entries()) {
    out(at === 0 ? '[' : ' ')
    dumpValue(of, item, out)
  }
  out(']')
}

function dumpMap(type: string, value: unknown, out: TextSink): void {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0) {
    out('<nil>')
    return
  }
  const of = type.slice(type.indexOf(']') + 1)
  const sorted = entries.sort(([a], [b]) => compareText(a, b))
  for (const [at, [key, member]] of sorted.entries()) {
    out(`${at === 0 ? 'map[' : ' '}${key}:`)
    dumpValue(of, member, out)
  }
  out(']')
}

function dumpIntOrString(value: unknown): string {
  const isText = typeof value === 'string'
  const parts = [isText ? 1 : 0, isText ? 0 : (value ?? 0), isText ? value : '']
  return `{Type:(intstr.Type)${parts[0]} IntVal:(int32)${parts[1]} StrVal:(string)${parts[2]}}`
}
