/** Values of jq: JSON whose objects keep the order in which their keys came, and the order in which jq sorts them. */
import { type ByteText, toByteText } from '../../byte-text.ts'

/** A JSON value. Objects are maps: those of JavaScript would put keys that are numbers first. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** An object; its keys in the order in which they came. */
export type JsonObject = ReadonlyMap<string, Json>

/** An error of a program; `value` is what `catch` is given. */
export class JqError extends Error {
  override readonly name = 'JqError'
  readonly value: Json
  constructor(value: Json) {
    super(typeof value === 'string' ? value : '')
    this.value = value
  }
}

/** Lists are the only arrays among values. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** Objects are the only maps among values. */
export function isObject(value: Json): value is JsonObject {
  return value instanceof Map
}

/** What `type` says. */
export function kindOf(value: Json): 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (isObject(value)) return 'object'
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean'
}

/** Everything but `false` and `null` holds. */
export function isTrue(value: Json): boolean {
  return value !== null && value !== false
}

const ranks = { null: 0, boolean: 1, number: 3, string: 4, array: 5, object: 6 } as const

/** Orders two values as `sort` does. Source: jq manual, sort. */
export function compare(a: Json, b: Json): number {
  const difference = ranks[kindOf(a)] - ranks[kindOf(b)]
  if (difference !== 0) return difference
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b)
  if (isObject(a) && isObject(b)) return compareObjects(a, b)
  // NaN is less than any number, itself included.
  if (Number.isNaN(a)) return -1
  return a === b ? 0 : Number(a) < Number(b) ? -1 : 1
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return toByteText(a) < toByteText(b) ? -1 : 1
}

function compareLists(a: readonly Json[], b: readonly Json[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compare(a[i] ?? null, b[i] ?? null)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** First by their sets of keys, then value by value. */
function compareObjects(a: JsonObject, b: JsonObject): number {
  const keys = sortedKeys(a)
  const byKeys = compareLists(keys, sortedKeys(b))
  if (byKeys !== 0) return byKeys
  return compareLists(
    keys.map((key) => a.get(key) ?? null),
    keys.map((key) => b.get(key) ?? null),
  )
}

/** Keys in the order of their bytes. */
export function sortedKeys(object: JsonObject): string[] {
  return [...object.keys()].sort(compareText)
}

/** How values are written. */
export interface Style {
  /** What a level is indented by; undefined: all on one line. */
  readonly indent?: string | undefined
  readonly sortsKeys?: boolean
  readonly ascii?: boolean
}

/** A value as JSON. */
export function dump(value: Json, style: Style = {}, level = ''): string {
  if (typeof value === 'string') return quote(value, style.ascii === true)
  if (typeof value === 'number') return numberText(value)
  if (isObject(value)) {
    const keys = style.sortsKeys === true ? sortedKeys(value) : [...value.keys()]
    const gap = style.indent === undefined ? ':' : ': '
    const items = keys.map((key) => (inner: string) => {
      return `${quote(key, style.ascii === true)}${gap}${dump(value.get(key) ?? null, style, inner)}`
    })
    return dumpItems('{', items, '}', style, level)
  }
  if (value !== null && typeof value === 'object') {
    const items = value.map((item) => (inner: string) => dump(item, style, inner))
    return dumpItems('[', items, ']', style, level)
  }
  return String(value)
}

function dumpItems(
  open: string,
  items: readonly ((inner: string) => string)[],
  close: string,
  { indent }: Style,
  level: string,
): string {
  if (items.length === 0) return open + close
  if (indent === undefined) return `${open}${items.map((item) => item(level)).join(',')}${close}`
  const inner = level + indent
  return `${open}\n${items.map((item) => inner + item(inner)).join(',\n')}\n${level}${close}`
}

/** The shortest text that reads back as the number. Source: jq src/jv_dtoa.c, jvp_dtoa_fmt. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null'
  if (!Number.isFinite(value)) return numberText(value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE)
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const sign = value < 0 ? '-' : ''
  const point = Number(exponent) + 1
  if (point <= -4 || point > digits.length + 15) {
    const rest = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
    const power = point - 1
    return `${sign}${rest}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function quote(text: string, ascii: boolean): string {
  const pattern = ascii ? /["\\\u0000-\u001f\u007f-\uffff]/g : /["\\\u0000-\u001f\u007f]/g
  return `"${text.replace(pattern, (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
}

/** As errors show a value: at most fourteen bytes, cut with three dots. Source: jq src/jv_print.c, jv_dump_string_trunc. */
export function shown(value: Json): ByteText {
  const text = toByteText(dump(value))
  return text.length > errorWidth ? `${text.slice(0, errorWidth - 3)}...` : text
}
const errorWidth = 14

/** `object ({"a":1})`, as errors name a value. */
export function named(value: Json): string {
  return `${kindOf(value)} (${shown(value)})`
}
