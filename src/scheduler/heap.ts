/** A binary heap; `isBefore` must be a strict order. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let hole = items.length
    items.push(item)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = items[parent] as T // inside the list
      if (!this.#isBefore(item, above)) break
      items[hole] = above
      hole = parent
    }
    items[hole] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return top
    let hole = 0
    for (let child = 1; child < items.length; child = 2 * hole + 1) {
      const right = items[child + 1]
      const left = items[child] as T // inside the list
      const smaller = right !== undefined && this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(smaller, last)) break
      items[hole] = smaller
      hole = smaller === left ? child : child + 1
    }
    items[hole] = last
    return top
  }
}
