import { byUnits, sortFew } from '../../kernel/sort-few.ts'
import { isObject, type JsonObject, setMember } from '../json.ts'
import type { Definition, FieldSchema } from '../schema/schema.ts'
import { PatchError } from './patch-error.ts'

/** Strategic merge patches. Source: apimachinery pkg/util/strategicpatch/patch.go. */

const patchDirective = '$patch'
const retainKeysDirective = '$retainKeys'
const deleteFromListPrefix = '$deleteFromPrimitiveList/'
const elementOrderPrefix = '$setElementOrder/'

type Members = Record<string, unknown>

/** Whether two patches are being merged into one rather than a patch into an object. */
export interface MergeMode {
  readonly intoObject: boolean
  /** Nulls below a member that the object lacks are dropped. */
  readonly discardsNulls: boolean
}

/**
 * The object with the patch merged in; neither is changed. `definition` tells how lists merge; undefined, inside maps and
 * unknown kinds, lists are replaced.
 */
export function applyStrategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  definition: Definition | undefined,
  discardsNulls = false,
): JsonObject {
  return mergeMaps(original, patch, definition, { intoObject: true, discardsNulls })
}

/** Two patches as one, which does what they do one after the other unless they contradict each other; neither is changed. */
export function mergedStrategicPatches(
  first: JsonObject,
  second: JsonObject,
  definition: Definition | undefined,
): JsonObject {
  return mergeMaps(first, second, definition, { intoObject: false, discardsNulls: false })
}

/** How lists of a field are merged: `merge`, `replace` or, by default, not at all. */
export function listStrategy(field: FieldSchema | undefined): string {
  return field?.patchStrategies.find((strategy) => strategy !== 'retainKeys') ?? ''
}

/** The definition of a field's values, of its elements if it is a list. */
export function innerDefinition(field: FieldSchema | undefined): Definition | undefined {
  let type = field?.type
  if (type?.kind === 'list') type = type.items
  return type?.kind === 'object' ? type.definition : undefined
}

/** Keys in Go are visited in random order; here bytewise. */
function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object)
  return sortFew(keys, byUnits)
}

function mergeMaps(
  original: JsonObject,
  givenPatch: JsonObject,
  definition: Definition | undefined,
  mode: MergeMode,
): JsonObject {
  if (Object.hasOwn(givenPatch, patchDirective)) return directed(givenPatch)
  const merged: Members = { ...original }
  const patch: Members = { ...givenPatch }
  applyRetainKeys(merged, patch, mode)
  applyElementOrders(merged, patch, definition, mode)
  for (const patchKey of sortedKeys(patch)) {
    const value = patch[patchKey]
    const isDeletion = patchKey.startsWith(deleteFromListPrefix)
    if (isDeletion && !mode.intoObject) {
      setMember(merged, patchKey, value)
      continue
    }
    mergeMember(
      merged,
      isDeletion ? patchKey.slice(deleteFromListPrefix.length) : patchKey,
      value,
      isDeletion,
      definition,
      mode,
    )
  }
  return merged as JsonObject // made of JSON values
}

function mergeMember(
  merged: Members,
  key: string,
  value: unknown,
  isDeletion: boolean,
  definition: Definition | undefined,
  mode: MergeMode,
): void {
  if (value === null || value === undefined) {
    delete merged[key]
    if (mode.intoObject) return
  }
  const current = Object.hasOwn(merged, key) ? merged[key] : undefined
  const field = definition?.fields.get(key)
  if (current === undefined) setMember(merged, key, mode.discardsNulls ? withoutNulls(value) : (value ?? null))
  else if (isObject(current) && isObject(value)) {
    const inner = listStrategy(field) === 'replace' ? value : mergeMaps(current, value, innerDefinition(field), mode)
    setMember(merged, key, inner)
  } else if (Array.isArray(current) && Array.isArray(value)) {
    setMember(merged, key, mergeLists(current, value, field, isDeletion, mode))
  } else setMember(merged, key, value ?? null)
}

/** A value without members that are null, however deep. Source: patch.go, discardNullValuesFromPatch. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value ?? null
  const kept: Members = {}
  for (const key of Object.keys(value)) {
    const inner = value[key]
    if (inner !== null && inner !== undefined) setMember(kept, key, withoutNulls(inner))
  }
  return kept
}

function directed(patch: JsonObject): JsonObject {
  const { [patchDirective]: directive, ...rest } = patch
  if (directive === 'replace') return rest
  if (directive === 'delete') return {}
  throw new PatchError('internal', `unknown patch type: ${String(directive)} in map: ${goMap(patch)}`)
}

/** A map as Go's %v prints it, keys sorted. */
function goMap(map: JsonObject): string {
  return `map[${sortedKeys(map)
    .map((key) => `${key}:${goText(map[key])}`)
    .join(' ')}]`
}

