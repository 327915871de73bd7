import type { Definition, FieldSchema } from '../../api/schema/schema.ts'
import { compareBytes, deepEqual, isObject, type JsonObject } from '../../go/json.ts'
import { goValueText } from '../../go/value-text.ts'
import { fail } from '../cli/failure.ts'

/**
 * The three-way strategic merge patch that apply sends.
 * Source: k8s.io/apimachinery pkg/util/strategicpatch/patch.go, CreateThreeWayMergePatch.
 */

interface DiffOptions {
  readonly ignoreDeletions: boolean
  readonly ignoreChanges: boolean
  readonly setElementOrder: boolean
  readonly retainKeys: boolean
}

/** Fields of the kind at hand; undefined below what the schema does not tell (raw JSON). */
type Shape = Definition | undefined

/** From what was applied last, what is wanted and what is there, the change that makes the wanted so. */
export function threeWayPatch(original: unknown, modified: unknown, current: unknown, kind: Definition): JsonObject {
  const wanted = isObject(modified) ? modified : {}
  const common = { setElementOrder: true, retainKeys: false }
  const delta = diffMaps(isObject(current) ? current : {}, wanted, kind, {
    ...common,
    ignoreDeletions: true,
    ignoreChanges: false,
  })
  const deletions = diffMaps(isObject(original) ? original : {}, wanted, kind, {
    ...common,
    ignoreDeletions: false,
    ignoreChanges: true,
  })
  return mergeMaps(deletions, delta, kind)
}

/** The patch that makes `modified` of `original`: what edit and set send. Source: CreateTwoWayMergePatch. */
export function twoWayPatch(original: unknown, modified: unknown, kind: Definition): JsonObject {
  return diffMaps(isObject(original) ? original : {}, isObject(modified) ? modified : {}, kind, {
    ignoreDeletions: false,
    ignoreChanges: false,
    setElementOrder: true,
    retainKeys: false,
  })
}

type Draft = Map<string, unknown>

function diffMaps(original: JsonObject, modified: JsonObject, shape: Shape, options: DiffOptions): JsonObject {
  const patch: Draft = new Map()
  const retained: string[] = []
  for (const key of Object.keys(modified).sort(compareBytes)) {
    const value = modified[key]
    if (options.retainKeys && value !== null) retained.push(key)
    if (!Object.hasOwn(original, key)) {
      if (!options.ignoreChanges) patch.set(key, value)
    } else diffField(key, original[key], value, shape, options, patch)
  }
  if (!options.ignoreDeletions) {
    for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) patch.set(key, null)
  }
  const hasMore = Object.keys(original).some((key) => original[key] !== null && !Object.hasOwn(modified, key))
  if (retained.length > 0 && (patch.size > 0 || hasMore)) patch.set('$retainKeys', retained.sort(compareBytes))
  return Object.fromEntries(patch)
}

function diffField(
  key: string,
  original: unknown,
  modified: unknown,
  shape: Shape,
  options: DiffOptions,
  patch: Draft,
): void {
  if (isObject(original) && isObject(modified)) {
    const { field, inner } = fieldOf(shape, key, original, modified)
    const strategies = field?.patchStrategies ?? []
    if (strategies.includes('replace')) {
      if (!options.ignoreChanges && !deepEqual(original, modified)) patch.set(key, modified)
      return
    }
    const diff = diffMaps(original, modified, inner, { ...options, retainKeys: strategies.includes('retainKeys') })
    if (Object.keys(diff).length > 0) patch.set(key, diff)
    return
  }
  if (Array.isArray(original) && Array.isArray(modified)) {
    diffLists(key, original, modified, shape, options, patch)
    return
  }
  if (!options.ignoreChanges && !deepEqual(original, modified)) patch.set(key, modified)
}

interface Looked {
  readonly field: FieldSchema | undefined
  readonly inner: Shape
}

/** Where a key is unknown the values must agree, for nothing can be said about how they merge. */
function fieldOf(shape: Shape, key: string, original: unknown, modified: unknown): Looked {
  if (shape === undefined) return { field: undefined, inner: undefined }
  const field = shape.fields.get(key)
  if (field === undefined) {
    if (deepEqual(original, modified)) return { field: undefined, inner: undefined }
    const struct = shape.goType.split('.').at(-1) ?? ''
    return fail(`unable to find api field in struct ${struct} for the json field ${JSON.stringify(key)}`)
  }
  const type = field.type.kind === 'list' ? field.type.items : field.type
  return { field, inner: type.kind === 'object' ? type.definition : undefined }
}

function diffLists(
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  shape: Shape,
  options: DiffOptions,
  patch: Draft,
): void {
  const { field, inner } = fieldOf(shape, key, original, modified)
  if (field === undefined || !field.patchStrategies.includes('merge')) {
    if (!options.ignoreChanges && !deepEqual(original, modified)) patch.set(key, modified)
    return
  }
  if (original.length === 0) {
    if (modified.length > 0 && !options.ignoreChanges) patch.set(key, modified)
    return
  }
  const elements = { ...options, retainKeys: field.patchStrategies.includes('retainKeys') }
  if (isObject(original[0]) || isObject(modified[0])) {
    diffMapLists(key, original, modified, field.mergeKey, inner, elements, patch)
  } else diffScalarLists(key, original, modified, options, patch)
}

