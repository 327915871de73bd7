import { isObject, type JsonObject } from '../json.ts'
import type { ListShape } from './shapes.ts'

/**
 * How an item of a list is told from others: by its keys, or by itself in a set. An error in place of an element that can't be
 * made. Source: structured-merge-diff typed/helpers.go, listItemToPathElement.
 */
export function elementOf(list: ListShape, item: unknown): string | { readonly error: string } {
  if (list.keys.length === 0) return setElement(item)
  if (item === null) return { error: 'associative list with keys may not have a null element' }
  if (!isObject(item)) return { error: 'associative list with keys may not have non-map elements' }
  return keyElement(list, item)
}

/** Go sorts the members of a key by their names. */
function keyElement({ keys, defaults }: ListShape, item: JsonObject): string | { readonly error: string } {
  const key: Record<string, unknown> = {}
  for (const name of [...keys].sort()) {
    const value = item[name] ?? defaults?.[name]
    if (value !== undefined) key[name] = value
  }
  if (Object.keys(key).length > 0) return `k:${JSON.stringify(key)}`
  const names = keys.map((name) => JSON.stringify(name)).join(' ')
  return {
    error: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  }
}

function setElement(item: unknown): string | { readonly error: string } {
  if (item === null) return { error: "associative list without keys has an element that's an explicit null" }
  if (Array.isArray(item)) return { error: 'not supported: associative list with lists as elements' }
  if (isObject(item)) return { error: "associative list without keys has an element that's a map type" }
  return `v:${JSON.stringify(item)}`
}

/** The items of a list by their elements, in order; those of which there are several come as a list of their own. */
export function itemsByElement(list: ListShape, items: readonly unknown[]): ReadonlyMap<string, readonly unknown[]> {
  const byElement = new Map<string, unknown[]>()
  for (const item of items) {
    const element = elementOf(list, item)
    if (typeof element !== 'string') continue
    const known = byElement.get(element)
    if (known === undefined) byElement.set(element, [item])
    else known.push(item)
  }
  return byElement
}
