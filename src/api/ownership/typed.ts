import { isObject, type JsonObject, setMember } from '../json.ts'
import { deducedList, deducedMap, kindOf } from './compare.ts'
import { addNode, type FieldNode, type FieldSet, noFields } from './field-set.ts'
import { elementOf, itemsByElement } from './list-items.ts'
import type { ListShape, MapShape, Shape } from './shapes.ts'

/** What applying needs of typed values: the fields that they name, two of them merged, parts taken out. */

/**
 * Every leaf and item that a configuration names. Source: structured-merge-diff typed/tofieldset.go.
 */
export function fieldsOf(shape: Shape, value: unknown): FieldSet {
  return namedIn(shape, value).below
}

/** The set below a value, and whether the value itself is named: leaves are. */
function namedIn(shape: Shape, value: unknown): FieldNode {
  switch (kindOf(shape, value)) {
    case 'scalar':
      return { isMember: true, below: noFields }
    case 'list': {
      const list = shape.kind === 'list' ? shape : deducedList
      return list.isAtomic ? { isMember: true, below: noFields } : { isMember: false, below: itemsNamed(list, value) }
    }
    case 'map': {
      const map = shape.kind === 'map' ? shape : deducedMap
      return map.isAtomic ? { isMember: true, below: noFields } : { isMember: false, below: membersNamed(map, value) }
    }
  }
}

function itemsNamed(list: ListShape, value: unknown): FieldSet {
  const set = new Map<string, FieldNode>()
  for (const [element, items] of itemsByElement(list, Array.isArray(value) ? value : [])) {
    addNode(set, element, true, items.length > 1 ? noFields : fieldsOf(list.item, items[0]))
  }
  return set
}

function membersNamed(map: MapShape, value: unknown): FieldSet {
  const set = new Map<string, FieldNode>()
  if (!isObject(value)) return set
  for (const [key, inner] of Object.entries(value)) {
    const field = map.field(key)
    const shape = field?.shape ?? map.values
    if (shape === undefined || inner === undefined) continue
    const { isMember, below } = namedIn(shape, inner)
    const isEmpty = inner === null || (isObject(inner) && Object.keys(inner).length === 0)
    addNode(set, `f:${key}`, isMember || isEmpty || field === undefined, below)
  }
  return set
}

/**
 * An object with a configuration merged in: what the configuration names wins, nothing goes. Lists keep their order unless the
 * configuration wants another. Undefined: nothing is left. Source: typed/merge.go.
 */
export function mergeTyped(shape: Shape, live: unknown, config: unknown): unknown {
  const kind = kindOf(shape, config === undefined ? live : config)
  if (kind === 'scalar') return config === undefined ? live : config
  if (kind === 'list') return mergeLists(shape.kind === 'list' ? shape : deducedList, live, config)
  return mergeMaps(shape.kind === 'map' ? shape : deducedMap, live, config)
}

