/** Reads, sets and removes what lies at a place in a value. Source: jq src/jv_aux.c (1.6). */
import { BudgetError } from '../../engine/budget.ts'
import { compare, dump, isObject, JqError, type Json, type JsonObject, kindOf, named } from './values.ts'

/** What leads to a place: keys, indexes, slices as objects. */
export type Path = readonly Json[]

/** Reads one step. */
export function get(of: Json, key: Json): Json {
  if (isObject(of) && typeof key === 'string') return of.get(key) ?? null
  if (Array.isArray(of) && typeof key === 'number') return of[indexIn(of, key)] ?? null
  if (Array.isArray(of) && Array.isArray(key)) return indexesOf(of, key)
  if (isObject(key) && (Array.isArray(of) || typeof of === 'string')) return slice(of, key)
  if (of === null && (typeof key === 'string' || typeof key === 'number' || isObject(key))) return null
  throw cannotIndex(of, key)
}

function cannotIndex(of: Json, key: Json): JqError {
  return new JqError(
    typeof key === 'string'
      ? `Cannot index ${kindOf(of)} with string "${key}"`
      : `Cannot index ${kindOf(of)} with ${kindOf(key)}`,
  )
}

function indexIn(of: readonly Json[], key: number): number {
  const index = Math.floor(key)
  if (index !== key) return -1
  return index < 0 ? index + of.length : index
}

/** Where a list begins within another. */
export function indexesOf(of: readonly Json[], part: readonly Json[]): number[] {
  const found: number[] = []
  if (part.length === 0) return found
  for (let i = 0; i + part.length <= of.length; i++)
    if (part.every((item, k) => compare(of[i + k] ?? null, item) === 0)) found.push(i)
  return found
}

function bounds(length: number, key: JsonObject): readonly [from: number, to: number] {
  const bound = (value: Json, missing: number, round: (n: number) => number): number => {
    if (value === null) return missing
    if (typeof value !== 'number') throw new JqError('Start and end indices of an array slice must be numbers')
    const at = round(value < 0 ? value + length : value)
    return Math.min(Math.max(at, 0), length)
  }
  const from = bound(key.get('start') ?? null, 0, Math.floor)
  const to = bound(key.get('end') ?? null, length, Math.ceil)
  return [from, Math.max(from, to)]
}

function slice(of: readonly Json[] | string, key: JsonObject): Json {
  const items = typeof of === 'string' ? [...of] : of
  const [from, to] = bounds(items.length, key)
  const part = items.slice(from, to)
  return typeof of === 'string' ? part.join('') : part
}

/** The value with another one at a place. */
export function set(of: Json, path: Path, value: Json): Json {
  return update(of, path, () => value)
}

/** The value with what lies at a place put through `change`. */
export function update(of: Json, path: Path, change: (old: Json) => Json): Json {
  const [key, ...rest] = path
  if (path.length === 0) return change(of)
  const place = key ?? null
  return put(of, place, update(get(of, place), rest, change))
}

/** Longest list that an index may make. Source: jq src/jv.c, jv_array_set. */
const longestList = 2 ** 29 - 1

/** Items that fit into 16 MB. */
const mostItems = 1 << 20

function put(of: Json, key: Json, value: Json): Json {
  if (typeof key === 'string' && (of === null || isObject(of))) return new Map(of ?? []).set(key, value)
  if (typeof key === 'number' && (of === null || Array.isArray(of))) return putAt(of === null ? [] : of, key, value)
  if (isObject(key) && (of === null || Array.isArray(of))) {
    if (!Array.isArray(value)) throw new JqError('A slice of an array can only be assigned another array')
    const items = of === null ? [] : of
    const [from, to] = bounds(items.length, key)
    return [...items.slice(0, from), ...value, ...items.slice(to)]
  }
  if (isObject(key)) throw new JqError(`Cannot update field at object index of ${kindOf(of)}`)
  throw cannotIndex(of, key)
}

function putAt(of: readonly Json[], key: number, value: Json): Json {
  const index = key < 0 ? Math.trunc(key) + of.length : Math.trunc(key)
  if (index < 0) throw new JqError('Out of bounds negative array index')
  if (index > longestList) throw new JqError('Array index too large')
  if (index > mostItems) throw new BudgetError('memory')
  const items = [...of]
  while (items.length < index) items.push(null)
  items[index] = value
  return items
}

/** What lies at a place, `null` where something before it is. */
export function getPath(of: Json, path: Path): Json {
  let value = of
  for (const key of path) {
    if (value === null) return null
    value = get(value, key)
  }
  return value
}

/** The value without what lies at these places. */
export function deletePaths(of: Json, paths: readonly Path[]): Json {
  // From the last to the first, so that what goes does not move what is still to go.
  const ordered = [...paths].sort((a, b) => compare(b, a))
  let value = of
  for (const path of ordered) value = deletePath(value, path)
  return value
}

function deletePath(of: Json, path: Path): Json {
  if (path.length === 0 || of === null) return null
  const [key = null, ...rest] = path
  if (rest.length > 0) {
    const inner = get(of, key)
    return inner === null ? of : put(of, key, deletePath(inner, rest))
  }
  return remove(of, key)
}

function remove(of: Json, key: Json): Json {
  if (isObject(of) && typeof key === 'string') {
    const rest = new Map(of)
    rest.delete(key)
    return rest
  }
  if (Array.isArray(of) && typeof key === 'number') {
    const index = indexIn(of, key)
    return index < 0 || index >= of.length ? of : of.filter((_item, i) => i !== index)
  }
  if (Array.isArray(of) && isObject(key)) {
    const [from, to] = bounds(of.length, key)
    return [...of.slice(0, from), ...of.slice(to)]
  }
  if (isObject(of)) throw new JqError(`Cannot delete field at object index of ${kindOf(key)}`)
  throw new JqError(`Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${kindOf(of)}`)
}

/** A value within a value, with the key that leads to it. */
type Inner = readonly [key: Json, value: Json]

/** All values within a value. */
export function* each(of: Json): Generator<Inner> {
  if (Array.isArray(of)) for (const [i, item] of of.entries()) yield [i, item]
  else if (isObject(of)) yield* of
  else throw new JqError(`Cannot iterate over ${of === null ? `null (${dump(of)})` : named(of)}`)
}
