/** Text of a difference as a tree that is laid out on one line where it fits. Source: go-cmp v0.3.0, cmp/report_text.go. */

export type TextNode =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'wrap'; readonly prefix: string; readonly value: TextNode; readonly suffix: string }
  | { readonly kind: 'list'; readonly records: readonly TextRecord[] }

export type DiffSign = '-' | '+' | undefined

export interface TextRecord {
  readonly diff?: DiffSign
  readonly key: string
  readonly value: TextNode
  readonly comment?: DiffStats
}

/** Counts of records that are not shown one by one. */
export interface DiffStats {
  readonly name: string
  readonly identical: number
  readonly removed: number
  readonly inserted: number
  readonly modified: number
}

export function line(text: string): TextNode {
  return { kind: 'line', text }
}

export function wrap(prefix: string, value: TextNode, suffix: string): TextNode {
  return { kind: 'wrap', prefix, value, suffix }
}

export const nil = line('nil')
const ellipsis = line('...')

export function diffCount({ removed, inserted, modified }: DiffStats): number {
  return removed + inserted + modified
}

export function addStats(a: DiffStats, b: DiffStats): DiffStats {
  return {
    name: a.name,
    identical: a.identical + b.identical,
    removed: a.removed + b.removed,
    inserted: a.inserted + b.inserted,
    modified: a.modified + b.modified,
  }
}

/** Tells that there is more; `stats`: how much, where that is known. */
export function appendEllipsis(list: TextRecord[], stats: DiffStats | undefined): void {
  const last = list.at(-1)
  if (last === undefined || last.value !== ellipsis) {
    list.push(stats === undefined ? { key: '', value: ellipsis } : { key: '', value: ellipsis, comment: stats })
  } else if (stats === undefined) return
  else if (last.comment !== undefined) list[list.length - 1] = { ...last, comment: addStats(last.comment, stats) }
}

