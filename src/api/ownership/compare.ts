import { equalJson, isObject } from '../json.ts'
import { addNode, type FieldNode, type FieldSet, noFields, recursiveDifference, union } from './field-set.ts'
import { itemsByElement } from './list-items.ts'
import { deduced, type ListShape, type MapShape, type Shape } from './shapes.ts'

/** What differs between two versions of an object. Source: structured-merge-diff typed/compare.go. */
export interface Comparison {
  readonly removed: FieldSet
  /** In both, and different. */
  readonly modified: FieldSet
  readonly added: FieldSet
}

/** Of two that are the same. */
export const noChanges: Comparison = { removed: noFields, modified: noFields, added: noFields }

/**
 * Compares objects as Go would write them: fields that are always written count as there. `isWritten`: whether the first one
 * is such an object, too, and not what somebody typed.
 */
export function compare(shape: Shape, before: unknown, after: unknown, isWritten = true): Comparison {
  return compareValues(shape, before, after, isWritten)
}

/** Whether nothing differs. */
export function isSame({ removed, modified, added }: Comparison): boolean {
  return removed.size === 0 && modified.size === 0 && added.size === 0
}

/** Leaves out fields that the endpoint does not write, and all below them. */
export function without(comparison: Comparison, ignored: FieldSet): Comparison {
  if (ignored.size === 0) return comparison
  return {
    removed: recursiveDifference(comparison.removed, ignored),
    modified: recursiveDifference(comparison.modified, ignored),
    added: recursiveDifference(comparison.added, ignored),
  }
}

type Verdict = 'added' | 'removed' | 'modified' | undefined

/** Of a value: what differs below it, and whether it itself came, went or changed. */
interface Changes extends Comparison {
  readonly self: Verdict
}

const unchanged: Changes = { ...noChanges, self: undefined }

function compareValues(shape: Shape, before: unknown, after: unknown, isWritten: boolean): Changes {
  if (before === after) return unchanged
  const kinds = [kindOf(shape, before), kindOf(shape, after)] as const
  const kind = after === undefined ? kinds[0] : kinds[1]
  const changes = compareAs(kind, shape, before, after, isWritten)
  if (before === undefined || after === undefined || kinds[0] === kinds[1]) return changes
  const other = compareAs(kinds[0], shape, before, after, isWritten)
  return {
    removed: union(other.removed, changes.removed),
    modified: union(other.modified, changes.modified),
    added: union(other.added, changes.added),
    self: changes.self ?? other.self,
  }
}

type Kind = Exclude<Shape['kind'], 'deduced'>

/** Source: typed/helpers.go, deduceAtom and handleAtom: where all is possible, what is not told is a map. */
export function kindOf(shape: Shape, value: unknown): Kind {
  if (shape.kind !== 'deduced') return shape.kind
  if (Array.isArray(value)) return 'list'
  return value === undefined || value === null || isObject(value) ? 'map' : 'scalar'
}

/** A list of which nothing is known: one piece. */
export const deducedList: ListShape = { kind: 'list', isAtomic: true, keys: [], item: deduced }
/** A map of which nothing is known: every member has an owner of its own. */
export const deducedMap: MapShape = {
  kind: 'map',
  isAtomic: false,
  names: [],
  field: () => undefined,
  values: deduced,
}

function compareAs(kind: Kind, shape: Shape, before: unknown, after: unknown, isWritten: boolean): Changes {
  switch (kind) {
    case 'scalar':
      return compareLeaf(before, after)
    case 'list':
      return compareLists(shape.kind === 'list' ? shape : deducedList, before, after, isWritten)
    case 'map':
      return compareMaps(shape.kind === 'map' ? shape : deducedMap, before, after, isWritten)
  }
}

function compareLeaf(before: unknown, after: unknown): Changes {
  const self = presence(before, after) ?? (equalJson(before, after) ? undefined : 'modified')
  return self === undefined ? unchanged : { ...noChanges, self }
}

function presence(before: unknown, after: unknown): Verdict {
  if (before === undefined) return 'added'
  return after === undefined ? 'removed' : undefined
}

function compareLists(list: ListShape, before: unknown, after: unknown, isWritten: boolean): Changes {
  const [left, right] = [Array.isArray(before) ? before : [], Array.isArray(after) ? after : []]
  if (list.isAtomic || (left.length === 0 && right.length === 0)) return compareLeaf(before, after)
  const [lefts, rights] = [itemsByElement(list, left), itemsByElement(list, right)]
  const parts = new Parts()
  for (const element of new Set([...lefts.keys(), ...rights.keys()])) {
    const [olds, news] = [lefts.get(element) ?? [], rights.get(element) ?? []]
    if (olds.length <= 1 && news.length <= 1) {
      parts.add(element, compareValues(list.item, olds[0], news[0], isWritten))
    } else if (olds.length >= 2 && news.length >= 2) {
      if (!equalJson(olds, news)) parts.add(element, { ...unchanged, self: 'modified' })
    } else if (olds.length >= 2) {
      if (news.length > 0) parts.add(element, compareValues(list.item, undefined, news[0], isWritten))
      parts.add(element, { ...unchanged, self: 'removed' })
    } else {
      if (olds.length > 0) parts.add(element, compareValues(list.item, olds[0], undefined, isWritten))
      parts.add(element, { ...unchanged, self: 'added' })
    }
  }
  return { ...parts.comparison(), self: presence(before, after) }
}

function compareMaps(map: MapShape, before: unknown, after: unknown, isWritten: boolean): Changes {
  const [left, right] = [isObject(before) ? before : {}, isObject(after) ? after : {}]
  const keys = new Set([...map.names, ...Object.keys(left), ...Object.keys(right)])
  const parts = new Parts()
  let isEmpty = true
  for (const key of keys) {
    const field = map.field(key)
    const old = isObject(before) ? memberOf(left, key, field, isWritten) : undefined
    const next = isObject(after) ? memberOf(right, key, field, true) : undefined
    if (old === undefined && next === undefined) continue
    isEmpty = false
    if (map.isAtomic) break
    const shape = field?.shape ?? map.values
    if (shape !== undefined) parts.add(`f:${key}`, compareValues(shape, old, next, isWritten))
  }
  if (map.isAtomic || isEmpty) return compareLeaf(before, after)
  return { ...parts.comparison(), self: presence(before, after) }
}

function memberOf(
  object: Readonly<Record<string, unknown>>,
  key: string,
  field: ReturnType<MapShape['field']>,
  isWritten: boolean,
): unknown {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  return isWritten && field !== undefined ? field.written(value) : value
}

/** Gathers what differs in the parts of a value. */
class Parts {
  readonly #removed = new Map<string, FieldNode>()
  readonly #modified = new Map<string, FieldNode>()
  readonly #added = new Map<string, FieldNode>()

  add(element: string, { removed, modified, added, self }: Changes): void {
    put(this.#removed, element, self === 'removed', removed)
    put(this.#modified, element, self === 'modified', modified)
    put(this.#added, element, self === 'added', added)
  }

  comparison(): Comparison {
    return { removed: this.#removed, modified: this.#modified, added: this.#added }
  }
}

/** A list with duplicates tells of one element twice. */
function put(set: Map<string, FieldNode>, element: string, isMember: boolean, below: FieldSet): void {
  const known = set.get(element)
  if (known === undefined) addNode(set, element, isMember, below)
  else set.set(element, { isMember: known.isMember || isMember, below: union(known.below, below) })
}