function mergeMaps(map: MapShape, live: unknown, config: unknown): unknown {
  const [left, right] = [isObject(live) ? live : {}, isObject(config) ? config : {}]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  if (map.isAtomic || keys.size === 0) return config === undefined ? live : config
  const merged: Record<string, unknown> = {}
  for (const key of keys) {
    const shape = map.field(key)?.shape ?? map.values
    if (shape === undefined) continue
    const [old, next] = [ownMember(left, key), ownMember(right, key)]
    const value = old === undefined && next === undefined ? undefined : mergeTyped(shape, old, next)
    if (value !== undefined) setMember(merged, key, value)
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}

function ownMember(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function mergeLists(list: ListShape, live: unknown, config: unknown): unknown {
  const [left, right] = [Array.isArray(live) ? live : [], Array.isArray(config) ? config : []]
  if (list.isAtomic || (left.length === 0 && right.length === 0)) return config === undefined ? live : config
  const merged = mergedItems(list, left, right)
  return merged.length === 0 ? undefined : merged
}

/** Walks both lists as typed/merge.go, visitListItems, does: what only one has keeps its place beside its neighbours. */
function mergedItems(list: ListShape, left: readonly unknown[], right: readonly unknown[]): readonly unknown[] {
  const [lefts, rights] = [itemsByElement(list, left), itemsByElement(list, right)]
  const [leftElements, rightElements] = [elementsOf(list, left), [...rights.keys()]]
  const shared = rightElements.filter((element) => lefts.has(element))
  const done = new Set<string>()
  const out: unknown[] = []
  const take = (own: unknown, other: unknown): void => {
    const value = mergeTyped(list.item, own, other)
    if (value !== undefined) out.push(value)
  }
  /** Of several with one key none is merged. */
  const single = (element: string): unknown => {
    const found = lefts.get(element) ?? []
    return found.length > 1 ? null : found[0]
  }
  let next = shared.shift()
  for (let l = 0, r = 0; l < leftElements.length || r < rightElements.length; ) {
    const [old, wanted] = [leftElements[l], rightElements[r]]
    if (old !== undefined && wanted !== undefined) {
      if (old === wanted) {
        done.add(old)
        take(single(old), rights.get(old)?.[0])
        l++
        r++
        next = shared.shift()
        continue
      }
      if (rights.has(old) && next !== undefined && next !== old) {
        l++
        continue
      }
    }
    if (old !== undefined) {
      if (!rights.has(old)) {
        take(left[l], undefined)
        l++
        continue
      }
      if (done.has(old)) l++
    }
    if (wanted !== undefined) {
      done.add(wanted)
      take(single(wanted), rights.get(wanted)?.[0])
      r++
      if (next === wanted) next = shared.shift()
    }
  }
  return out
}

function elementsOf(list: ListShape, items: readonly unknown[]): readonly string[] {
  return items.map((item) => elementOf(list, item)).filter((element) => typeof element === 'string')
}

/** A value without the fields and items of a set; null when nothing is left of it. Source: typed/remove.go. */
export function withoutFields(shape: Shape, value: unknown, toRemove: FieldSet): unknown {
  switch (kindOf(shape, value)) {
    case 'scalar':
      return value
    case 'list':
      return itemsLeft(shape.kind === 'list' ? shape : deducedList, value, toRemove)
    case 'map':
      return membersLeft(shape.kind === 'map' ? shape : deducedMap, value, toRemove)
  }
}

function itemsLeft(list: ListShape, value: unknown, toRemove: FieldSet): unknown {
  if (!Array.isArray(value) || value.length === 0 || list.isAtomic) return null
  const left: unknown[] = []
  for (const item of value) {
    const element = elementOf(list, item)
    const node = typeof element === 'string' ? toRemove.get(element) : undefined
    if (node?.isMember === true) continue
    left.push(node === undefined ? item : withoutFields(list.item, item, node.below))
  }
  return left.length === 0 ? null : left
}

function membersLeft(map: MapShape, value: unknown, toRemove: FieldSet): unknown {
  if (!isObject(value) || map.isAtomic) return null
  const left: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const node = toRemove.get(`f:${key}`)
    if (node?.isMember === true) continue
    const shape = map.field(key)?.shape ?? map.values
    setMember(left, key, node === undefined || shape === undefined ? inner : withoutFields(shape, inner, node.below))
  }
  return Object.keys(left).length === 0 ? null : left
}

/** With a set's paths also the named fields that they go through. Source: fieldpath/set.go, EnsureNamedFieldsAreMembers. */
export function withNamedFields(set: FieldSet, shape: Shape | undefined): FieldSet {
  const all = new Map<string, FieldNode>()
  for (const [element, { isMember, below }] of set) {
    const inner = innerShape(shape, element)
    const isNamed =
      below.size > 0 && element.startsWith('f:') && shape?.kind === 'map' && shape.field(element.slice(2)) !== undefined
    all.set(element, { isMember: isMember || isNamed, below: withNamedFields(below, inner) })
  }
  return all
}

function innerShape(shape: Shape | undefined, element: string): Shape | undefined {
  if (shape?.kind === 'list') return shape.item
  if (shape?.kind !== 'map') return undefined
  return shape.field(element.slice(2))?.shape ?? shape.values
}
