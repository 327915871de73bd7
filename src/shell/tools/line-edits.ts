/**
 * Which lines of two texts differ, as GNU's diff finds it. Source: gnulib lib/diffseq.h, diag and compareseq; diffutils
 * src/analyze.c, shift_boundaries. Left out: the guess for lines that occur very often, and the limit of cost, from which on GNU's is content with a
 * longer way: who asks is told of each step (`Effort`), and may stop a search that takes too long by throwing.
 */

/** Told of each place that is tried. */
export type Effort = () => void

/** A stretch of lines that is another in the second text; both ends counted from 0, the last excluded. */
export interface Change {
  readonly from: number
  readonly to: number
  readonly otherFrom: number
  readonly otherTo: number
}

/** Marks of lines; a line before the first and behind the last is not marked. */
type Marks = boolean[]

/**
 * The same as busybox finds it: by chains of lines that are equal. Source: busybox editors/diff.c, stone, prune and output; left out:
 * the bound on lines that occur very often.
 */
export function changesByChains(a: readonly string[], b: readonly string[], effort: Effort): readonly Change[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let tail = 0
  while (tail < Math.min(a.length, b.length) - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const places = new Map<string, number[]>()
  for (let k = start; k < b.length - tail; k++) {
    const line = b[k] ?? ''
    const known = places.get(line)
    if (known === undefined) places.set(line, [k])
    else known.push(k)
  }
  /** The chain that ends earliest in the other text, by length. */
  const chains: (Chain | undefined)[] = [undefined]
  for (let i = start; i < a.length - tail; i++) {
    let [replaced, replacedLength] = [chains[0], 0]
    for (const k of places.get(a[i] ?? '') ?? []) {
      effort()
      if (k <= (replaced?.other ?? -1)) continue
      let length = 1
      while (length < chains.length && (chains[length]?.other ?? -1) < k) {
        effort()
        length++
      }
      const before = length === replacedLength + 1 ? replaced : chains[length - 1]
      if (length >= chains.length) {
        chains.push({ own: i, other: k, before })
        break
      }
      if ((chains[length]?.other ?? -1) <= k) continue
      replaced = chains[length]
      replacedLength = length
      chains[length] = { own: i, other: k, before }
    }
  }
  const matches = new Map<number, number>()
  for (let chain = chains.at(-1); chain !== undefined; chain = chain.before) matches.set(chain.own, chain.other)
  for (let i = 0; i < start; i++) matches.set(i, i)
  for (let i = 1; i <= tail; i++) matches.set(a.length - i, b.length - i)
  return changesBetween(a.length, b.length, matches)
}

interface Chain {
  readonly own: number
  readonly other: number
  readonly before: Chain | undefined
}

function changesBetween(size: number, otherSize: number, matches: ReadonlyMap<number, number>): readonly Change[] {
  const changes: Change[] = []
  for (let i = 0, k = 0; i < size || k < otherSize; i++, k++) {
    const [from, otherFrom] = [i, k]
    while (i < size && !matches.has(i)) i++
    k = matches.get(i) ?? otherSize
    if (i > from || k > otherFrom) changes.push({ from, to: i, otherFrom, otherTo: k })
  }
  return changes
}

/** What has to change to make the second list of lines of the first, in the order of the lines. */
export function changesOf(a: readonly string[], b: readonly string[], effort: Effort): readonly Change[] {
  const [deleted, inserted] = new LineSearch(a, b, effort).marks()
  shift(a, deleted, inserted)
  shift(b, inserted, deleted)
  const changes: Change[] = []
  for (let i = 0, k = 0; i < a.length || k < b.length; i++, k++) {
    const [from, otherFrom] = [i, k]
    while (deleted[i] === true) i++
    while (inserted[k] === true) k++
    if (i > from || k > otherFrom) changes.push({ from, to: i, otherFrom, otherTo: k })
  }
  return changes
}

class LineSearch {
  readonly #a: readonly string[]
  readonly #b: readonly string[]
  readonly #effort: Effort
  /** How far each diagonal was followed from the beginning, and from the end. */
  readonly #forward = new Map<number, number>()
  readonly #backward = new Map<number, number>()

  constructor(a: readonly string[], b: readonly string[], effort: Effort) {
    this.#a = a
    this.#b = b
    this.#effort = effort
  }

  /** Lines of the one that go, lines of the other that come. Lines that the other does not have at all are marked first. */
  marks(): readonly [Marks, Marks] {
    const [inA, inB] = [new Set(this.#a), new Set(this.#b)]
    const [deleted, inserted] = [this.#a.map((line) => !inB.has(line)), this.#b.map((line) => !inA.has(line))]
    const [ownA, ownB] = [keptOf(deleted), keptOf(inserted)]
    const rest = new LineSearch(
      ownA.map((at) => this.#a[at] ?? ''),
      ownB.map((at) => this.#b[at] ?? ''),
      this.#effort,
    )
    rest.#compare(
      0,
      ownA.length,
      0,
      ownB.length,
      (at) => {
        deleted[ownA[at] ?? -1] = true
      },
      (at) => {
        inserted[ownB[at] ?? -1] = true
      },
    )
    return [deleted, inserted]
  }

  #compare(
    fromA: number,
    untilA: number,
    fromB: number,
    untilB: number,
    goes: (at: number) => void,
    comes: (at: number) => void,
  ): void {
    let [x, xEnd, y, yEnd] = [fromA, untilA, fromB, untilB]
    while (x < xEnd && y < yEnd && this.#a[x] === this.#b[y]) {
      x++
      y++
    }
    while (x < xEnd && y < yEnd && this.#a[xEnd - 1] === this.#b[yEnd - 1]) {
      xEnd--
      yEnd--
    }
    if (x === xEnd) for (; y < yEnd; y++) comes(y)
    else if (y === yEnd) for (; x < xEnd; x++) goes(x)
    else {
      const [middleA, middleB] = this.#middle(x, xEnd, y, yEnd)
      this.#compare(x, middleA, y, middleB, goes, comes)
      this.#compare(middleA, xEnd, middleB, yEnd, goes, comes)
    }
  }

  /** Where the shortest way passes: searched from both ends at once. */
  #middle(x0: number, x1: number, y0: number, y1: number): readonly [number, number] {
    const [forward, backward] = [this.#forward, this.#backward]
    const [low, high] = [x0 - y1, x1 - y0]
    const [start, end] = [x0 - y0, x1 - y1]
    let [fromLow, fromHigh, toLow, toHigh] = [start, start, end, end]
    const isOdd = ((start - end) & 1) !== 0
    forward.set(start, x0)
    backward.set(end, x1)
    for (;;) {
      fromLow = fromLow > low ? this.#edge(forward, fromLow - 1, -1, -1) : fromLow + 1
      fromHigh = fromHigh < high ? this.#edge(forward, fromHigh + 1, 1, -1) : fromHigh - 1
      for (let d = fromHigh; d >= fromLow; d -= 2) {
        const x = this.#ahead(d, x1, y1)
        if (isOdd && toLow <= d && d <= toHigh && (backward.get(d) ?? 0) <= x) return [x, x - d]
      }
      toLow = toLow > low ? this.#edge(backward, toLow - 1, -1, far) : toLow + 1
      toHigh = toHigh < high ? this.#edge(backward, toHigh + 1, 1, far) : toHigh - 1
      for (let d = toHigh; d >= toLow; d -= 2) {
        const x = this.#back(d, x0, y0)
        if (!isOdd && fromLow <= d && d <= fromHigh && x <= (forward.get(d) ?? 0)) return [x, x - d]
      }
    }
  }

  /** One diagonal more is looked at; nothing is known of that beyond it. */
  #edge(known: Map<number, number>, diagonal: number, step: number, nothing: number): number {
    known.set(diagonal + step, nothing)
    return diagonal
  }

  #ahead(d: number, xEnd: number, yEnd: number): number {
    this.#effort()
    const [below, above] = [this.#forward.get(d - 1) ?? 0, this.#forward.get(d + 1) ?? 0]
    let x = below < above ? above : below + 1
    while (x < xEnd && x - d < yEnd && this.#a[x] === this.#b[x - d]) x++
    this.#forward.set(d, x)
    return x
  }

  #back(d: number, xStart: number, yStart: number): number {
    this.#effort()
    const [below, above] = [this.#backward.get(d - 1) ?? 0, this.#backward.get(d + 1) ?? 0]
    let x = below < above ? below : above - 1
    while (xStart < x && yStart < x - d && this.#a[x - 1] === this.#b[x - d - 1]) x--
    this.#backward.set(d, x)
    return x
  }
}

const far = Number.MAX_SAFE_INTEGER

function keptOf(marks: Marks): readonly number[] {
  return marks.flatMap((isMarked, at) => (isMarked ? [] : [at]))
}

/** Moves runs of changes along equal lines: together where that can be, then as far down as it goes. */
function shift(lines: readonly string[], changed: Marks, other: Marks): void {
  const is = (marks: Marks, at: number): boolean => marks[at] === true
  const end = lines.length
  for (let i = 0, j = 0; ; ) {
    for (; i < end && !is(changed, i); i++) while (is(other, j++));
    if (i === end) return
    let start = i
    while (is(changed, ++i));
    while (is(other, j)) j++
    let length: number
    let corresponding: number
    do {
      length = i - start
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed[--start] = true
        changed[--i] = false
        while (is(changed, start - 1)) start--
        while (is(other, --j));
      }
      corresponding = is(other, j - 1) ? i : end
      while (i !== end && lines[start] === lines[i]) {
        changed[start++] = false
        changed[i++] = true
        while (is(changed, i)) i++
        while (is(other, ++j)) corresponding = i
      }
    } while (length !== i - start)
    while (corresponding < i) {
      changed[--start] = true
      changed[--i] = false
      while (is(other, --j));
    }
  }
}
