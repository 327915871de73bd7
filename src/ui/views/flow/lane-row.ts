import type { Flow, Lane, Mark, Segment } from '../../../flow/flow.ts'
import type { TimeAxis } from '../../../flow/time-axis.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import { delayOf, secondsText } from '../../model/flowing.ts'
import type { Line, Look, Span } from '../lines.ts'
import { clockText } from '../story-view.ts'

/** What a lane is drawn on. */
export interface LaneCanvas {
  readonly flow: Flow
  readonly axis: TimeAxis
  /** Somebody is asked what comes: no words on waits. */
  readonly isGuess: boolean
  /** Columns of the names before it. */
  readonly before: number
  /** Columns of the axis. */
  readonly width: number
  /** The cursor's instant, and the column of it. */
  readonly clock: VirtualMs
  readonly now: number
}

/** One character of a lane and how it looks. */
interface Cell {
  char: string
  look: Look
}

/** A lane until the cursor's moment: what comes later is not told. */
export function laneRow(lane: Lane, canvas: LaneCanvas): Line {
  const cells: Cell[] = Array.from({ length: canvas.width }, (_, i) => ({
    char: i < canvas.now ? ' ' : i === canvas.now ? '│' : '·',
    look: 'dim' as const,
  }))
  switch (lane.kind) {
    case 'people':
    case 'controllers':
      drawDoings(lane, canvas, cells)
      break
    case 'node':
      drawPresence(lane, canvas, cells)
      break
    case 'pod': {
      const syncs = canvas.flow.lanes.find(({ id }) => id === `${lane.id}/sync`)
      if (syncs !== undefined) drawSyncs(syncs, canvas, cells, endOfPod(lane, canvas))
      drawPresence(lane, canvas, cells)
      break
    }
    default:
      drawRevisions(lane, canvas, cells)
  }
  return spansOf(cells)
}

function columnOf({ axis, now }: LaneCanvas, at: VirtualMs): number {
  return Math.min(now, Math.round(axis.x(at)))
}

function spansOf(cells: readonly Cell[]): Line {
  const spans: { text: string; look: Look }[] = []
  for (const { char, look } of cells) {
    const last = spans.at(-1)
    if (last !== undefined && last.look === look) last.text += char
    else spans.push({ text: char, look })
  }
  return spans satisfies readonly Span[]
}

function put(cells: Cell[], column: number, char: string, look: Look): void {
  const cell = cells[column]
  if (cell !== undefined) {
    cell.char = char
    cell.look = look
  }
}

/** A text within a stretch, in its middle, where it has room: half a word says nothing. */
function label(
  cells: Cell[],
  { from, to }: { readonly from: number; readonly to: number },
  text: string,
  look: Look,
): void {
  if (text === '' || !hasRoom({ from, to }, text)) return
  const start = from + Math.floor((to - from - text.length) / 2)
  for (const [i, char] of [...` ${text} `].entries()) put(cells, start - 1 + i, char, look)
}

function hasRoom({ from, to }: { readonly from: number; readonly to: number }, text: string): boolean {
  return text.length + 4 <= to - from
}

