/** JSON as the API carries it, read without trusting its shape. */

export interface JsonObject {
  readonly [key: string]: unknown
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path, undefined where the path leads nowhere. Only own fields count. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const step of path) {
    if (Array.isArray(here)) here = typeof step === 'number' ? here[step] : undefined
    else if (isObject(here) && Object.hasOwn(here, step)) here = here[step]
    else return undefined
  }
  return here
}

/** Text at a path; empty when there is none. Numbers and booleans are written out. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path)
  return typeof found === 'string'
    ? found
    : typeof found === 'number' || typeof found === 'boolean'
      ? String(found)
      : ''
}

/** Number at a path; `fallback` when there is none. */
export function numberAt(value: unknown, path: readonly (string | number)[], fallback = 0): number {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : fallback
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export function objectAt(value: unknown, ...path: readonly (string | number)[]): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

/** A map of texts at a path, as entries sorted bytewise. */
export function sortedEntries(value: unknown, ...path: readonly (string | number)[]): readonly [string, string][] {
  return Object.entries(objectAt(value, ...path))
    .map(([key, text]): [string, string] => [key, typeof text === 'string' ? text : String(text)])
    .sort(([a], [b]) => compareBytes(a, b))
}

/** Order of UTF-16 units is not order of bytes beyond the basic plane; keys of maps are compared as Go compares strings. */
export function compareBytes(a: string, b: string): number {
  const common = Math.min(a.length, b.length)
  for (let i = 0; i < common; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return placeOf(left) - placeOf(right)
  }
  return a.length - b.length
}

/** The keys in their order, in place. Few are put in order by moving them: sorting makes lists of its own. */
export function sortBytewise(keys: string[]): string[] {
  if (keys.length > 24) return keys.sort(compareBytes)
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? ''
    let at = i
    for (; at > 0 && compareBytes(keys[at - 1] ?? '', key) > 0; at--) keys[at] = keys[at - 1] ?? ''
    keys[at] = key
  }
  return keys
}

/** Surrogates stand for what comes after all other units. */
function placeOf(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  )
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** One line of JSON as Go's encoding/json writes a map: keys sorted bytewise, HTML characters escaped. */
export function goJson(value: unknown): string {
  return escapeHtml(compact(value))
}

/** As `goJson`, with `indent` and the line breaks of json.MarshalIndent; empty objects and lists stay on one line. */
export function goJsonIndented(value: unknown, indent: string, prefix = ''): string {
  return escapeHtml(indented(value, indent, prefix))
}

/** As `goJson`, members in their own order: json.Marshal of a struct. */
export function goStructJson(value: unknown): string {
  return escapeHtml(JSON.stringify(value))
}

/** As `goJsonIndented`, members in their own order: json.MarshalIndent of a struct. */
export function goStructJsonIndented(value: unknown, indent: string): string {
  return escapeHtml(JSON.stringify(value, undefined, indent))
}

function escapeHtml(json: string): string {
  if (!/[<>&\u2028\u2029]|\\[bf]/.test(json)) return json
  return json
    .replace(/\\b/g, (text, offset: number) => (isEscaped(json, offset) ? text : '\\u0008'))
    .replace(/\\f/g, (text, offset: number) => (isEscaped(json, offset) ? text : '\\u000c'))
    .replace(/[<>&\u2028\u2029]/g, (char) => htmlEscapes[char] ?? char)
}

function isEscaped(json: string, offset: number): boolean {
  let slashes = 0
  while (json[offset - 1 - slashes] === '\\') slashes++
  return slashes % 2 === 1
}

function compact(value: unknown): string {
  const ordered = inOrder(value)
  return ordered === noOrder ? pieced(value) : scalar(ordered)
}

/** What an object cannot keep in any order but its own: keys that are numbers. */
const noOrder = Symbol('no order')

/** The value with its keys sorted, what is in order shared; no text is put together. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return itemsInOrder(value)
  if (!isObject(value)) return value
  const keys = sortedKeys(value)
  let isSame = true
  const items: unknown[] = []
  let at = 0
  for (const key in value) if (value[key] !== undefined && keys[at++] !== key) isSame = false
  for (at = 0; at < keys.length; at++) {
    const key = keys[at] ?? ''
    if (key === '__proto__' || (key.charCodeAt(0) <= 57 && key.charCodeAt(0) >= 48)) return noOrder
    const item = inOrder(value[key])
    if (item === noOrder) return noOrder
    if (item !== value[key]) isSame = false
    items[at] = item
  }
  if (isSame) return value
  const ordered: Record<string, unknown> = {}
  for (at = 0; at < keys.length; at++) ordered[keys[at] ?? ''] = items[at]
  return ordered
}

function itemsInOrder(value: readonly unknown[]): unknown {
  let copy: unknown[] | undefined
  for (let at = 0; at < value.length; at++) {
    const item = inOrder(value[at])
    if (item === noOrder) return noOrder
    if (item === value[at]) continue
    copy ??= [...value]
    copy[at] = item
  }
  return copy ?? value
}

/** Texts are put together piece by piece: lists of pieces cost more than they are. */
function pieced(value: unknown): string {
  if (Array.isArray(value)) {
    let items = ''
    for (let i = 0; i < value.length; i++) items += (i === 0 ? '' : ',') + pieced(value[i])
    return `[${items}]`
  }
  if (!isObject(value)) return scalar(value)
  let fields = ''
  for (const key of sortedKeys(value)) {
    fields += `${fields === '' ? '' : ','}${JSON.stringify(key)}:${pieced(value[key])}`
  }
  return `{${fields}}`
}

function indented(value: unknown, indent: string, prefix: string): string {
  const inner = prefix + indent
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => inner + indented(item, indent, inner)).join(',\n')}\n${prefix}]`
  }
  if (!isObject(value)) return scalar(value)
  const keys = sortedKeys(value)
  if (keys.length === 0) return '{}'
  const fields = keys.map((key) => `${inner}${JSON.stringify(key)}: ${indented(value[key], indent, inner)}`)
  return `{\n${fields.join(',\n')}\n${prefix}}`
}

function sortedKeys(value: JsonObject): string[] {
  const keys = Object.keys(value)
  let inOrder = true
  let filled = 0
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? ''
    if (value[key] === undefined) continue
    if (filled > 0 && compareBytes(keys[filled - 1] ?? '', key) > 0) inOrder = false
    keys[filled++] = key
  }
  keys.length = filled
  return inOrder ? keys : sortBytewise(keys)
}

function scalar(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}
