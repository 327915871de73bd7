import { goQuote } from '../../go/quote.ts'
import type { DiffNode } from './diff-compare.ts'
import { differenceScript, type Edit } from './diff-script.ts'
import { goString } from './diff-strings.ts'
import {
  addStats,
  appendEllipsis,
  type DiffSign,
  type DiffStats,
  diffCount,
  line,
  type TextNode,
  type TextRecord,
  wrap,
} from './diff-text.ts'
import { goElements } from './values.ts'

/** Long texts and lists of numbers, whose differences are shown by chunks. Source: go-cmp v0.3.0, cmp/report_slices.go. */

/** From how many elements on a text or list is shown so. */
const minLength = 64

export function isDiffSlice(node: DiffNode): boolean {
  const { type, x, y } = node
  if (node.differing === 0 || node.isCompared || x === undefined || y === undefined) return false
  if (type.kind === 'string') return lengthOf(x.json) >= minLength && lengthOf(y.json) >= minLength
  if (type.kind !== 'slice' || (type.element?.kind !== 'int' && type.element?.kind !== 'bool')) return false
  if (node.differing > node.same) return true
  return goElements(x).length >= minLength && goElements(y).length >= minLength
}

function lengthOf(json: unknown): number {
  return typeof json === 'string' ? json.length : 0
}

/** The difference without its type. */
export function diffSliceText(node: DiffNode): TextNode {
  if (node.type.kind === 'string') return diffText(String(node.x?.json ?? ''), String(node.y?.json ?? ''))
  const values = (value: DiffNode['x']) =>
    value === undefined ? [] : goElements(value).map(({ json }) => String(json))
  const records = diffChunks(values(node.x), values(node.y), 8, node.type.element?.name ?? '', (chunk) =>
    chunk.join(', '),
  )
  return wrap('{', { kind: 'list', records }, '}')
}

function diffText(x: string, y: string): TextNode {
  const lines = (x + y).split('\n')
  const isLined = lines.length > 4 && lines.every((text) => text.length <= 256)
  const records = isLined
    ? diffChunks(x.split('\n'), y.split('\n'), 1, 'line', (chunk) => goString(chunk[0] ?? ''))
    : diffChunks([...x], [...y], 64, 'byte', (chunk) => goString(chunk.join('')))
  return wrap('strings.Join(', wrap('{', { kind: 'list', records }, '}'), `, ${goQuote(isLined ? '\n' : '')})`)
}

function diffChunks(
  x: readonly string[],
  y: readonly string[],
  chunkSize: number,
  name: string,
  textOfChunk: (chunk: readonly string[]) => string,
): TextRecord[] {
  const list: TextRecord[] = []
  const same = { same: 1, differing: 0 }
  const different = { same: 0, differing: 2 }
  const script = differenceScript(x.length, y.length, (ix, iy) => (x[ix] === y[iy] ? same : different))
  const appendChunks = (part: readonly string[], diff: DiffSign) => {
    for (let at = 0; at < part.length; at += chunkSize) {
      list.push({ diff, key: '', value: line(textOfChunk(part.slice(at, at + chunkSize))) })
    }
  }
  const groups = joined(groupsOf(name, script), Math.floor(chunkSize / 4))
  let ix = 0
  let iy = 0
  for (const [index, stats] of groups.entries()) {
    if (diffCount(stats) > 0) {
      const nx = stats.identical + stats.removed + stats.modified
      const ny = stats.identical + stats.inserted + stats.modified
      appendChunks(x.slice(ix, ix + nx), '-')
      appendChunks(y.slice(iy, iy + ny), '+')
      ix += nx
      iy += ny
      continue
    }
    const equal = stats.identical
    const low = index === 0 ? 0 : Math.min(chunkSize * 2, equal)
    let high = index === groups.length - 1 ? 0 : Math.min(chunkSize * 2, equal - low)
    if (equal - (low + high) <= chunkSize) high = equal - low
    appendChunks(x.slice(ix, ix + low), undefined)
    if (equal > low + high) appendEllipsis(list, { ...stats, identical: equal - low - high })
    appendChunks(x.slice(ix + equal - high, ix + equal), undefined)
    ix += equal
    iy += equal
  }
  return list
}

function groupsOf(name: string, script: readonly Edit[]): readonly DiffStats[] {
  const groups: { -readonly [K in keyof DiffStats]: DiffStats[K] }[] = []
  let wasEqual: boolean | undefined
  for (const edit of script) {
    const isEqual = edit === 'identity'
    if (isEqual !== wasEqual) groups.push({ name, identical: 0, removed: 0, inserted: 0, modified: 0 })
    wasEqual = isEqual
    const stats = groups.at(-1)
    if (stats === undefined) continue
    if (isEqual) stats.identical++
    else if (edit === 'uniqueX') stats.removed++
    else if (edit === 'uniqueY') stats.inserted++
    else stats.modified++
  }
  return groups
}

/** Joins differences that only a few equal elements part. Source: coalesceInterveningIdentical. */
function joined(groups: readonly DiffStats[], window: number): readonly DiffStats[] {
  const result: DiffStats[] = []
  for (const stats of groups) {
    const previous = result.at(-2)
    const between = result.at(-1)
    if (previous !== undefined && between !== undefined && diffCount(stats) > 0) {
      const hasX = previous.removed > 0 || stats.removed > 0
      const hasY = previous.inserted > 0 || stats.inserted > 0
      if (hasX && hasY && between.identical <= window) {
        result.splice(-2, 2, addStats(addStats(previous, between), stats))
        continue
      }
    }
    result.push(stats)
  }
  return result
}
