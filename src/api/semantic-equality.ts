/**
 * Whether two JSON values mean the same: an absent member, null, an empty list and an empty map are all nothing.
 * Source: apimachinery third_party/forked/golang/reflect/deep_equal.go, as apiequality.Semantic uses it.
 */
export function semanticallyEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => semanticallyEqual(item, b[index]))
  }
  const left = a as Readonly<Record<string, unknown>> // an object that is no list
  const right = b as Readonly<Record<string, unknown>>
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  for (const key of keys) if (!semanticallyEqual(ownMember(left, key), ownMember(right, key))) return false
  return true
}

function ownMember(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
