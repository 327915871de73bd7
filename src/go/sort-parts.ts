/** What a sort sees of its items, by their places. Source: Go sort.Interface. */
export interface Sortable {
  readonly length: number
  less(a: number, b: number): boolean
  swap(a: number, b: number): void
}

/** So many are put in order one by one. */
export const mostInserted = 12

/** Puts the items from `a` to before `b` in order, each where it belongs among those before it: equal ones stay as they were. */
export function insertionSort(data: Sortable, a: number, b: number): void {
  for (let i = a + 1; i < b; i++) for (let j = i; j > a && data.less(j, j - 1); j--) data.swap(j, j - 1)
}

/** Source: Go src/sort/zsortinterface.go, heapSort: where choices of pivots were bad too often. */
export function heapSort(data: Sortable, a: number, b: number): void {
  const size = b - a
  for (let i = (size - 1) >> 1; i >= 0; i--) siftDown(data, i, size, a)
  for (let i = size - 1; i >= 0; i--) {
    data.swap(a, a + i)
    siftDown(data, 0, i, a)
  }
}

function siftDown(data: Sortable, from: number, size: number, first: number): void {
  let root = from
  for (;;) {
    let child = 2 * root + 1
    if (child >= size) return
    if (child + 1 < size && data.less(first + child, first + child + 1)) child++
    if (!data.less(first + root, first + child)) return
    data.swap(first + root, first + child)
    root = child
  }
}
