/**
 * Lists whose elements are told apart by several keys, as the ports of containers and Services: by number and protocol.
 * Source: kyaml yaml/walk/associative_sequence.go; yaml/fns.go, ElementSetter.
 */
import { isObject } from '../go/json.ts'
import type { Body } from './resource.ts'

type Texts = readonly string[]

/** A list with a patch merged in; `merged` merges one element, undefined when the patch deletes it. */
export function mergedByKeys(
  old: readonly unknown[],
  patch: readonly unknown[],
  keys: Texts,
  merged: (before: Body | undefined, patch: Body | undefined) => Body | undefined,
): unknown[] {
  const all = sharedValues([...patch, ...old], keys)
  if (all.length === 0) return [...old]
  const kept: unknown[] = [...old]
  const added: unknown[] = []
  let validKeys: Texts = keys
  for (const values of all) {
    const valid = validOf(all, values, keys)
    validKeys = valid.keys
    const own = validOf([valid.values], valid.values, valid.keys)
    const at = kept.findIndex((item) => hasValues(item, own.keys, own.values))
    const found = patch.find((item) => hasValues(item, own.keys, own.values))
    const value = merged(kept[at] as Body | undefined, found as Body | undefined) // elements that have keys are maps
    if (value === undefined || Object.keys(value).length === 0) {
      putElement(kept, undefined, valid.keys, valid.values)
      continue
    }
    if (at >= 0) kept[at] = value
    valid.keys.forEach((key, i) => {
      const text = valid.values[i] ?? ''
      if (!Object.hasOwn(value, key) && text !== '') value[key] = /^\d+$/.test(text) ? Number(text) : text
    })
    putElement(added, value, valid.keys, valid.values)
  }
  for (const item of kept) putBehind(added, item, validKeys)
  return added
}

/** The values of all elements, each once; those that agree in what both have become one. Source: elementValues, mergeValues. */
function sharedValues(items: readonly unknown[], keys: Texts): readonly Texts[] {
  const all: Texts[] = []
  for (const item of items) {
    const values = keys.map((key) => textOf(isObject(item) ? item[key] : undefined))
    if (!all.some((one) => one.every((text, i) => text === values[i]))) all.push(values)
  }
  all.forEach((_, i) => {
    const first = all[i] ?? []
    all.forEach((second, j) => {
      const both = agreed(first, second)
      if (both === undefined) return
      all[i] = both
      all[j] = both
    })
  })
  return all
}

function agreed(a: Texts, b: Texts): Texts | undefined {
  if (!a.some((text, i) => text === b[i])) return undefined
  if (a.some((text, i) => text !== b[i] && text !== '' && b[i] !== '')) return undefined
  return a.map((text, i) => text || (b[i] ?? ''))
}

/** The keys that anybody has a value of. Source: validateKeys. */
function validOf(all: readonly Texts[], values: Texts, keys: Texts): { readonly keys: Texts; readonly values: Texts } {
  const isValid = keys.map((_, i) => all.some((one) => (one[i] ?? '') !== ''))
  if (!isValid.includes(true)) return { keys, values }
  return { keys: keys.filter((_, i) => isValid[i]), values: values.filter((_, i) => isValid[i]) }
}

function hasValues(item: unknown, keys: Texts, values: Texts): boolean {
  return isObject(item) && keys.every((key, i) => Object.hasOwn(item, key) && textOf(item[key]) === values[i])
}

/** Puts an element in the place of those that match, or behind all; undefined takes them away. An empty text matches any value. */
function putElement(list: unknown[], element: unknown, keys: Texts, values: Texts): void {
  const matches = (item: unknown): boolean =>
    isObject(item) &&
    keys.every((key, i) => {
      const text = values[i]
      if (text === undefined) return i > 0
      return Object.hasOwn(item, key) && (text === '' || textOf(item[key]) === text)
    })
  const isFound = list.some(matches)
  const next = list.flatMap((item) => {
    if (!matches(item)) return values.length > 0 || !isObject(item) ? [item] : []
    return element === undefined ? [] : [element]
  })
  list.splice(0, list.length, ...next)
  if (element !== undefined && !isFound) list.push(element)
}

/** Source: appendListNode: an element without one of the keys is put behind all as it is, too. */
function putBehind(list: unknown[], item: unknown, keys: Texts): void {
  const values: string[] = []
  for (const key of keys) {
    const value = isObject(item) ? item[key] : undefined
    if (value === undefined || value === null) list.push(item)
    else values.push(textOf(value))
  }
  putElement(list, undefined, keys, values)
  putElement(list, item, keys, values)
}

function textOf(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '' : String(value)
}
