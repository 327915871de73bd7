/** How one list becomes another. Source: go-cmp v0.3.0, cmp/internal/diff/diff.go. */
export type Edit = 'identity' | 'uniqueX' | 'uniqueY' | 'modified'

/** How many parts of two elements are the same, and how many differ. */
export interface Similarity {
  readonly same: number
  readonly differing: number
}

type Similar = (ix: number, iy: number) => Similarity

interface Path {
  x: number
  y: number
  readonly direction: 1 | -1
  readonly edits: Edit[]
}

/** Edits from a list of `nx` elements to one of `ny`: not always the shortest, found in linear time. */
export function differenceScript(nx: number, ny: number, similar: Similar): readonly Edit[] {
  const forward: Path = { x: 0, y: 0, direction: 1, edits: [] }
  const reverse: Path = { x: nx, y: ny, direction: -1, edits: [] }
  const front = { x: 0, y: 0 }
  const back = { x: nx, y: ny }
  const budget = { left: 4 * (nx + ny) }
  const isOver = () => front.x >= back.x || front.y >= back.y || budget.left === 0
  while (!isOver()) {
    searchForward(forward, reverse, front, budget, similar)
    if (reverse.x - front.x >= reverse.y - front.y) front.x++
    else front.y++
    if (isOver()) break
    searchReverse(forward, reverse, back, budget, similar)
    if (back.x - forward.x >= back.y - forward.y) back.x--
    else back.y--
  }
  connect(forward, reverse.x, reverse.y, similar)
  return [...forward.edits, ...reverse.edits.reverse()]
}

interface Point {
  x: number
  y: number
}

function searchForward(forward: Path, reverse: Path, front: Point, budget: { left: number }, similar: Similar): void {
  let isDone = [false, false]
  for (let step = 0; !(isDone[0] && isDone[1]) && budget.left > 0; step++) {
    const z = zigzag(step)
    const x = front.x + z
    const y = front.y - z
    if (x >= reverse.x || y < forward.y) isDone[0] = true
    else if (y >= reverse.y || x < forward.x) isDone[1] = true
    else if (similar(x, y).differing === 0) {
      connect(forward, x, y, similar)
      append(forward, 'identity')
      while (forward.x < reverse.x && forward.y < reverse.y && similar(forward.x, forward.y).differing === 0) {
        append(forward, 'identity')
      }
      front.x = forward.x
      front.y = forward.y
      isDone = [true, true]
    } else budget.left--
  }
}

function searchReverse(forward: Path, reverse: Path, back: Point, budget: { left: number }, similar: Similar): void {
  let isDone = [false, false]
  for (let step = 0; !(isDone[0] && isDone[1]) && budget.left > 0; step++) {
    const z = zigzag(step)
    const x = back.x - z
    const y = back.y + z
    if (forward.x >= x || reverse.y < y) isDone[0] = true
    else if (forward.y >= y || reverse.x < x) isDone[1] = true
    else if (similar(x - 1, y - 1).differing === 0) {
      connect(reverse, x, y, similar)
      append(reverse, 'identity')
      while (forward.x < reverse.x && forward.y < reverse.y && similar(reverse.x - 1, reverse.y - 1).differing === 0) {
        append(reverse, 'identity')
      }
      back.x = reverse.x
      back.y = reverse.y
      isDone = [true, true]
    } else budget.left--
  }
}

/** 0, -1, 1, -2, 2, ... */
function zigzag(step: number): number {
  return (step % 2 === 0 ? step : ~step) >> 1
}

function append(path: Path, edit: Edit): void {
  path.edits.push(edit)
  if (edit !== 'uniqueY') path.x += path.direction
  if (edit !== 'uniqueX') path.y += path.direction
}

/** Leads a path to a point, calling elements modified that have most in common. */
function connect(path: Path, x: number, y: number, similar: Similar): void {
  const left = (to: number, from: number) => (path.direction === 1 ? to - from : from - to)
  while (left(x, path.x) > 0 && left(y, path.y) > 0) {
    const { same, differing } = path.direction === 1 ? similar(path.x, path.y) : similar(path.x - 1, path.y - 1)
    if (differing === 0) append(path, 'identity')
    else if (same + 1 >= differing) append(path, 'modified')
    else if (path.direction === 1) append(path, left(x, path.x) >= left(y, path.y) ? 'uniqueX' : 'uniqueY')
    else append(path, left(y, path.y) >= left(x, path.x) ? 'uniqueY' : 'uniqueX')
  }
  while (left(x, path.x) > 0) append(path, 'uniqueX')
  while (left(y, path.y) > 0) append(path, 'uniqueY')
}