function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (isObject(value)) return goMap(value)
  return value === null || value === undefined ? '<nil>' : String(value)
}

function applyRetainKeys(merged: Members, patch: Members, mode: MergeMode): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return
  const retained = patch[retainKeysDirective]
  delete patch[retainKeysDirective]
  if (!mode.intoObject) {
    if (!Object.hasOwn(merged, retainKeysDirective)) merged[retainKeysDirective] = retained
    return
  }
  const problem = 'invalid patch format of retainKeys'
  if (!Array.isArray(retained)) throw new PatchError('malformed', problem)
  const keys = new Set<unknown>(retained)
  for (const key of Object.keys(patch)) {
    const isDirective = key.startsWith(deleteFromListPrefix) || key.startsWith(elementOrderPrefix)
    if (patch[key] !== null && !isDirective && !keys.has(key)) throw new PatchError('malformed', problem)
  }
  for (const key of Object.keys(merged)) if (!keys.has(key)) delete merged[key]
}

/** Lists with an element order are merged at once and put into that order. Source: mergePatchIntoOriginal. */
function applyElementOrders(
  merged: Members,
  patch: Members,
  definition: Definition | undefined,
  mode: MergeMode,
): void {
  const orderKeys = Object.keys(patch).filter((key) => key.startsWith(elementOrderPrefix))
  for (const orderKey of orderKeys.sort()) {
    const order = patch[orderKey]
    delete patch[orderKey]
    if (!mode.intoObject && !Object.hasOwn(merged, orderKey)) merged[orderKey] = order
    const key = orderKey.slice(elementOrderPrefix.length)
    const current = Object.hasOwn(merged, key) ? merged[key] : undefined
    const added = Object.hasOwn(patch, key) ? patch[key] : undefined
    for (const list of [order, current ?? [], added ?? []]) {
      if (!Array.isArray(list)) throw new PatchError('internal', badArgument(list))
    }
    if (current === undefined && added === undefined) continue
    const field = definition?.fields.get(key)
    const mergeKey = field?.mergeKey ?? ''
    checkOrder(list(added), list(order), mergeKey)
    const both =
      current !== undefined && added !== undefined
        ? mergeLists(list(current), list(added), field, false, mode)
        : list(current ?? added)
    setMember(merged, key, inOrder(both, list(order), list(current), mergeKey))
    delete patch[key]
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function badArgument(value: unknown): string {
  const type = value === null ? '%!s(<nil>)' : isObject(value) ? 'map[string]interface {}' : typeof value
  return `expected a []interface {}, but received a ${type}`
}

/** The patch's elements must stand in the order list, in that order. Source: validatePatchWithSetOrderList. */
function checkOrder(added: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (added.length === 0 || order.length === 0) return
  const items = added.filter((item) => !(isObject(item) && Object.hasOwn(item, patchDirective)))
  let at = 0
  for (const wanted of order) {
    if (at < items.length && keyOf(items[at], mergeKey) === keyOf(wanted, mergeKey)) at++
  }
  if (at >= items.length) return
  const print = (value: readonly unknown[]): string =>
    `[${value.map((item) => (isObject(item) ? goMap(item) : String(item))).join(' ')}]`
  throw new PatchError(
    'internal',
    `The order in patch list:\n${print(added)}\n doesn't match $setElementOrder list:\n${print(order)}\n`,
  )
}

/** What identifies an element: the value of its merge key, or the element itself. */
function keyOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item
  if (!isObject(item)) throw new PatchError('internal', badArgument(item))
  if (!Object.hasOwn(item, mergeKey)) {
    throw new PatchError('internal', `map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`)
  }
  return item[mergeKey]
}

function mergeLists(
  current: readonly unknown[],
  added: readonly unknown[],
  field: FieldSchema | undefined,
  isDeletion: boolean,
  mode: MergeMode,
): readonly unknown[] {
  if (listStrategy(field) !== 'merge') return added
  if (current.length === 0 && added.length === 0) return current
  const first = current[0] ?? added[0]
  checkElements(current, added)
  const mergeKey = field?.mergeKey ?? ''
  if (!isObject(first)) {
    if (mode.intoObject && isDeletion) return current.filter((item) => !added.includes(item))
    const merged = [...new Set([...current, ...added])]
    return inOrder(merged, added, current, '')
  }
  if (mergeKey === '') throw new PatchError('internal', `cannot merge lists without merge key for ${field?.name ?? ''}`)
  const { kept, items } = applyElementDirectives(current, added, mergeKey)
  const merged = mergeElements(kept, items, mergeKey, innerDefinition(field), mode)
  return inOrder(merged, items, kept, mergeKey)
}

/** The elements of both lists must be of one type, and no lists. Source: patch.go, sliceElementType. */
function checkElements(current: readonly unknown[], added: readonly unknown[]): void {
  const all = [...current, ...added]
  const kinds = all.map(elementKind)
  if (kinds[0] === 'list') throw new PatchError('failed', 'lists of lists are not supported')
  if (kinds.every((kind) => kind === kinds[0])) return
  const shown = `[${goText(current)} ${goText(added)}]`
  throw new PatchError('internal', `list element types are not identical: ${shown}`)
}

function elementKind(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return value === null ? 'null' : typeof value
}

/** Takes out what `$patch: delete` names; `$patch: replace` leaves only what the patch lists. */
function applyElementDirectives(
  current: readonly unknown[],
  added: readonly unknown[],
  mergeKey: string,
): { readonly kept: readonly unknown[]; readonly items: readonly unknown[] } {
  let kept = current
  let isReplaced = false
  const items: unknown[] = []
  for (const item of added) {
    if (!isObject(item)) throw new PatchError('internal', badArgument(item))
    const directive = Object.hasOwn(item, patchDirective) ? item[patchDirective] : undefined
    if (directive === undefined) items.push(item)
    else if (directive === 'delete') {
      const gone = keyOf(item, mergeKey)
      kept = kept.filter((old) => !(isObject(old) && Object.hasOwn(old, mergeKey) && old[mergeKey] === gone))
    } else if (directive === 'replace') isReplaced = true
    else if (directive === 'merge') {
      throw new PatchError('internal', 'merging lists cannot yet be specified in the patch')
    } else throw new PatchError('internal', `unknown patch type: ${String(directive)} in map: ${goMap(item)}`)
  }
  return isReplaced ? { kept: items, items: [] } : { kept, items }
}

function mergeElements(
  kept: readonly unknown[],
  items: readonly unknown[],
  mergeKey: string,
  definition: Definition | undefined,
  mode: MergeMode,
): readonly unknown[] {
  const merged = [...kept]
  for (const item of items) {
    const key = keyOf(item, mergeKey)
    const at = merged.findIndex((old) => isObject(old) && Object.hasOwn(old, mergeKey) && old[mergeKey] === key)
    const old = merged[at]
    if (isObject(old) && isObject(item)) merged[at] = mergeMaps(old, item, definition, mode)
    else merged.push(item)
  }
  return merged
}

/**
 * Elements that the patch names in the patch's order, the others in the server's, woven so that an element that came
 * before another on the server stays before it. Source: normalizeElementOrder.
 */
function inOrder(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string,
): readonly unknown[] {
  if (isOrdered(merged, patchOrder, mergeKey)) return merged
  const place = (order: readonly unknown[]): Map<unknown, number> => {
    const places = new Map<unknown, number>()
    order.forEach((item, at) => {
      const key = keyOf(item, mergeKey)
      if (!places.has(key)) places.set(key, at)
    })
    return places
  }
  const [inPatch, onServer] = [place(patchOrder), place(serverOrder)]
  const at = (places: Map<unknown, number>, item: unknown): number => places.get(keyOf(item, mergeKey)) ?? -1
  const named = merged.filter((item) => at(inPatch, item) >= 0).sort((a, b) => at(inPatch, a) - at(inPatch, b))
  const others = merged.filter((item) => at(inPatch, item) < 0).sort((a, b) => at(onServer, a) - at(onServer, b))
  const woven: unknown[] = []
  let [left, right] = [0, 0]
  while (left < others.length && right < named.length) {
    const [l, r] = [at(onServer, others[left]), at(onServer, named[right])]
    woven.push(l >= 0 && r >= 0 && l < r ? others[left++] : named[right++])
  }
  return [...woven, ...others.slice(left), ...named.slice(right)]
}

/** Longer lists are ordered by maps of their keys. */
const comparedAtMost = 16

/** Whether the patch names just these elements, each once, in this order: then there is nothing to be woven. */
function isOrdered(merged: readonly unknown[], patchOrder: readonly unknown[], mergeKey: string): boolean {
  if (merged.length !== patchOrder.length || merged.length > comparedAtMost) return false
  for (let i = 0; i < merged.length; i++) {
    const key = keyOf(merged[i], mergeKey)
    if (key !== keyOf(patchOrder[i], mergeKey)) return false
    for (let before = 0; before < i; before++) if (keyOf(merged[before], mergeKey) === key) return false
  }
  return true
}