function diffMapLists(
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  mergeKey: string,
  shape: Shape,
  options: DiffOptions,
  patch: Draft,
): void {
  const before = byKey(original, mergeKey)
  const after = byKey(modified, mergeKey)
  const changed: JsonObject[] = []
  for (const [name, item] of after) {
    const old = before.get(name)
    if (old === undefined) {
      if (!options.ignoreChanges) changed.push(item)
      continue
    }
    const diff = diffMaps(old, item, shape, options)
    if (Object.keys(diff).length > 0) changed.push({ ...diff, [mergeKey]: item[mergeKey] })
  }
  const deleted = options.ignoreDeletions
    ? []
    : [...before]
        .filter(([name]) => !after.has(name))
        .sort(([a], [b]) => compareBytes(a, b))
        .map(([, item]) => ({ $patch: 'delete', [mergeKey]: item[mergeKey] }))
  const list = [...changed, ...deleted]
  const orderSame =
    original.length === modified.length &&
    modified.every((item, i) => deepEqual(mergeKeyOf(item, mergeKey), mergeKeyOf(original[i], mergeKey)))
  if (list.length > 0) patch.set(key, list)
  const ordered =
    (!options.ignoreChanges && (list.length > 0 || !orderSame)) || (!options.ignoreDeletions && list.length > 0)
  if (options.setElementOrder && ordered && modified.length > 0) {
    patch.set(
      `$setElementOrder/${key}`,
      modified.map((item) => ({ [mergeKey]: mergeKeyOf(item, mergeKey) })),
    )
  }
}

function mergeKeyOf(item: unknown, mergeKey: string): unknown {
  return isObject(item) ? item[mergeKey] : undefined
}

function byKey(list: readonly unknown[], mergeKey: string): Map<string, JsonObject> {
  const items = new Map<string, JsonObject>()
  for (const item of list) {
    if (!isObject(item) || item[mergeKey] === undefined) {
      fail(`map: ${goValueText(item)} does not contain declared merge key: ${mergeKey}`)
    } else items.set(goValueText(item[mergeKey]), item)
  }
  return items
}

function diffScalarLists(
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  options: DiffOptions,
  patch: Draft,
): void {
  const added = options.ignoreChanges ? [] : modified.filter((item) => !original.includes(item))
  const deleted = options.ignoreDeletions ? [] : [...new Set(original.filter((item) => !modified.includes(item)))]
  if (added.length > 0) patch.set(key, added)
  if (deleted.length > 0) patch.set(`$deleteFromPrimitiveList/${key}`, deleted)
  const differs =
    (!options.ignoreDeletions && deleted.length > 0) || (!options.ignoreChanges && !deepEqual(original, modified))
  if (options.setElementOrder && differs && modified.length > 0) patch.set(`$setElementOrder/${key}`, modified)
}

/** Two patches as one; where they disagree the second wins. Source: patch.go, mergeMap without unmatched nulls dropped. */
function mergeMaps(first: JsonObject, second: JsonObject, shape: Shape): JsonObject {
  const merged = new Map(Object.entries(first))
  for (const [key, value] of Object.entries(second)) {
    const old = merged.get(key)
    const field = shape?.fields.get(key)
    const type = field?.type.kind === 'list' ? field.type.items : field?.type
    const inner = type?.kind === 'object' ? type.definition : undefined
    if (isObject(old) && isObject(value)) merged.set(key, mergeMaps(old, value, inner))
    else if (
      Array.isArray(old) &&
      Array.isArray(value) &&
      !key.startsWith('$') &&
      field?.patchStrategies.includes('merge')
    ) {
      merged.set(key, mergeLists(old, value, field.mergeKey, inner))
    } else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

function mergeLists(
  first: readonly unknown[],
  second: readonly unknown[],
  mergeKey: string,
  shape: Shape,
): readonly unknown[] {
  if (mergeKey === '') return [...second, ...first.filter((item) => !second.includes(item))]
  const rest = [...first]
  const merged = second.map((item) => {
    const at = rest.findIndex((old) => deepEqual(mergeKeyOf(old, mergeKey), mergeKeyOf(item, mergeKey)))
    const old = at < 0 ? undefined : rest.splice(at, 1)[0]
    return isObject(old) && isObject(item) ? mergeMaps(old, item, shape) : item
  })
  return [...merged, ...rest]
}

/** The JSON merge patch between two objects. Source: github.com/evanphx/json-patch, CreateMergePatch. */
export function mergePatchBetween(original: unknown, modified: unknown): JsonObject {
  const before = isObject(original) ? original : {}
  const after = isObject(modified) ? modified : {}
  const patch: Draft = new Map()
  for (const [key, value] of Object.entries(after)) {
    const old = before[key]
    if (!Object.hasOwn(before, key)) patch.set(key, value)
    else if (isObject(old) && isObject(value)) {
      const inner = mergePatchBetween(old, value)
      if (Object.keys(inner).length > 0) patch.set(key, inner)
    } else if (!deepEqual(old, value)) patch.set(key, value)
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch.set(key, null)
  return Object.fromEntries(patch)
}

/** For kinds without schema. Source: apimachinery pkg/util/jsonmergepatch, CreateThreeWayJSONMergePatch. */
export function threeWayMergePatch(original: unknown, modified: unknown, current: unknown): JsonObject {
  const keep = (value: unknown, nulls: boolean): unknown => {
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => isObject(item) || (item === null) === nulls)
        .map(([key, item]) => [key, keep(item, nulls)] as const)
        .filter(([, item]) => !isObject(item) || Object.keys(item).length > 0),
    )
  }
  const additions = keep(mergePatchBetween(current, modified), false)
  const deletions = keep(mergePatchBetween(original, modified), true)
  const merge = (a: unknown, b: unknown): unknown =>
    isObject(a) && isObject(b)
      ? Object.fromEntries(
          [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
            key,
            Object.hasOwn(b, key) ? merge(a[key], b[key]) : a[key],
          ]),
        )
      : b
  const merged = merge(deletions, additions)
  return isObject(merged) ? merged : {}
}
