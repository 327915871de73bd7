import { heapSort, insertionSort, mostInserted, type Sortable } from './sort-parts.ts'

/** Go's sort.Sort up to Go 1.18. Source: Go 1.18, src/sort/zsortinterface.go, quickSort. */
export function quickSort(data: Sortable): void {
  let depth = 0
  for (let left = data.length; left > 0; left >>= 1) depth++
  sortPart(data, 0, data.length, 2 * depth)
}

function sortPart(data: Sortable, from: number, to: number, depth: number): void {
  let [a, b, left] = [from, to, depth]
  while (b - a > mostInserted) {
    if (left === 0) {
      heapSort(data, a, b)
      return
    }
    left--
    const [low, high] = divide(data, a, b)
    if (low - a < b - high) {
      sortPart(data, a, low, left)
      a = high
    } else {
      sortPart(data, high, b, left)
      b = low
    }
  }
  // A pass over items that stand six apart comes first.
  for (let i = a + 6; i < b; i++) if (data.less(i, i - 6)) data.swap(i, i - 6)
  insertionSort(data, a, b)
}

/** Around a pivot: what is less stands before the first place, what is more from the second on. Source: doPivot. */
function divide(data: Sortable, low: number, high: number): readonly [number, number] {
  const middle = (low + high) >> 1
  choosePivot(data, low, middle, high)
  let [a, b, c] = [low + 1, low + 1, high - 1]
  while (a < c && data.less(a, low)) a++
  b = a
  for (;;) {
    while (b < c && !data.less(low, b)) b++
    while (b < c && data.less(low, c - 1)) c--
    if (b >= c) break
    data.swap(b++, --c)
  }
  let hasManyEqual = high - c < 5
  if (!hasManyEqual && high - c < Math.floor((high - low) / 4)) {
    let equal = 0
    if (!data.less(low, high - 1)) {
      data.swap(c++, high - 1)
      equal++
    }
    if (!data.less(b - 1, low)) {
      b--
      equal++
    }
    if (!data.less(middle, low)) {
      data.swap(middle, --b)
      equal++
    }
    hasManyEqual = equal > 1
  }
  if (hasManyEqual) b = equalsToTheMiddle(data, low, a, b)
  data.swap(low, b - 1)
  return [b - 1, c]
}

/** Brings those that equal the pivot together; gives where they begin. */
function equalsToTheMiddle(data: Sortable, pivot: number, from: number, to: number): number {
  let [a, b] = [from, to]
  for (;;) {
    while (a < b && !data.less(b - 1, pivot)) b--
    while (a < b && data.less(a, pivot)) a++
    if (a >= b) return b
    data.swap(a++, --b)
  }
}

/** The median of three, or of three medians of three, to the place `low`. */
function choosePivot(data: Sortable, low: number, middle: number, high: number): void {
  if (high - low > 40) {
    const step = Math.floor((high - low) / 8)
    medianOfThree(data, low, low + step, low + 2 * step)
    medianOfThree(data, middle, middle - step, middle + step)
    medianOfThree(data, high - 1, high - 1 - step, high - 1 - 2 * step)
  }
  medianOfThree(data, low, middle, high - 1)
}

/** The median of the items at the three places goes to the first of them. */
function medianOfThree(data: Sortable, m1: number, m0: number, m2: number): void {
  if (data.less(m1, m0)) data.swap(m1, m0)
  if (!data.less(m2, m1)) return
  data.swap(m2, m1)
  if (data.less(m1, m0)) data.swap(m1, m0)
}
