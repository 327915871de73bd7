import { isObject } from '../../api/json.ts'

/**
 * Whether nothing that an object had, and that was then changed or taken away, is in the end as it was: then who wrote both
 * times owns the same as if the middle had never been. Lists whose items can't be told apart are taken to come back.
 */
export function nothingComesBack(before: unknown, middle: unknown, after: unknown): boolean {
  if (before === middle) return true
  if (Array.isArray(before)) return noItemComesBack(before, middle, after)
  if (!isObject(before)) return before !== after
  // An empty map is none.
  if (isGone(middle) || isGone(after)) return isGone(before) || isGone(after)
  if (!isObject(middle) || !isObject(after)) return false
  for (const key in before) if (!nothingComesBack(before[key], middle[key], after[key])) return false
  return true
}

function noItemComesBack(before: readonly unknown[], middle: unknown, after: unknown): boolean {
  if (before.length === 0) return true
  const [middles, afters] = [Array.isArray(middle) ? middle : [], Array.isArray(after) ? after : []]
  if (middles.length === 0 || afters.length === 0) return afters.length === 0
  return before.every((item) => {
    const key = isObject(item) ? (['type', 'name'] as const).find((name) => typeof item[name] === 'string') : undefined
    if (key === undefined || !isObject(item)) return false
    const same = (other: unknown): boolean => isObject(other) && other[key] === item[key]
    const [inMiddle, inAfter] = [middles.find(same), afters.find(same)]
    return inMiddle === undefined ? inAfter === undefined : nothingComesBack(item, inMiddle, inAfter)
  })
}

function isGone(value: unknown): boolean {
  if (!isObject(value)) return true
  for (const _member in value) return false
  return true
}
