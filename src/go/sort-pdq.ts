import { heapSort, insertionSort, mostInserted, type Sortable } from './sort-parts.ts'

/** By how many bits numbers are shifted that are drawn. */
export type Shifts = readonly [left: bigint, right: bigint, leftAgain: bigint]

/** Go's sort.Sort from Go 1.19 on. Source: Go src/sort/zsortinterface.go, pdqsort. */
export function patternDefeatingSort(data: Sortable, shifts: Shifts): void {
  if (data.length > 1) sortPart(data, 0, data.length, bitLength(data.length), shifts)
}

function sortPart(data: Sortable, from: number, to: number, badPivots: number, shifts: Shifts): void {
  let [a, b, limit] = [from, to, badPivots]
  let [wasBalanced, wasPartitioned] = [true, true]
  for (;;) {
    const length = b - a
    if (length <= mostInserted || limit === 0) {
      const sort = length <= mostInserted ? insertionSort : heapSort
      sort(data, a, b)
      return
    }
    if (!wasBalanced) {
      breakPatterns(data, a, b, shifts)
      limit--
    }
    let { pivot, hint } = choosePivot(data, a, b)
    if (hint === 'decreasing') {
      for (let [i, j] = [a, b - 1]; i < j; i++, j--) data.swap(i, j)
      pivot = b - 1 - (pivot - a)
      hint = 'increasing'
    }
    if (wasBalanced && wasPartitioned && hint === 'increasing' && isSoonSorted(data, a, b)) return
    // The pivot equals what stands before this part: there are many like it.
    if (a > 0 && !data.less(a - 1, pivot)) {
      a = passOverEqual(data, a, b, pivot)
      continue
    }
    const { middle, wasThere } = partition(data, a, b, pivot)
    wasPartitioned = wasThere
    const [before, after] = [middle - a, b - middle]
    wasBalanced = Math.min(before, after) >= length >> 3
    if (before < after) {
      sortPart(data, a, middle, limit, shifts)
      a = middle + 1
    } else {
      sortPart(data, middle + 1, b, limit, shifts)
      b = middle
    }
  }
}

/** What is less than the pivot before it, all others after it; whether they stood so. */
function partition(data: Sortable, a: number, b: number, pivot: number): { middle: number; wasThere: boolean } {
  data.swap(a, pivot)
  let [i, j, wasThere] = [a + 1, b - 1, true]
  for (;;) {
    while (i <= j && data.less(i, a)) i++
    while (i <= j && !data.less(j, a)) j--
    if (i > j) break
    data.swap(i++, j--)
    wasThere = false
  }
  data.swap(j, a)
  return { middle: j, wasThere }
}

/** Those that equal the pivot first; gives where the others begin. Source: partitionEqual. */
function passOverEqual(data: Sortable, a: number, b: number, pivot: number): number {
  data.swap(a, pivot)
  let [i, j] = [a + 1, b - 1]
  for (;;) {
    while (i <= j && !data.less(a, i)) i++
    while (i <= j && data.less(a, j)) j--
    if (i > j) return i
    data.swap(i++, j--)
  }
}

/** Mends up to five places where two stand in the wrong order; whether all are in order then. Source: partialInsertionSort. */
function isSoonSorted(data: Sortable, a: number, b: number): boolean {
  let i = a + 1
  for (let step = 0; step < 5; step++) {
    while (i < b && !data.less(i, i - 1)) i++
    if (i === b) return true
    if (b - a < 50) return false
    data.swap(i, i - 1)
    if (i - a >= 2) for (let j = i - 1; j >= 1 && data.less(j, j - 1); j--) data.swap(j, j - 1)
    if (b - i >= 2) for (let j = i + 1; j < b && data.less(j, j - 1); j++) data.swap(j, j - 1)
  }
  return false
}

/** Three items in the middle change places with some that are drawn, always the same for as many items. */
function breakPatterns(data: Sortable, a: number, b: number, [left, right, leftAgain]: Shifts): void {
  const length = b - a
  if (length < 8) return
  const mask = BigInt(2 ** bitLength(length) - 1)
  const first = a + Math.floor(length / 4) * 2 - 1
  let random = BigInt(length)
  for (let i = 0; i < 3; i++) {
    random ^= BigInt.asUintN(64, random << left)
    random ^= random >> right
    random ^= BigInt.asUintN(64, random << leftAgain)
    const other = Number(random & mask)
    data.swap(first + i, a + (other >= length ? other - length : other))
  }
}

interface Pivot {
  readonly pivot: number
  readonly hint: 'increasing' | 'decreasing' | 'unknown'
}

function choosePivot(data: Sortable, a: number, b: number): Pivot {
  const quarter = Math.floor((b - a) / 4)
  const median = new Median(data)
  let [i, j, k] = [a + quarter, a + 2 * quarter, a + 3 * quarter]
  if (b - a >= 50) [i, j, k] = [median.around(i), median.around(j), median.around(k)]
  const pivot = median.of(i, j, k)
  if (median.swaps === 0) return { pivot, hint: 'increasing' }
  return { pivot, hint: median.swaps === 12 ? 'decreasing' : 'unknown' }
}

/** Finds the places of medians, and counts how many pairs stood in the wrong order. */
class Median {
  swaps = 0
  readonly #data: Sortable

  constructor(data: Sortable) {
    this.#data = data
  }

  of(a: number, b: number, c: number): number {
    const [least, more] = this.#inOrder(a, b)
    const [middle] = this.#inOrder(more, c)
    return this.#inOrder(least, middle)[1]
  }

  around(place: number): number {
    return this.of(place - 1, place, place + 1)
  }

  #inOrder(a: number, b: number): readonly [number, number] {
    if (!this.#data.less(b, a)) return [a, b]
    this.swaps++
    return [b, a]
  }
}

function bitLength(count: number): number {
  return 32 - Math.clz32(count)
}
