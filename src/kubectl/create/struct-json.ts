import { setMember } from '../../api/json.ts'
import { compareBytes, isObject } from '../../go/json.ts'

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** Fields that are maps in Go and so are written in bytewise order of their keys. */
const mapFields = new Set(['annotations', 'auths', 'binaryData', 'data', 'labels', 'stringData'])

/**
 * JSON as Go writes a struct: fields in the order given, maps sorted; `<`, `>`, `&`, U+2028 and U+2029 escaped. One
 * line, or with `indent` as json.MarshalIndent writes it. No newline at the end.
 */
export function structJson(value: unknown, indent = ''): string {
  return write(value, indent, '', false)
}

function write(value: unknown, indent: string, prefix: string, isMap: boolean): string {
  const inner = prefix + indent
  const [start, separator, end] = indent === '' ? ['', ',', ''] : [`\n${inner}`, `,\n${inner}`, `\n${prefix}`]
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[${start}${value.map((item) => write(item, indent, inner, false)).join(separator)}${end}]`
  }
  if (!isObject(value)) return scalar(value)
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  if (keys.length === 0) return '{}'
  if (isMap) keys.sort(compareBytes)
  const colon = indent === '' ? ':' : ': '
  const fields = keys.map((key) => scalar(key) + colon + write(value[key], indent, inner, !isMap && mapFields.has(key)))
  return `{${start}${fields.join(separator)}${end}}`
}

/** A copy whose members stand in the order in which `structJson` writes them. */
export function sortedMaps(object: object): object {
  return ordered(object, false) as object // what was an object is one
}

function ordered(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, false))
  if (!isObject(value)) return value
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  if (isMap) keys.sort(compareBytes)
  const copy: Record<string, unknown> = {}
  for (const key of keys) setMember(copy, key, ordered(value[key], !isMap && mapFields.has(key)))
  return copy
}

function scalar(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  // Go writes \b and \f as \u0008 and \u000c; a backslash that is itself escaped stands before neither.
  return text
    .replace(/\\[\\bf]/g, (pair) => (pair === '\\b' ? '\\u0008' : pair === '\\f' ? '\\u000c' : pair))
    .replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char)
}

/** Source: k8s.io/api core/v1 annotation_key_constants.go. */
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The object with the annotation that `--save-config` leaves, which holds the object as it was before.
 * Source: pkg/util/apply.go, CreateOrUpdateAnnotation.
 */
export function withLastApplied(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const own = isObject(metadata.annotations) ? metadata.annotations : {}
  const annotations = { ...own, [lastAppliedAnnotation]: `${structJson(object)}\n` }
  return { ...object, metadata: { ...metadata, annotations } }
}
