/** Two texts as lists of lines, compared as Go's difflib does. Source: github.com/pmezard/go-difflib v1.0.0, difflib/difflib.go. */

/** Lines `a.start..a.end` of the first become `b.start..b.end` of the second. */
interface OpCode {
  readonly isEqual: boolean
  readonly aStart: number
  readonly aEnd: number
  readonly bStart: number
  readonly bEnd: number
}

interface Match {
  readonly a: number
  readonly b: number
  readonly size: number
}

/** Texts this long or longer (lines) have lines that count as noise: those that make up more than a hundredth. Source: chainB. */
const noisyFrom = 200

/**
 * The unified difference of two texts with three lines around each change, without a head; empty when they are equal.
 * Source: GetUnifiedDiffString of a diff without names of files.
 */
export function unifiedDiff(before: string, after: string): string {
  const a = linesOf(before)
  const b = linesOf(after)
  return groupsOf(opCodes(a, b))
    .map((group) => hunk(a, b, group))
    .join('')
}

/** Each line with its newline; the last gets one too. Source: SplitLines. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => `${line}\n`)
}

function hunk(a: readonly string[], b: readonly string[], group: readonly OpCode[]): string {
  const [first, last] = [group[0], group.at(-1)]
  if (first === undefined || last === undefined) return ''
  const lines = group.flatMap(({ isEqual, aStart, aEnd, bStart, bEnd }) =>
    isEqual
      ? a.slice(aStart, aEnd).map((line) => ` ${line}`)
      : [...a.slice(aStart, aEnd).map((line) => `-${line}`), ...b.slice(bStart, bEnd).map((line) => `+${line}`)],
  )
  return `@@ -${range(first.aStart, last.aEnd)} +${range(first.bStart, last.bEnd)} @@\n${lines.join('')}`
}

/** Source: formatRangeUnified. */
function range(start: number, stop: number): string {
  const length = stop - start
  if (length === 1) return String(start + 1)
  return `${length === 0 ? start : start + 1},${length}`
}

const context = 3

/** Source: GetGroupedOpCodes. */
function groupsOf(codes: readonly OpCode[]): readonly (readonly OpCode[])[] {
  const list = [...codes]
  const [first, last] = [list[0], list.at(-1)]
  if (first?.isEqual === true) list[0] = startingAt(first, Math.max(first.aStart, first.aEnd - context))
  if (last?.isEqual === true) {
    const end = list[list.length - 1] ?? last
    list[list.length - 1] = endingAt(end, Math.min(end.aEnd, end.aStart + context))
  }
  const groups: OpCode[][] = [[]]
  for (const code of list) {
    if (code.isEqual && code.aEnd - code.aStart > 2 * context) {
      groups.at(-1)?.push(endingAt(code, code.aStart + context))
      groups.push([startingAt(code, code.aEnd - context)])
    } else groups.at(-1)?.push(code)
  }
  return groups.filter((group) => group.some(({ isEqual }) => !isEqual))
}

function startingAt(code: OpCode, aStart: number): OpCode {
  return { ...code, aStart, bStart: code.bStart + aStart - code.aStart }
}

function endingAt(code: OpCode, aEnd: number): OpCode {
  return { ...code, aEnd, bEnd: code.bStart + aEnd - code.aStart }
}

/** Source: GetOpCodes. */
function opCodes(a: readonly string[], b: readonly string[]): readonly OpCode[] {
  const codes: OpCode[] = []
  let [i, j] = [0, 0]
  for (const { a: ai, b: bj, size } of [...matchingBlocks(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < ai || j < bj) codes.push({ isEqual: false, aStart: i, aEnd: ai, bStart: j, bEnd: bj })
    ;[i, j] = [ai + size, bj + size]
    if (size > 0) codes.push({ isEqual: true, aStart: ai, aEnd: i, bStart: bj, bEnd: j })
  }
  return codes
}

/** Runs of equal lines, in order, neighbours joined. Source: GetMatchingBlocks. */
function matchingBlocks(a: readonly string[], b: readonly string[]): readonly Match[] {
  const places = placesOf(b)
  const found: Match[] = []
  const search = (aLow: number, aHigh: number, bLow: number, bHigh: number): void => {
    const match = longestMatch(a, b, places, { aLow, aHigh, bLow, bHigh })
    if (match.size === 0) return
    if (aLow < match.a && bLow < match.b) search(aLow, match.a, bLow, match.b)
    found.push(match)
    const [aNext, bNext] = [match.a + match.size, match.b + match.size]
    if (aNext < aHigh && bNext < bHigh) search(aNext, aHigh, bNext, bHigh)
  }
  search(0, a.length, 0, b.length)
  const joined: Match[] = []
  for (const match of found) {
    const before = joined.at(-1)
    if (before !== undefined && before.a + before.size === match.a && before.b + before.size === match.b) {
      joined[joined.length - 1] = { ...before, size: before.size + match.size }
    } else joined.push(match)
  }
  return joined
}

/** Where each line of the second text stands, noise left out. */
function placesOf(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of b.entries()) {
    const list = places.get(line)
    if (list === undefined) places.set(line, [index])
    else list.push(index)
  }
  if (b.length < noisyFrom) return places
  const most = Math.floor(b.length / 100) + 1
  return new Map([...places].filter(([, list]) => list.length <= most))
}

interface Window {
  readonly aLow: number
  readonly aHigh: number
  readonly bLow: number
  readonly bHigh: number
}

/** The first of the longest runs without noise, then what touches it. Source: findLongestMatch. */
function longestMatch(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  { aLow, aHigh, bLow, bHigh }: Window,
): Match {
  let best: Match = { a: aLow, b: bLow, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < bLow || j >= bHigh) continue
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  let { a: start, b: startB, size } = best
  while (start > aLow && startB > bLow && a[start - 1] === b[startB - 1]) {
    start--
    startB--
    size++
  }
  while (start + size < aHigh && startB + size < bHigh && a[start + size] === b[startB + size]) size++
  return { a: start, b: startB, size }
}
