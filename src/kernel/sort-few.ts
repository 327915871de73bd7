/**
 * Sorts a list in its place as `sort` does, equal ones in their order. For lists of a few, in tens of thousands: the engine's own sort makes
 * some 2 KB for each, however short it is.
 */
export function sortFew<T>(list: T[], compare: (a: T, b: T) => number): T[] {
  if (list.length > 24) return list.sort(compare)
  for (let i = 1; i < list.length; i++) {
    const one = list[i] as T // within the list, as below
    let at = i
    for (; at > 0 && compare(list[at - 1] as T, one) > 0; at--) list[at] = list[at - 1] as T
    list[at] = one
  }
  return list
}

/** The order of `sort` without a comparison: of UTF-16 units. */
export function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
