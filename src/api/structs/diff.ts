import { canonicalQuantity, quantity } from '../quantity.ts'
import type { LabelSelector } from '../types/meta.ts'
import { compareGo, type DiffNode } from './diff-compare.ts'
import { diffSliceText, isDiffSlice } from './diff-slices.ts'
import { goString } from './diff-strings.ts'
import {
  addStats,
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
import {
  type GoType,
  type GoValue,
  goElements,
  goEntries,
  goFieldValue,
  goTarget,
  isGoZero,
  type Structs,
} from './values.ts'

/**
 * The difference of two values as the API server's texts show it, `-` before what only the first has. Empty when equal.
 * `newer`: structs that differ from `coreStructs`; then equal parts are shown without types and in part. Source: github.com/google/go-cmp
 * v0.3.0, with `newer` v0.5.5, cmp/report*.go.
 */
export function goDiff(type: string, x: unknown, y: unknown, newer?: Structs): string {
  const root = compareGo(type, x, y, newer)
  if (root.differing === 0) return ''
  return textOf(
    formatDiff({ mode: 'unknown', types: 'emit', level: newer === undefined ? undefined : 0 }, root),
    newer !== undefined,
  )
}

type DiffMode = 'unknown' | 'identical' | 'removed' | 'inserted'

interface Options {
  readonly mode: DiffMode
  /** Whether values name their type: always, never, or when they are composite and there. */
  readonly types: 'emit' | 'elide' | 'auto'
  /** How much is shown; each composite value shows less of what is in it. Undefined: all. Source: v0.5.5, VerbosityLevel. */
  readonly level: number | undefined
}

/** Source: v0.5.5, report_compare.go, verbosity. */
const verbosity = (level: number) => Math.min(Math.max(level, 0), 16)

/** What a composite value in a text shows of its members, and how much these show. */
function within(options: Options): { readonly most: number; readonly inner: Options } {
  const { level } = options
  if (level === undefined) return { most: Number.POSITIVE_INFINITY, inner: options }
  return { most: ((1 << verbosity(level)) >> 1) << 2, inner: { ...options, level: level - 1 } }
}

/** Source: v0.5.5, FormatDiff: equal parts are told in short, others never too short. */
function settled(options: Options): Options {
  const { level, mode } = options
  if (level === undefined) return options
  if (mode === 'identical') return { ...options, level: 1 }
  return verbosity(level) < 3 ? { ...options, level: 3 } : options
}

/** A composite text of at most so many members. */
function upTo(most: number, records: readonly TextRecord[]): readonly TextRecord[] {
  if (records.length <= most) return records
  const list = records.slice(0, most)
  appendEllipsis(list, undefined)
  return list
}

/** How many equal neighbours of a difference are shown. Source: report_compare.go, numContextRecords. */
const contextRecords = 2

/** Source: report_compare.go, FormatDiff. */
function formatDiff(given: Options, node: DiffNode): TextNode {
  const options = settled(given)
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
  const [left, right] = distinct(options, (each) => [
    x === undefined ? undefined : formatValue({ ...each, types: 'elide' }, x),
    y === undefined ? undefined : formatValue({ ...each, types: 'elide' }, y),
  ])
  const records: TextRecord[] = []
  if (left !== undefined) records.push({ diff: '-', key: '', value: left })
  if (right !== undefined) records.push({ diff: '+', key: '', value: right })
  return formatType({ ...options, types: 'emit' }, node.type, { kind: 'list', records })
}

type Pair = readonly [TextNode | undefined, TextNode | undefined]

/** Two texts, told in more and more words until they differ. Source: v0.5.5, verbosityPreset. */
function distinct(options: Options, tell: (options: Options) => Pair): Pair {
  let told = tell(options)
  if (options.level === undefined) return told
  for (let more = 0; more <= 6 && told[0] !== undefined && equalText(told[0], told[1]); more++) {
    told = tell({ ...options, level: verbosity(options.level) + 2 * more })
  }
  return told
}

const equalText = (a: TextNode, b: TextNode | undefined) => JSON.stringify(a) === JSON.stringify(b)

/** A value that is not there: the caller leaves its record out. */
const nothing = line('')

/** Source: report_compare.go, formatDiffList. */
function formatRecords(options: Options, node: DiffNode): TextNode {
  const isStruct = node.type.kind === 'struct'
  const { level } = options
  const limit = level === undefined ? Number.POSITIVE_INFINITY : (1 << verbosity(level)) << 1
  const { most, inner: less } = within(options)
  const inner: Options = { ...less, types: isStruct ? 'auto' : 'elide' }
  if (options.mode === 'unknown') return wrap('{', { kind: 'list', records: differingRecords(inner, node, limit) }, '}')
  const records: TextRecord[] = []
  for (const { key, node: child } of node.records) {
    const shown = options.mode === 'inserted' ? child.y : child.x
    if (isStruct && (shown === undefined || isGoZero(shown))) continue
    records.push({ key: keyText(node, key, level !== undefined), value: formatDiff(inner, child) })
  }
  return wrap('{', { kind: 'list', records: upTo(options.mode === 'identical' ? most : limit, records) }, '}')
}

function keyText(node: DiffNode, key: string, isTerse: boolean): string {
  if (node.type.kind === 'slice') return ''
  return node.type.kind === 'map' ? mapKey(node.type, key, isTerse) : key
}

/** Names of resources tell themselves, which v0.5.5 marks. Source: v0.5.5, report_reflect.go, formatMapKey. */
function mapKey({ element }: GoType, key: string, isTerse: boolean): string {
  return isTerse && element?.kind === 'quantity' ? `s${goString(key)}` : goString(key)
}

const recordNames = { struct: 'field', slice: 'element', map: 'entry' } as const

function differingRecords(options: Options, node: DiffNode, most: number): TextRecord[] {
  const list: TextRecord[] = []
  const { kind } = node.type
  const name = kind === 'struct' || kind === 'slice' || kind === 'map' ? recordNames[kind] : ''
  const groups = groupsOf(name, node)
  let rest = node.records
  let shown = 0
  let left: DiffStats | undefined
  for (const [index, stats] of groups.entries()) {
    const differing = diffCount(stats)
    if (shown >= most) {
      left = left === undefined ? stats : addStats(left, stats)
      continue
    }
    shown += differing
    if (differing === 0) {
      identicalGroup(options, node, rest.slice(0, stats.identical), stats, list, index > 0, index < groups.length - 1)
      rest = rest.slice(stats.identical)
      continue
    }
    for (const { key, node: child } of rest.slice(0, differing)) {
      const text = keyText(node, key, options.level !== undefined)
      if (!isDiffSlice(child) && child.children === child.depth) {
        const [before, after] = distinct(options, (each) => [
          child.x === undefined ? undefined : formatDiff({ ...each, mode: 'removed' }, child),
          child.y === undefined ? undefined : formatDiff({ ...each, mode: 'inserted' }, child),
        ])
        if (before !== undefined) list.push({ diff: '-', key: text, value: before })
        if (after !== undefined) list.push({ diff: '+', key: text, value: after })
      } else list.push({ key: text, value: formatDiff(options, child) })
    }
    rest = rest.slice(differing)
  }
  if (left !== undefined) appendEllipsis(list, left)
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
      const text = keyText(node, key, options.level !== undefined)
      list.push({ key: text, value: formatDiff({ ...options, mode: 'identical' }, child) })
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
  const isPlain =
    !compositeKinds.has(type.kind) || text === nil || (options.level !== undefined && options.mode === 'identical')
  if (options.types === 'auto' && isPlain) return text
  const name = type.kind === 'pointer' ? `(${type.name})` : type.name
  if (text.kind === 'wrap' && text.prefix.startsWith('{') && text.suffix.endsWith('}')) return wrap(name, text, '')
  return wrap(`${name}(`, text, ')')
}

/** Source: report_reflect.go, FormatValue. */
function formatValue(options: Options, value: GoValue): TextNode {
  const { type, json } = value
  const { most, inner } = within(options)
  const list = (records: readonly TextRecord[]) =>
    formatType(options, type, wrap('{', { kind: 'list', records: [...upTo(most, records)] }, '}'))
  const elided: Options = { ...inner, types: 'elide' }
  switch (type.kind) {
    case 'bool':
      return formatType(options, type, line(String(json === true)))
    case 'int':
      return formatType(options, type, line(String(typeof json === 'number' ? json : 0)))
    case 'string':
      return formatType(options, type, line(stringText(typeof json === 'string' ? json : '', options)))
    case 'struct': {
      const records: TextRecord[] = []
      for (const field of type.fields?.() ?? []) {
        const member = goFieldValue(value, field)
        if (isGoZero(member)) continue
        records.push({ key: field.name, value: formatValue({ ...inner, types: 'auto' }, member) })
      }
      return list(records)
    }
    case 'slice':
      if (json === undefined) return formatType(options, type, nil)
      return list(goElements(value).map((element) => ({ key: '', value: formatValue(elided, element) })))
    case 'map':
      if (json === undefined) return formatType(options, type, nil)
      return list(
        goEntries(value).map(([key, entry]) => ({
          key: mapKey(type, key, options.level !== undefined),
          value: formatValue(elided, entry),
        })),
      )
    case 'pointer': {
      const target = goTarget(value)
      if (target === undefined) return formatType(options, type, nil)
      const own = options.level === undefined ? undefined : ownText(target)
      return own === undefined ? wrap('&', formatValue(options, target), '') : line(`s${stringText(own, options)}`)
    }
    case 'quantity':
      return list(quantityRecords(typeof json === 'string' ? json : '0', inner))
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

/** What a pointer tells of itself: of a quantity, and of a selector. Source: their String; v0.5.5, report_reflect.go, FormatValue. */
function ownText({ type, json }: GoValue): string | undefined {
  if (type.kind === 'quantity') return canonicalQuantity(String(json))
  if (type.name === 'core.PersistentVolumeClaimTemplate') return metadataText((json as ClaimTemplate).metadata) // by its type
  return type.name === 'v1.LabelSelector' ? selectorText(json as LabelSelector) : undefined // by its type
}

interface ClaimTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

/** Of the template of a claim, whose metadata is embedded. Source: generated.pb.go, ObjectMeta, String. */
function metadataText({ labels = {}, annotations = {} }: NonNullable<ClaimTemplate['metadata']> = {}): string {
  const map = (texts: Readonly<Record<string, string>>) =>
    `map[string]string{${Object.keys(texts)
      .sort()
      .map((key) => `${key}: ${texts[key]},`)
      .join('')}}`
  const before =
    'Name:,GenerateName:,Namespace:,SelfLink:,UID:,ResourceVersion:,Generation:0,CreationTimestamp:0001-01-01 00:00:00 +0000 UTC'
  const after = 'OwnerReferences:[]OwnerReference{},Finalizers:[],ClusterName:,ManagedFields:[]ManagedFieldsEntry{},'
  return `&ObjectMeta{${before},DeletionTimestamp:<nil>,DeletionGracePeriodSeconds:nil,Labels:${map(labels)},Annotations:${map(annotations)},${after}}`
}

/** Source: apimachinery pkg/apis/meta/v1/generated.pb.go, LabelSelector and LabelSelectorRequirement, String. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`)
  const expressions = matchExpressions.map(
    ({ key = '', operator = '', values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}

/** A text, cut where it is too long. Source: v0.5.5, report_reflect.go, formatString. */
function stringText(text: string, { level }: Options): string {
  const most = level === undefined ? Number.POSITIVE_INFINITY : (1 << verbosity(level)) << 5
  return text.length > most + 3 ? `${goString(text.slice(0, most))}...` : goString(text)
}

function quantityRecords(text: string, options: Options): readonly TextRecord[] {
  const { value, scale, kept, format } = goQuantityParts(text)
  const records: TextRecord[] = []
  if (quantity(text).nanos !== 0n) {
    const parts = [
      { key: 'value', value: line(String(value)) },
      ...(scale === 0 ? [] : [{ key: 'scale', value: line(String(scale)) }]),
    ]
    const isPlain = options.level !== undefined && options.mode === 'identical'
    const amount = wrap('{', { kind: 'list', records: [...upTo(within(options).most, parts)] }, '}')
    records.push({ key: 'i', value: isPlain ? amount : wrap('resource.int64Amount', amount, '') })
  }
  if (kept !== '') records.push({ key: 's', value: line(stringText(kept, options)) })
  records.push({ key: 'Format', value: line(goString(format)) })
  return records
}
