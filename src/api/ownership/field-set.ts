import { isObject, setMember } from '../json.ts'

/**
 * Sets of paths into an object: what somebody owns of it. A path is made of elements as `fieldsV1` writes them: `f:name` a field,
 * `k:{"name":"x"}` the item of a list with that key, `v:"x"` the item of a set. Sets are never changed.
 * Source: structured-merge-diff fieldpath/{set,serialize,serialize-pe}.go.
 */
export type FieldSet = ReadonlyMap<string, FieldNode>

/** What a set says of one element at one level. */
export interface FieldNode {
  /** Whether the path that ends here is in the set; paths below it may be. */
  readonly isMember: boolean
  readonly below: FieldSet
}

/** From the outside in. */
export type Path = readonly string[]

/** The empty set. */
export const noFields: FieldSet = new Map()

const leaf: FieldNode = { isMember: true, below: noFields }

function nodeOf(isMember: boolean, below: FieldSet): FieldNode | undefined {
  if (below.size === 0) return isMember ? leaf : undefined
  return { isMember, below }
}

/** Puts a node into a set that is being made; what would hold nothing stays out. */
export function addNode(set: Map<string, FieldNode>, element: string, isMember: boolean, below: FieldSet): void {
  const node = nodeOf(isMember, below)
  if (node !== undefined) set.set(element, node)
}

/** The set of these paths. */
export function fieldSetOf(...paths: readonly Path[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => union(set, onePath(path, 0)), noFields)
}

function onePath(path: Path, from: number): FieldSet {
  const element = path[from]
  if (element === undefined) return noFields
  const below = onePath(path, from + 1)
  return new Map([[element, { isMember: below.size === 0, below }]])
}

/** The paths of either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0 || a === b) return b
  if (b.size === 0) return a
  const both = new Map(a)
  for (const [element, node] of b) {
    const other = a.get(element)
    if (other === undefined) both.set(element, node)
    else both.set(element, { isMember: node.isMember || other.isMember, below: union(other.below, node.below) })
  }
  return both
}

/** The paths of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const both = new Map<string, FieldNode>()
  for (const [element, node] of a) {
    const other = b.get(element)
    if (other === undefined) continue
    addNode(both, element, node.isMember && other.isMember, intersection(node.below, other.below))
  }
  return both
}

/** The paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0 || a.size === 0) return a
  const rest = new Map<string, FieldNode>()
  for (const [element, node] of a) {
    const other = b.get(element)
    if (other === undefined) rest.set(element, node)
    else addNode(rest, element, node.isMember && !other.isMember, difference(node.below, other.below))
  }
  return rest
}

/** The paths of `a` that are neither in `b` nor below a path of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0 || a.size === 0) return a
  const rest = new Map<string, FieldNode>()
  for (const [element, node] of a) {
    const other = b.get(element)
    if (other === undefined) rest.set(element, node)
    else if (!other.isMember) addNode(rest, element, node.isMember, recursiveDifference(node.below, other.below))
  }
  return rest
}

/** Whether the very path is in the set; one that only goes through it is not. */
export function hasPath(set: FieldSet, path: Path): boolean {
  let at: FieldSet = set
  for (const [i, element] of path.entries()) {
    const node = at.get(element)
    if (node === undefined) return false
    if (i === path.length - 1) return node.isMember
    at = node.below
  }
  return false
}

/** Whether both have the same paths. */
export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  for (const [element, node] of a) {
    const other = b.get(element)
    if (other === undefined || other.isMember !== node.isMember || !equalSets(node.below, other.below)) return false
  }
  return true
}

/** All paths: at each level those that end there first, both in their order. Source: set.go, iteratePrefix. */
export function* pathsOf(set: FieldSet, prefix: Path = []): Generator<Path> {
  const elements = sortedElements(set)
  for (const element of elements) if (set.get(element)?.isMember === true) yield [...prefix, element]
  for (const element of elements) yield* pathsOf(set.get(element)?.below ?? noFields, [...prefix, element])
}

const ranks: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 }

/** Fields, then keys, then values. Source: fieldpath/element.go, PathElement.Compare. */
function sortedElements(set: FieldSet): readonly string[] {
  const rank = (element: string): number => ranks[element.charAt(0)] ?? 4
  return [...set.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** A path in the words of conflicts: `.spec.containers[name="app"].image`. Source: fieldpath/path.go, String. */
export function pathText(path: Path): string {
  return path.map(elementText).join('')
}

/** One element in the words of errors: `.name`, `[name="app"]`, `[="x"]`. */
export function elementText(element: string): string {
  const text = element.slice(2)
  if (element.startsWith('f:')) return `.${text}`
  if (element.startsWith('v:')) return `[=${text}]`
  if (element.startsWith('i:')) return `[${text}]`
  const key: unknown = JSON.parse(text)
  const parts = isObject(key) ? Object.keys(key).map((name) => `${name}=${JSON.stringify(key[name])}`) : []
  return `[${parts.join(',')}]`
}

/** A set as `fieldsV1` holds it. */
export function fieldsV1Of(set: FieldSet): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const element of sortedElements(set)) {
    const node = set.get(element)
    if (node === undefined) continue
    const isBoth = node.isMember && node.below.size > 0
    setMember(fields, element, isBoth ? { '.': {}, ...fieldsV1Of(node.below) } : fieldsV1Of(node.below))
  }
  return fields
}

/** The set that `fieldsV1` holds; undefined if it is none. */
export function fieldSetFrom(fields: unknown): FieldSet | undefined {
  if (!isObject(fields)) return undefined
  const set = new Map<string, FieldNode>()
  for (const [element, inner] of Object.entries(fields)) {
    if (element === '.') continue
    if (!isElement(element)) return undefined
    const below = fieldSetFrom(inner)
    if (below === undefined || !isObject(inner)) return undefined
    addNode(set, element, below.size === 0 || Object.hasOwn(inner, '.'), below)
  }
  return set
}

function isElement(element: string): boolean {
  if (/^f:/.test(element)) return true
  if (!/^[kvi]:/.test(element)) return false
  try {
    return element.startsWith('k:') === isObject(JSON.parse(element.slice(2)))
  } catch {
    return false
  }
}
