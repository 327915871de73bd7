/** Paths into manifests, and changing what they lead to. Source: pkg/transformers/mutatefield.go; api filters/fieldspec. */
import { compareBytes, isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { refuse, wrap } from './loader.ts'
import { type Body, type Gvk, idOf, idText, isSelectedBy } from './resource.ts'

/** A field of objects of some kind; empty parts of the kind match anything. */
export interface FieldSpec extends Gvk {
  /** Makes what is missing on the way. */
  readonly create: boolean
  readonly path: readonly string[]
  /** As it is written. */
  readonly text: string
}

/** Reads `group|version|kind|create|path` of the generated tables. */
export function parseFieldSpec(row: string): FieldSpec {
  const [group = '', version = '', kind = '', create = '', ...rest] = row.split('|')
  return newFieldSpec({ group, version, kind }, create === 'create', rest.join('|'))
}

/** A field by its path: `spec/template/metadata/labels`. */
export function newFieldSpec(gvk: Gvk, create: boolean, text: string): FieldSpec {
  return { ...gvk, create, path: splitPath(text), text }
}

/** Splits at slashes; `\/` stands for a slash in a key. */
export function splitPath(path: string): readonly string[] {
  return path.split(/(?<!\\)\//).map((part) => part.replaceAll('\\/', '/'))
}

/** Makes the new value of a field from the old one. */
export type Change = (value: unknown) => unknown

/** What stands where a field is made. */
export type EmptyValue = () => unknown

/**
 * Replaces what the path leads to by what `change` makes of it, in every item of lists on the way (kustomize 4 and 5).
 * Source: api filters/fieldspec/fieldspec.go, Filter.
 */
export function changeField(body: Body, spec: FieldSpec, change: Change, emptyValue: EmptyValue = () => ({})): void {
  const words = `considering field '${spec.text}' of object ${idText(idOf(body))}`
  wrap(words, () => changeAt(body, spec.path, { create: spec.create, change, emptyValue }))
}

interface Visit {
  readonly create: boolean
  readonly change: Change
  readonly emptyValue: EmptyValue
}

function changeAt(node: Body, path: readonly string[], visit: Visit): void {
  const [next, ...rest] = path
  if (next === undefined) return
  // A list is expected, and never made. Source: isSequenceField.
  const isList = next.endsWith('[]')
  const first = isList ? next.slice(0, -2) : next
  if (first === '') refuse('cannot set or create an empty field name')
  const isMade = visit.create && !isList
  if (!Object.hasOwn(node, first)) {
    if (!isMade) return
    setOwn(node, first, rest.length === 0 ? visit.emptyValue() : {})
  }
  if (isMade && rest.length > 0 && isNothing(node[first])) setOwn(node, first, {})
  const value = node[first]
  if (rest.length === 0) setOwn(node, first, visit.change(value))
  else changeBelow(value, rest, visit)
}

function changeBelow(value: unknown, path: readonly string[], visit: Visit): void {
  if (Array.isArray(value)) {
    wrap(`visit traversal on path: [${path.join(' ')}]`, () => {
      for (const item of value) changeBelow(item, path, visit)
    })
  } else if (isObject(value)) changeAt(value as Body, path, visit)
  else if (!isNothing(value)) refuse('expected sequence or mapping node')
}

/** Whether nothing or `null` is written. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}

/** The same for kustomize 2.0.3. Source: pkg/transformers/mutatefield.go. */
export function changeFieldV2(body: Body, { path, create }: FieldSpec, change: Change): void {
  changeAtV2(body, path, create, change)
}

function changeAtV2(node: Body, path: readonly string[], create: boolean, change: Change): void {
  const [first, ...rest] = path
  if (first === undefined) return
  if (!Object.hasOwn(node, first)) {
    if (!create) return
    setOwn(node, first, {})
  }
  const value = node[first]
  if (rest.length === 0) setOwn(node, first, change(value))
  else if (Array.isArray(value)) for (const item of value) changeAtV2(mapOf(item), rest, create, change)
  else if (isObject(value)) changeAtV2(value as Body, rest, create, change)
  // A null is passed over, with a line in the log that begins with the time, which podsim leaves out.
  else if (value !== null) refuse(`${goValueSyntax(value)} is not expected to be a primitive type`)
}

/** A map to be changed; refuses other things in the words of 2.0.3. */
export function mapOf(value: unknown): Body {
  if (isObject(value)) return value as Body // it belongs to this build alone
  return refuse(`${goValueSyntax(value)} is expected to be map[string]interface {}`)
}

/** A decoded value as Go's %#v prints it. */
function goValueSyntax(value: unknown): string {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value))
    return `[]interface {}{${value.map((item) => (item === null ? 'interface {}(nil)' : goValueSyntax(item))).join(', ')}}`
  if (!isObject(value)) return String(value)
  const pairs = Object.keys(value)
    .sort(compareBytes)
    .map((key) => `${goQuote(key)}:${value[key] === null ? 'interface {}(nil)' : goValueSyntax(value[key])}`)
  return `map[string]interface {}{${pairs.join(', ')}}`
}

/** Sets an own property, `__proto__` too. */
export function setOwn(node: Body, key: string, value: unknown): void {
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Those that concern objects of a kind. */
export function specsFor(gvk: Gvk, specs: readonly FieldSpec[]): readonly FieldSpec[] {
  return specs.filter((spec) => isSelectedBy(gvk, spec))
}

/** What a dotted path of a var or replacement (`spec.template.spec.containers.[name=x].image`) is made of. */
export function splitDotted(path: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  let isBracketed = false
  for (let i = 0; i < path.length; i++) {
    const char = path.charAt(i)
    if (char === '\\' && path[i + 1] === '.') {
      part += '.'
      i++
    } else if (char === '.' && !isBracketed) {
      parts.push(part)
      part = ''
    } else {
      if (char === '[') isBracketed = true
      if (char === ']') isBracketed = false
      part += char
    }
  }
  parts.push(part)
  if (parts.some((one) => one === '')) refuse(`invalid field path "${path}"`)
  return parts
}
