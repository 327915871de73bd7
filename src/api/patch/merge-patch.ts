import { isObject, type JsonObject, setMember } from '../json.ts'

/** JSON merge patches (RFC 7386) as the API server applies them. Source: github.com/evanphx/json-patch v4.2.0, merge.go. */

/**
 * The document with the patch merged in: null takes a member away, objects merge, all else replaces. `keepsNulls`: lists keep their nulls.
 * Source: v4.12.0, merge.go, pruneAryNulls.
 */
export function applyMergePatch(document: unknown, patch: unknown, keepsNulls = false): unknown {
  if (!isObject(patch) || !isObject(document)) return withoutNulls(patch, keepsNulls)
  return mergeObjects(document, patch, keepsNulls)
}

function mergeObjects(document: JsonObject, patch: JsonObject, keepsNulls: boolean): JsonObject {
  const merged: Record<string, unknown> = { ...document }
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null || value === undefined) {
      delete merged[key]
      continue
    }
    const current = Object.hasOwn(merged, key) ? merged[key] : undefined
    if (current === undefined || current === null) setMember(merged, key, withoutNulls(value, keepsNulls))
    else if (isObject(current) && isObject(value)) setMember(merged, key, mergeObjects(current, value, keepsNulls))
    // A list takes the place of an object as it stands; anything else loses its nulls.
    else setMember(merged, key, isObject(current) ? value : withoutNulls(value, keepsNulls))
  }
  return merged as JsonObject // made of JSON values
}

/** A value without members, and unless they are kept elements, that are null. */
function withoutNulls(value: unknown, keepsNulls: boolean): unknown {
  if (Array.isArray(value)) {
    const kept = keepsNulls ? value : value.filter((item) => item !== null)
    return kept.map((item) => withoutNulls(item, keepsNulls))
  }
  if (!isObject(value)) return value
  const pruned: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const inner = value[key]
    if (inner !== null && inner !== undefined) setMember(pruned, key, withoutNulls(inner, keepsNulls))
  }
  return pruned
}

/**
 * The merge patch that makes `modified` of `original`. Source: merge.go, CreateMergePatch.
 */
export function createMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(modified)) {
    const [before, after] = [Object.hasOwn(original, key) ? original[key] : undefined, modified[key]]
    if (before === undefined) setMember(patch, key, after)
    else if (isObject(before) && isObject(after)) {
      const inner = createMergePatch(before, after)
      if (Object.keys(inner).length > 0) setMember(patch, key, inner)
    } else if (JSON.stringify(before) !== JSON.stringify(after)) setMember(patch, key, after)
  }
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) setMember(patch, key, null)
  return patch as JsonObject // made of JSON values
}
