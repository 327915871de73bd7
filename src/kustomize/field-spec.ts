/** Paths into manifests, and changing what they lead to. Source: pkg/transformers/mutatefield.go; api filters/fieldspec. */
import { isObject } from '../go/json.ts'
import { refuse } from './loader.ts'
import { type Body, type Gvk, isSelectedBy } from './resource.ts'

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

/** Replaces what the path leads to by what `change` makes of it, in every item of lists on the way. */
export function changeField(body: Body, spec: FieldSpec, change: Change, emptyValue: () => unknown = () => ({})): void {
  changeAt(body, spec.path, spec.create, change, emptyValue)
}

function changeAt(
  node: Body,
  path: readonly string[],
  create: boolean,
  change: Change,
  emptyValue: () => unknown,
): void {
  const [next, ...rest] = path
  if (next === undefined) return
  // A list is expected, and never made. Source: api filters/fieldspec/fieldspec.go, isSequenceField.
  const isList = next.endsWith('[]')
  const first = isList ? next.slice(0, -2) : next
  if (!Object.hasOwn(node, first)) {
    if (!create || isList) return
    setOwn(node, first, rest.length === 0 ? emptyValue() : {})
  }
  const value = node[first]
  if (rest.length === 0) {
    setOwn(node, first, change(value))
  } else if (Array.isArray(value)) {
    for (const item of value) if (isObject(item)) changeAt(item as Body, rest, create, change, emptyValue)
  } else if (isObject(value)) {
    changeAt(value as Body, rest, create, change, emptyValue)
  } else if (value === null && create) {
    setOwn(node, first, {})
    changeAt(node, path, create, change, emptyValue)
  }
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
