import { quantity } from '../quantity.ts'
import { compareGo, type DiffNode } from './diff-compare.ts'
import { diffSliceText, isDiffSlice } from './diff-slices.ts'
import { goString } from './diff-strings.ts'
import {
  appendEllipsis,
  type DiffStats,
  diffCount,
  line,
  nil,
  type TextNode,
  type TextRecord,
  textLength,
  textOf,
  wrap,
} from './diff-text.ts'
import { goQuantityParts } from './syntax.ts'
import { type GoType, type GoValue, goElements, goEntries, goFieldValue, goTarget, isGoZero } from './values.ts'

/**
 * The difference of two values as the API server's texts show it, `-` before what only the first has. Empty when equal.
 * Source: github.com/google/go-cmp v0.3.0, cmp/report*.go.
 */
export function goDiff(type: string, x: unknown, y: unknown): string {
  const root = compareGo(type, x, y)
  return root.differing === 0 ? '' : textOf(formatDiff({ mode: 'unknown', types: 'emit' }, root))
}

type DiffMode = 'unknown' | 'identical' | 'removed' | 'inserted'

interface Options {
  readonly mode: DiffMode
  /** Whether values name their type: always, never, or when they are composite and there. */
  readonly types: 'emit' | 'elide' | 'auto'
}

/** How many equal neighbours of a difference are shown. Source: report_compare.go, numContextRecords. */
const contextRecords = 2

/** Source: report_compare.go, FormatDiff. */
function formatDiff(options: Options, node: DiffNode): TextNode {
  if (options.mode === 'unknown' && isDiffSlice(node)) return formatType(options, node.type, diffSliceText(node))
  if (node.depth === 0) return formatLeaf(options, node)
  if (node.target !== undefined) return wrap('&', formatDiff(options, node.target), '')
  return formatType(options, node.type, formatRecords(options, node))
}

function formatLeaf(options: Options, node: DiffNode): TextNode {
  const { x, y } = node
  switch (options.mode) {
    case 'removed':
      return x === undefined ? nothing : formatValue(options, x)
    case 'inserted':
      return y === undefined ? nothing : formatValue(options, y)
    default:
  }
  if (node.differing === 0 && x !== undefined && y !== undefined) {
    const left = formatValue(options, x)
    const right = formatValue(options, y)
    return textLength(left) < textLength(right) ? left : right
  }
  const records: TextRecord[] = []
  if (x !== undefined) records.push({ diff: '-', key: '', value: formatValue({ ...options, types: 'elide' }, x) })
  if (y !== undefined) records.push({ diff: '+', key: '', value: formatValue({ ...options, types: 'elide' }, y) })
  return formatType({ ...options, types: 'emit' }, node.type, { kind: 'list', records })
}

/** A value that is not there: the caller leaves its record out. */
const nothing = line('')

/** Source: report_compare.go, formatDiffList. */
function formatRecords(options: Options, node: DiffNode): TextNode {
  const isStruct = node.type.kind === 'struct'
  const inner: Options = { ...options, types: isStruct ? 'auto' : 'elide' }
  if (options.mode === 'unknown') return wrap('{', { kind: 'list', records: differingRecords(inner, node) }, '}')
  const records: TextRecord[] = []
  for (const { key, node: child } of node.records) {
    const shown = options.mode === 'inserted' ? child.y : child.x
    if (isStruct && (shown === undefined || isGoZero(shown))) continue
    records.push({ key: keyText(node, key), value: formatDiff(inner, child) })
  }
  return wrap('{', { kind: 'list', records }, '}')
}

function keyText(node: DiffNode, key: string): string {
  if (node.type.kind === 'slice') return ''
  return node.type.kind === 'map' ? goString(key) : key
}

const recordNames = { struct: 'field', slice: 'element', map: 'entry' } as const

function differingRecords(options: Options, node: DiffNode): TextRecord[] {
  const list: TextRecord[] = []
  const { kind } = node.type
  const name = kind === 'struct' || kind === 'slice' || kind === 'map' ? recordNames[kind] : ''
  const groups = groupsOf(name, node)
  let rest = node.records
  for (const [index, stats] of groups.entries()) {
    const differing = diffCount(stats)
    if (differing === 0) {
      identicalGroup(options, node, rest.slice(0, stats.identical), stats, list, index > 0, index < groups.length - 1)
      rest = rest.slice(stats.identical)
      continue
    }
    for (const { key, node: child } of rest.slice(0, differing)) {
      const text = keyText(node, key)
      if (!isDiffSlice(child) && child.children === child.depth) {
        if (child.x !== undefined) {
          list.push({ diff: '-', key: text, value: formatDiff({ ...options, mode: 'removed' }, child) })
        }
        if (child.y !== undefined) {
          list.push({ diff: '+', key: text, value: formatDiff({ ...options, mode: 'inserted' }, child) })
        }
      } else list.push({ key: text, value: formatDiff(options, child) })
    }
    rest = rest.slice(differing)
  }
  return list
}