/** `3 identical fields`, `1 removed and 2 inserted elements`. */
function statsText(stats: DiffStats): string {
  const labels = ['identical', 'removed', 'inserted', 'modified'] as const
  const parts = labels.filter((label) => stats[label] > 0).map((label) => `${stats[label]} ${label}`)
  const sum = stats.identical + diffCount(stats)
  const plural = stats.name.endsWith('y') ? `${stats.name.slice(0, -1)}ies` : `${stats.name}s`
  const name = sum > 1 ? plural : stats.name
  if (parts.length === 0) return ''
  const listed = parts.length <= 2 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1) ?? ''}`
  return `${listed} ${name}`
}

/** Length on one line. */
export function textLength(node: TextNode): number {
  switch (node.kind) {
    case 'line':
      return node.text.length
    case 'wrap':
      return node.prefix.length + textLength(node.value) + node.suffix.length
    case 'list':
      return node.records.reduce(
        (length, { key, value }, index) =>
          length + (index === 0 ? 0 : 2) + (key === '' ? 0 : key.length + 2) + textLength(value),
        0,
      )
  }
}

/**
 * The whole text, two characters of margin before each line and a newline at its end. `isBatched`: values of one line each share lines.
 * Source: v0.5.5, report_text.go, formatExpandedTo.
 */
export function textOf(node: TextNode, isBatched = false): string {
  return `${indent(0, undefined)}${expand(compact(node, undefined), undefined, 0, isBatched)}\n`
}

/** Puts on one line what fits there; wider removed or inserted lists than this many characters do not. */
const compactMax = 80

function compact(node: TextNode, diff: DiffSign): TextNode {
  if (node.kind === 'line') return node
  if (node.kind === 'wrap') {
    const value = compact(node.value, diff)
    return value.kind === 'line' ? line(node.prefix + value.text + node.suffix) : { ...node, value }
  }
  let isMultiLine = false
  const parts: string[] = []
  let length = 0
  const records = node.records.map((record) => {
    const value = compact(record.value, diff ?? record.diff)
    if (record.diff !== undefined || value.kind !== 'line' || record.comment !== undefined) isMultiLine = true
    const part = (record.key === '' ? '' : `${record.key}: `) + flat(value)
    parts.push(part)
    length += part.length
    return { ...record, value }
  })
  length += Math.max(0, parts.length - 1) * 2
  if (diff !== undefined && length > compactMax) isMultiLine = true
  return isMultiLine ? { kind: 'list', records } : line(parts.join(', '))
}

/** One line of what was not compacted: only its length matters. */
function flat(node: TextNode): string {
  switch (node.kind) {
    case 'line':
      return node.text
    case 'wrap':
      return node.prefix + flat(node.value) + node.suffix
    case 'list':
      return node.records.map(({ key, value }) => (key === '' ? '' : `${key}: `) + flat(value)).join(', ')
  }
}

/**
 * The margin's second blank. go-cmp throws a coin at the start of the process between plain and no-break blanks, so that
 * nobody relies on its format; the recorded servers drew the latter.
 */
const blank = '\u00a0'

function indent(depth: number, diff: DiffSign): string {
  return `${diff ?? blank}${blank}${'\t'.repeat(depth)}`
}

function expand(node: TextNode, diff: DiffSign, depth: number, isBatched: boolean): string {
  if (node.kind === 'line') return node.text
  if (node.kind === 'wrap') return node.prefix + expand(node.value, diff, depth, isBatched) + node.suffix
  const { records } = node
  if (isBatched && records.every(isSimple)) return `${batches(records, diff, depth)}\n${indent(depth, diff)}`
  const keyPads = paddings(records, ({ key, value }) => (key === '' || value.kind !== 'line' ? undefined : key.length))
  const valuePads = paddings(records, ({ value, comment }) =>
    value.kind !== 'line' || value === ellipsis || comment === undefined ? undefined : value.text.length,
  )
  let text = ''
  for (const [index, record] of records.entries()) {
    const sign = diff ?? record.diff
    text += `\n${indent(depth + 1, sign)}`
    if (record.key !== '') text += `${record.key}: `
    text += ' '.repeat(keyPads[index] ?? 0)
    text += expand(record.value, sign, depth + 1, isBatched)
    if (record.value !== ellipsis) text += ','
    text += ' '.repeat(valuePads[index] ?? 0)
    if (record.comment !== undefined) text += ` // ${statsText(record.comment)}`
  }
  return `${text}\n${indent(depth, diff)}`
}

function isSimple({ diff, key, value, comment }: TextRecord): boolean {
  return diff === undefined && key === '' && value.kind === 'line' && comment === undefined
}

/** Values on as few lines as they fit on. */
function batches(records: readonly TextRecord[], diff: DiffSign, depth: number): string {
  const lines: string[] = []
  let batch = ''
  for (const { value } of records) {
    const text = textLine(value)
    if (batch !== '' && batch.length + text.length + 2 > compactMax) {
      lines.push(batch)
      batch = ''
    }
    batch += `${text}, `
  }
  if (batch !== '') lines.push(batch)
  return lines.map((each) => `\n${indent(depth + 1, diff)}${each.trimEnd()}`).join('')
}

const textLine = (node: TextNode): string => (node.kind === 'line' ? node.text : '')

/** Blanks that bring neighbouring records to one width; records without a width part the groups. */
function paddings(
  records: readonly TextRecord[],
  widthOf: (record: TextRecord) => number | undefined,
): readonly number[] {
  const widths = records.map(widthOf)
  const pads = widths.map(() => 0)
  let start = 0
  const close = (end: number) => {
    const max = Math.max(0, ...widths.slice(start, end).map((width) => width ?? 0))
    for (let at = start; at < end; at++) pads[at] = max - (widths[at] ?? max)
  }
  for (const [index, width] of widths.entries()) {
    if (width !== undefined) continue
    close(index)
    start = index + 1
  }
  close(widths.length)
  return pads
}
