/**
 * Several strategic patches of one object, which must not want different things (kustomize 2.0.3).
 * Sources: v2.0.3 k8sdeps/transformer/patch/patch.go, mergePatches; apimachinery pkg/util/strategicpatch/patch.go,
 * MergingMapsHaveConflicts; pkg/util/mergepatch/util.go, HasConflicts.
 */
import type { JsonObject } from '../api/json.ts'
import { innerDefinition, listStrategy, mergedStrategicPatches } from '../api/patch/strategic-merge-patch.ts'
import type { Definition, FieldSchema } from '../api/schema/schema.ts'
import { deepEqual, isObject } from '../go/json.ts'
import { goSyntaxText } from '../go/value-text.ts'
import { refuse } from './loader.ts'
import { type Body, cloneJson, currentId, effectiveNamespace, isSameGvk, type Resource } from './resource.ts'

/** One patch for each object; those that contradict each other are refused. `definitionOf` tells what is known of a kind. */
export function mergedPatches(
  patches: readonly Resource[],
  definitionOf: (patch: Resource) => Definition | undefined,
): readonly Resource[] {
  const merged: Resource[] = []
  patches.forEach((patch, index) => {
    const definition = definitionOf(patch)
    const conflicts = (one: Resource): boolean =>
      definition === undefined
        ? valuesConflict(one.body, patch.body)
        : fieldConflicts(one.body, patch.body, definition, undefined)
    const at = merged.findIndex((one) => isSameTarget(one, patch) && hasSameNamespace(one, patch))
    const before = merged[at]
    if (before === undefined) {
      merged.push({ ...patch, body: { ...patch.body } })
      return
    }
    if (conflicts(before)) {
      // The first of all is named that contradicts it, those behind it too.
      const other = patches.find((one, i) => i !== index && isSameTarget(one, patch) && conflicts(one))
      refuse(`conflict between ${goSyntaxText(other?.body)} and ${goSyntaxText(patch.body)}`)
    }
    const first = patches.find((one) => isSameTarget(one, patch) && hasSameNamespace(one, patch))
    merged[at] = { ...before, body: mergedBody(before.body, patch.body, definition, first?.body) }
  })
  return merged
}

/** Go merges into the maps of the first patch, which a message about conflicts then shows. */
function mergedBody(before: Body, patch: Body, definition: Definition | undefined, first: Body | undefined): Body {
  if (definition === undefined) return mergedJson(before, patch)
  const body = cloneJson(mergedStrategicPatches(before as JsonObject, patch as JsonObject, definition)) as Body // JSON, and a copy of its own
  for (const key of Object.keys(first ?? {})) if (first !== undefined && isObject(first[key])) first[key] = body[key]
  return body
}

/** Source: evanphx/json-patch merge.go, MergeMergePatches: nulls stay. */
function mergedJson(before: Body, patch: Body): Body {
  const merged: Body = { ...before }
  for (const [key, value] of Object.entries(patch)) {
    const old = merged[key]
    merged[key] = isObject(old) && isObject(value) ? mergedJson(old as Body, value as Body) : value // both are maps
  }
  return merged
}

function isSameTarget(a: Resource, b: Resource): boolean {
  return isSameGvk(currentId(a), currentId(b)) && currentId(a).name === currentId(b).name
}

function hasSameNamespace(a: Resource, b: Resource): boolean {
  return effectiveNamespace(currentId(a)) === effectiveNamespace(currentId(b))
}

/** Kinds that nothing is known of: lists are compared element by element. */
function valuesConflict(left: unknown, right: unknown): boolean {
  if (isObject(left)) {
    if (!isObject(right)) return true
    return Object.keys(left).some((key) => Object.hasOwn(right, key) && valuesConflict(left[key], right[key]))
  }
  if (!Array.isArray(left)) return !deepEqual(left, right)
  if (!Array.isArray(right) || left.length !== right.length) return true
  return left.some((item, i) => valuesConflict(item, right[i]))
}

function fieldConflicts(
  left: unknown,
  right: unknown,
  definition: Definition | undefined,
  field: FieldSchema | undefined,
): boolean {
  if (isObject(left)) {
    if (!isObject(right)) return true
    const [mine, theirs] = [left.$patch, right.$patch]
    if (mine !== theirs) return true
    return listStrategy(field) !== 'replace' && mapsConflict(left, right, definition)
  }
  if (!Array.isArray(left)) return !deepEqual(left, right)
  return !Array.isArray(right) || listsConflict(left, right, definition, field)
}

function mapsConflict(left: Body, right: Body, definition: Definition | undefined): boolean {
  return Object.keys(left).some((key) => {
    if (key === '$patch' || key === '$retainKeys' || !Object.hasOwn(right, key)) return false
    const field = definition?.fields.get(key)
    return fieldConflicts(left[key], right[key], innerDefinition(field), field)
  })
}

function listsConflict(
  left: unknown[],
  right: unknown[],
  definition: Definition | undefined,
  field: FieldSchema | undefined,
): boolean {
  const holdsMaps = isObject(left[0] ?? right[0])
  if (listStrategy(field) === 'merge') {
    if (!holdsMaps) return false
    const key = field?.mergeKey ?? ''
    return left.some((item) => {
      const twin = right.findLast((one) => isObject(item) && isObject(one) && String(one[key]) === String(item[key]))
      return twin !== undefined && fieldConflicts(item, twin, definition, undefined)
    })
  }
  if (left.length !== right.length) return true
  // Go sorts scalars where they are, so that it is this order that is merged.
  if (!holdsMaps) for (const list of [left, right]) list.sort((a, b) => (String(a) < String(b) ? -1 : 1))
  return left.some((item, i) => fieldConflicts(item, right[i], definition, undefined))
}