/** Equal records beside differing ones: a few are shown, the others counted. */
function identicalGroup(
  options: Options,
  node: DiffNode,
  records: DiffNode['records'],
  stats: DiffStats,
  list: TextRecord[],
  hasBefore: boolean,
  hasAfter: boolean,
): void {
  const equal = records.length
  const low = hasBefore ? Math.min(contextRecords, equal) : 0
  let high = hasAfter ? Math.min(contextRecords, equal - low) : 0
  if (equal - (low + high) === 1) high++
  const show = (part: DiffNode['records']) => {
    for (const { key, node: child } of part) {
      list.push({ key: keyText(node, key), value: formatDiff({ ...options, mode: 'identical' }, child) })
    }
  }
  show(records.slice(0, low))
  if (equal > low + high) appendEllipsis(list, { ...stats, identical: equal - low - high })
  show(records.slice(equal - high))
}

/** Source: report_compare.go, coalesceAdjacentRecords. */
function groupsOf(name: string, node: DiffNode): readonly DiffStats[] {
  const groups: { -readonly [K in keyof DiffStats]: DiffStats[K] }[] = []
  let previous = 0
  for (const { node: child } of node.records) {
    const current = child.differing === 0 ? 1 : 2
    if (current !== previous) groups.push({ name, identical: 0, removed: 0, inserted: 0, modified: 0 })
    previous = current
    const stats = groups.at(-1)
    if (stats === undefined) continue
    if (child.differing === 0) stats.identical++
    else if (child.y === undefined) stats.removed++
    else if (child.x === undefined) stats.inserted++
    else stats.modified++
  }
  return groups
}

const compositeKinds: ReadonlySet<string> = new Set(['struct', 'slice', 'map', 'quantity', 'intOrString'])

/** Source: report_reflect.go, FormatType. */
function formatType(options: Options, type: GoType, text: TextNode): TextNode {
  if (options.types === 'elide') return text
  if (options.types === 'auto' && (!compositeKinds.has(type.kind) || text === nil)) return text
  const name = type.kind === 'pointer' ? `(${type.name})` : type.name
  if (text.kind === 'wrap' && text.prefix.startsWith('{') && text.suffix.endsWith('}')) return wrap(name, text, '')
  return wrap(`${name}(`, text, ')')
}

/** Source: report_reflect.go, FormatValue. */
function formatValue(options: Options, value: GoValue): TextNode {
  const { type, json } = value
  const list = (records: readonly TextRecord[]) =>
    formatType(options, type, wrap('{', { kind: 'list', records: [...records] }, '}'))
  const elided: Options = { ...options, types: 'elide' }
  switch (type.kind) {
    case 'bool':
      return formatType(options, type, line(String(json === true)))
    case 'int':
      return formatType(options, type, line(String(typeof json === 'number' ? json : 0)))
    case 'string':
      return formatType(options, type, line(goString(typeof json === 'string' ? json : '')))
    case 'struct': {
      const records: TextRecord[] = []
      for (const field of type.fields?.() ?? []) {
        const member = goFieldValue(value, field)
        if (isGoZero(member)) continue
        records.push({ key: field.name, value: formatValue({ ...options, types: 'auto' }, member) })
      }
      return list(records)
    }
    case 'slice':
      if (json === undefined) return formatType(options, type, nil)
      return list(goElements(value).map((element) => ({ key: '', value: formatValue(elided, element) })))
    case 'map':
      if (json === undefined) return formatType(options, type, nil)
      return list(goEntries(value).map(([key, entry]) => ({ key: goString(key), value: formatValue(elided, entry) })))
    case 'pointer': {
      const target = goTarget(value)
      return target === undefined ? formatType(options, type, nil) : wrap('&', formatValue(options, target), '')
    }
    case 'quantity':
      return list(quantityRecords(typeof json === 'string' ? json : '0'))
    case 'intOrString':
      return list(
        typeof json === 'string'
          ? [
              { key: 'Type', value: line('1') },
              { key: 'StrVal', value: line(goString(json)) },
            ]
          : [{ key: 'IntVal', value: line(String(json ?? 0)) }],
      )
  }
}

function quantityRecords(text: string): readonly TextRecord[] {
  const { value, scale, kept, format } = goQuantityParts(text)
  const records: TextRecord[] = []
  if (quantity(text).nanos !== 0n) {
    const members = scale === 0 ? `{value: ${value}}` : `{value: ${value}, scale: ${scale}}`
    records.push({ key: 'i', value: line(`resource.int64Amount${members}`) })
  }
  if (kept !== '') records.push({ key: 's', value: line(goString(kept)) })
  records.push({ key: 'Format', value: line(goString(format)) })
  return records
}