/** What people do and what befalls: a point each, and in words the last one, where it has room. */
function drawDoings({ marks, kind }: Lane, canvas: LaneCanvas, cells: Cell[]): void {
  const past = marks
  for (const { at, kind: what } of past)
    put(
      cells,
      columnOf(canvas, at),
      what === 'accident' ? '✗' : what === 'over' ? '✓' : kind === 'people' ? '●' : '○',
      what === 'accident' ? 'fault' : what === 'over' ? 'good' : 'plain',
    )
  const last = past.at(-1)
  if (last === undefined) return
  const column = columnOf(canvas, last.at)
  const previous = Math.max(-1, ...past.filter(({ at }) => at < last.at).map(({ at }) => columnOf(canvas, at)))
  const text = last.text.replace(/^user\//, '')
  // Words that have no room go, the least telling first.
  const words = [text, text.replace(/ default\//, ' '), text.split(' ').slice(0, -1).join(' ')]
  const right = words.find((each) => each !== '' && each.length < canvas.now - column - 2)
  const left = words.find((each) => each !== '' && each.length < column - previous - 3)
  if (right !== undefined) write(cells, column + 2, right)
  else if (left !== undefined) write(cells, column - left.length - 1, left)
}

function write(cells: Cell[], column: number, text: string): void {
  for (const [i, char] of [...text].entries()) put(cells, column + i, char, 'plain')
}

/** Syncs of a Pod, and when the next is due. */
function drawSyncs({ marks, parent }: Lane, canvas: LaneCanvas, cells: Cell[], end: number): void {
  const past = marks
  const [first] = past
  if (first === undefined) return
  for (let i = columnOf(canvas, first.at); i < end; i++) put(cells, i, '─', 'dim')
  for (const { from, to } of idleStretches(past, parent, canvas)) {
    const columns = { from: columnOf(canvas, from), to: Math.min(end, columnOf(canvas, to)) }
    put(cells, columns.from, '┴', 'dim')
    if (!canvas.isGuess) label(cells, columns, 'syncs find nothing', 'dim')
  }
  for (const { at, kind } of past) if (kind === 'idle') put(cells, columnOf(canvas, at), '┴', 'dim')
  for (const { at, kind } of past) if (kind === 'sync') put(cells, columnOf(canvas, at), '●', 'plain')
  const last = past.at(-1)
  const due = past.findLast(({ nextAt }) => nextAt !== undefined)?.nextAt
  if (last !== undefined && due !== undefined && due > canvas.clock && end === canvas.now && !canvas.isGuess)
    label(cells, { from: columnOf(canvas, last.at), to: canvas.now }, `due ${clockText(due)}`, 'plain')
}

/**
 * From a sync that was due and is not told, for it found nothing to do, to the next that is told: where the kubelet is told of
 * changes, such syncs are not carried out. One that is down has none.
 */
function idleStretches(
  marks: readonly Mark[],
  pod: string | undefined,
  { flow, clock }: LaneCanvas,
): readonly { readonly from: VirtualMs; readonly to: VirtualMs }[] {
  const node = flow.lanes.find(({ id }) => id === pod)?.parent
  const downs = flow.lanes.find(({ id }) => id === node)?.segments ?? []
  const syncs = marks.filter(({ kind }) => kind === 'sync')
  return syncs.flatMap(({ nextAt }, i) => {
    const to = syncs[i + 1]?.at ?? clock
    if (nextAt === undefined || nextAt >= to) return []
    const isDown = downs.some(({ from, to: until = clock }) => from <= to && until >= nextAt)
    return isDown ? [] : [{ from: nextAt, to }]
  })
}

/** From when to when a node or a Pod was there; a node's stretches are those in which its kubelet is down. */
function drawPresence({ kind, segments, marks }: Lane, canvas: LaneCanvas, cells: Cell[]): void {
  for (const segment of segments) {
    const from = columnOf(canvas, segment.from)
    const to = endOf(segment, canvas)
    if (kind !== 'node') continue
    for (let i = from; i < to; i++) put(cells, i, '╳', 'fault')
    label(cells, { from, to }, segment.note ?? '', 'fault')
  }
  for (const { at, kind: what } of marks) {
    const sign = { start: '▸', exit: '■', down: '↓', up: '↑', refused: '!' }[String(what)]
    if (sign !== undefined)
      put(cells, columnOf(canvas, at), sign, what === 'start' || what === 'up' ? 'good' : 'warning')
  }
}

/** The column in which the Pod was gone, or the cursor's. */
function endOfPod({ segments }: Lane, canvas: LaneCanvas): number {
  const last = segments.at(-1)
  return last === undefined ? canvas.now : endOf(last, canvas)
}

function endOf(segment: Segment, canvas: LaneCanvas): number {
  return segment.to === undefined || segment.to > canvas.clock ? canvas.now : columnOf(canvas, segment.to)
}

/** Revisions where they are: their letters, and the waits between them. */
function drawRevisions(lane: Lane, canvas: LaneCanvas, cells: Cell[]): void {
  const { flow, clock } = canvas
  for (const segment of lane.segments) {
    const from = columnOf(canvas, segment.from)
    const to = endOf(segment, canvas)
    const end = segment.to === undefined ? clock : Math.min(segment.to, clock)
    const isOld = isOlder(flow, segment.letter, end)
    const look: Look = segment.letter === undefined ? 'dim' : isOld ? 'old' : 'new'
    const stroke = segment.letter === undefined ? ' ' : lane.never !== undefined ? '═' : isOld ? '─' : '━'
    for (let i = from; i < to; i++) put(cells, i, stroke, look)
    const wait = canvas.isGuess ? undefined : waitText(lane, segment, canvas)
    if (wait !== undefined) {
      const stretch = { from: Math.max(from + 2, columnOf(canvas, wait.from)), to }
      label(cells, stretch, wait.texts.find((text) => hasRoom(stretch, text)) ?? '', 'plain')
    }
    const name = segment.letter ?? (segment.note === 'absent' ? '∅' : '')
    const isFirst = lane.segments[0] === segment
    if (name !== '') {
      put(cells, from, isFirst ? name.charAt(0) : '●', look)
      if (!isFirst) put(cells, from + 1, name.charAt(0), look)
    }
  }
  for (const { at, kind } of lane.marks) {
    if (kind !== 'reuse' && kind !== 'same' && kind !== 'refused') continue
    put(cells, columnOf(canvas, at), kind === 'refused' ? '!' : '○', kind === 'refused' ? 'warning' : 'plain')
  }
  if (lane.kind === 'cache' && lane.segments.length === 0) drawReads(lane, canvas, cells)
}

/** A node that keeps no copy: what it read that was another than before, with its letter. */
function drawReads({ marks }: Lane, canvas: LaneCanvas, cells: Cell[]): void {
  for (const { at, kind, letter } of marks) {
    if (kind !== 'get' && kind !== 'list') continue
    const look: Look = isOlder(canvas.flow, letter, canvas.clock) ? 'old' : 'new'
    put(cells, columnOf(canvas, at), '●', look)
    put(cells, columnOf(canvas, at) + 1, letter?.charAt(0) ?? '∅', look)
  }
}

function isOlder(flow: Flow, letter: string | undefined, at: VirtualMs): boolean {
  const newest = flow.revisions.findLast((revision) => revision.at <= at)
  return newest !== undefined && newest.letter !== letter
}

/** What an older revision waits for, from the writing of the newer on: in full, or in fewer words. */
function waitText(
  lane: Lane,
  segment: Segment,
  { flow, clock }: LaneCanvas,
): { readonly from: VirtualMs; readonly texts: readonly string[] } | undefined {
  const { letter } = segment
  if (letter === undefined) return undefined
  const index = flow.revisions.find((revision) => revision.letter === letter)?.index ?? 0
  const next = flow.revisions[index + 1]
  const end = segment.to === undefined ? clock : Math.min(segment.to, clock)
  if (next === undefined || next.at >= end) return undefined
  if (lane.never !== undefined) return { from: segment.from, texts: [shortNever(lane)] }
  if (lane.kind === 'cache') {
    // Where the copy was used again, a mark stands; words have the room after it.
    const used = lane.marks.findLast(({ at }) => at < end)?.at ?? next.at
    const from = Math.max(used, next.at)
    return { from, texts: [`nobody tells it: ${secondsText(end - next.at)} old`, 'nobody tells it'] }
  }
  return lane.kind === 'file' ? { from: next.at, texts: waitOfFile(lane, next.letter, flow, end) } : undefined
}

/** A file waits for its node's copy, then for a sync of its Pod; where the node asks, for a sync that finds the copy too old. */
function waitOfFile(lane: Lane, letter: string, flow: Flow, at: VirtualMs): readonly string[] {
  const parts = delayOf(flow, lane.id, letter)?.parts
  const hop = flow.hops.find(({ to, letter: arrived }) => to.lane === lane.id && arrived === letter)
  if (parts?.isCacheLast === true && hop !== undefined && hop.to.at <= at)
    return ['waits for a sync that finds the copy too old', 'its copy is still good', 'copy still good']
  const from = hop?.from.lane
  const cache = flow.lanes.find(({ id, kind }) => kind === 'cache' && (from === undefined || id === from))
  const hasCopy = cache?.segments.some(({ letter: has, from: since }) => has === letter && since <= at) ?? false
  return [hasCopy || cache?.segments.length === 0 ? 'waits for a sync' : 'waits for the copy']
}

function shortNever({ kind }: Lane): string {
  switch (kind) {
    case 'env':
      return 'fixed when the container was created'
    case 'subPath':
      return 'bound to the old file'
    case 'process':
      return 'read once, at its start'
    default:
      return 'never'
  }
}
