import type { Sortable } from './sort-parts.ts'
import { patternDefeatingSort } from './sort-pdq.ts'
import { quickSort } from './sort-quick.ts'

/** What sorts in a program that this Go built: `go1.19.8`. Source: Go release notes of 1.19, sort; kubectl 1.20.2 to 1.35.2 as built. */
export function sortOf(goVersion: string): GoSort {
  const release = Number(/^go1\.(\d+)/.exec(goVersion)?.[1])
  if (release < 19) return quickSort
  return (data) => patternDefeatingSort(data, release < 24 ? [13n, 17n, 5n] : [13n, 7n, 17n])
}

/** Puts items in order. */
export type GoSort = (data: Sortable) => void

/** The items in order, with equal ones where Go's sort.Sort leaves them: it is not stable. `less` need not agree with itself. */
export function goSorted<T>(items: readonly T[], less: (a: T, b: T) => boolean, sort: GoSort): readonly T[] {
  const sorted = [...items]
  // Places are of the list.
  const at = (place: number): T => sorted[place] as T
  sort({
    length: sorted.length,
    less: (a, b) => less(at(a), at(b)),
    swap(a, b) {
      const [first, second] = [at(a), at(b)]
      sorted[a] = second
      sorted[b] = first
    },
  })
  return sorted
}
