import type { DelayRow, Lane, Mark, MarkKind, Segment } from '../../flow/flow.ts'
import type { TimeAxis } from '../../flow/time-axis.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { AlbumWorld } from './album.ts'
import { type Shape, shape } from './drawing.ts'
import { clock, depthOf, partsInOrder, partsText, seconds } from './words.ts'

/** Sizes in pixels. */
export const sizes = { labels: 190, row: 24, axis: 26, notes: 200 } as const

/** Glyphs that stand for marks: nothing is told by colour alone. */
export const markGlyphs: Readonly<Record<MarkKind, string>> = {
  doing: '●',
  accident: '↯',
  over: '✓',
  write: '◆',
  watch: '▼',
  list: '▽',
  get: '◇',
  same: '=',
  reuse: '↺',
  sync: '┃',
  idle: '╎',
  due: '◔',
  refused: '✕',
  start: '▸',
  exit: '▪',
  down: '✕',
  up: '▸',
}

/** What the signs on lanes mean, for whoever reads them. */
export const signsTold: readonly (readonly [kinds: readonly MarkKind[], meaning: string])[] = [
  [['doing', 'write'], 'somebody does something; the Secret is written, or a controller writes'],
  [['accident', 'over'], 'an accident; it is over'],
  [['watch', 'list', 'get'], 'the node is told; it lists; it asks, and it is another than before'],
  [['same', 'reuse'], 'it asks, and it is as before; it uses its copy again'],
  [['sync', 'idle', 'due'], 'the Pod is synced; a sync finds nothing to do; the next will find something'],
  [['refused'], 'it could not be set up, or the kubelet is down'],
  [['start', 'exit'], 'a process starts; it ends'],
]

/** A picture of the lanes of one world, and where its rows are. */
export interface LaneDrawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}

/** Lanes that say something: one without content is left out, unless others belong to it. */
export function shownLanes({ flow: { lanes } }: Pick<AlbumWorld, 'flow'>): readonly Lane[] {
  return lanes.filter(
    ({ kind, segments, marks }) => kind === 'node' || kind === 'pod' || segments.length + marks.length > 0,
  )
}

/** Instants that an axis for these worlds has places for. */
export function instantsOf(worlds: readonly AlbumWorld[]): Set<VirtualMs> {
  const instants = new Set<VirtualMs>()
  for (const { flow } of worlds) {
    for (const { segments, marks } of flow.lanes) {
      for (const { from, to } of segments) {
        instants.add(from)
        if (to !== undefined) instants.add(to)
      }
      for (const { at } of marks) instants.add(at)
    }
    for (const { visibleAt } of flow.delays) if (visibleAt !== undefined) instants.add(visibleAt)
  }
  return instants
}

/** Draws the lanes on an axis of time; its places are pixels behind the labels. */
export function drawLanes(world: AlbumWorld, axis: TimeAxis): LaneDrawing {
  const lanes = shownLanes(world)
  const rowOf = new Map(lanes.map(({ id }, i) => [id, sizes.axis + i * sizes.row] as const))
  const width = sizes.labels + axis.width + sizes.notes
  const height = sizes.axis + lanes.length * sizes.row + 4
  const place: Places = { x: (at) => sizes.labels + axis.x(at), axis, rowOf, world, width }
  const shapes = [
    ...lanes.map((lane, i) =>
      shape('rect', { class: `row ${lane.kind}`, x: 0, y: sizes.axis + i * sizes.row, width, height: sizes.row }),
    ),
    ...axis.ticks(66).map((at) => tick(place, at, height)),
    ...hopShapes(place),
    ...lanes.map((lane) => laneShape(place, lane, depthOf(lane, world.flow.lanes))),
  ]
  return { width, height, shapes }
}

interface Places {
  readonly x: (at: VirtualMs) => number
  readonly axis: TimeAxis
  readonly rowOf: ReadonlyMap<string, number>
  readonly world: AlbumWorld
  readonly width: number
}

function tick({ x }: Places, at: VirtualMs, height: number): Shape {
  return shape('g', { class: 'tick' }, [
    shape('line', { x1: x(at), x2: x(at), y1: 16, y2: height }),
    shape('text', { x: x(at) + 2, y: 12 }, clock(at)),
  ])
}

function laneShape(place: Places, lane: Lane, depth: number): Shape {
  const y = place.rowOf.get(lane.id) ?? 0
  const { width, world, axis } = place
  const revision = (letter: string | undefined) =>
    world.flow.revisions.find((each) => each.letter === letter)?.index ?? 0
  const rows = world.flow.delays.filter((row) => row.lane === lane.id)
  const note = noteOf(lane, rows)
  return shape('g', { class: `lane ${lane.kind}`, 'data-lane': lane.id }, [
    shape('rect', { class: 'hit', x: 0, y, width, height: sizes.row }),
    shape('text', { class: 'label', x: 6 + 14 * depth, y: y + 16 }, lane.title),
    shape('line', { class: 'base', x1: sizes.labels, x2: sizes.labels + axis.width, y1: y + 12, y2: y + 12 }),
    ...lane.segments.map((segment) => segmentShape(place, lane, segment, y, revision(segment.letter))),
    ...rows.flatMap((row) => waitShapes(place, row, y)),
    ...lane.marks.map((mark) => markShape(place, lane, mark, y)),
    ...(note === '' ? [] : [shape('text', { class: 'note', x: width - sizes.notes + 6, y: y + 16 }, note)]),
  ])
}

/** At the end of a place's lane: how long the last update took, or that none comes. */
function noteOf({ never }: Lane, rows: readonly DelayRow[]): string {
  const last = rows.findLast(({ kind }) => kind === 'update')
  if (never !== undefined) return `never: until ${never.until.replace('the container is made anew', 'a new container')}`
  if (last === undefined) return ''
  if (last.never !== undefined) return 'refused'
  return last.visibleAt === undefined ? 'not yet' : seconds(last.visibleAt - last.updatedAt)
}

function segmentShape({ x, axis }: Places, lane: Lane, segment: Segment, y: number, index: number): Shape {
  const from = x(Math.max(segment.from, axis.from))
  const to = x(Math.min(segment.to ?? axis.to, axis.to))
  const { letter, note } = segment
  const until = segment.to === undefined ? 'on' : clock(segment.to)
  const what = letter === undefined ? (note ?? 'there') : `${letter}${note === undefined ? '' : ` (${note})`}`
  const title = shape(
    'title',
    {},
    `${lane.title}: ${what} from ${clock(segment.from)} ${until === 'on' ? 'on' : `to ${until}`}`,
  )
  const kind = letter === undefined ? 'plain' : `r${index % 8}`
  const state = note === 'absent' || note === 'down' ? ` ${note}` : ''
  const fixed = lane.never === undefined ? '' : ' fixed'
  return shape('g', { class: `segment ${kind}${state}${fixed}` }, [
    title,
    shape('rect', { x: from, y: y + 6, width: Math.max(to - from, 2), height: 12, rx: 3 }),
    ...(letter === undefined || to - from < 12 ? [] : [shape('text', { x: from + 4, y: y + 16 }, letter)]),
  ])
}

/** The wait of an update as three parts, each with a pattern of its own. */
function waitShapes({ x }: Places, row: DelayRow, y: number): readonly Shape[] {
  const { parts, updatedAt, visibleAt, letter } = row
  if (parts === undefined || visibleAt === undefined) return []
  let at = updatedAt
  const bars = partsInOrder(parts).map(({ name, ms }) => {
    const from = x(at)
    at += ms
    return shape('rect', { class: `wait-${name}`, x: from, y: y + 19, width: Math.max(x(at) - from, 0), height: 4 })
  })
  const title = shape('title', {}, `${letter} took ${seconds(visibleAt - updatedAt)} = ${partsText(parts)}`)
  return [shape('g', { class: 'wait' }, [title, ...bars])]
}

function markShape({ x }: Places, lane: Lane, { at, kind, text, letter }: Mark, y: number): Shape {
  const title = `${clock(at)} ${text}${letter === undefined ? '' : ` (${letter})`}`
  const isOnSegment = lane.kind === 'cache' || lane.kind === 'api'
  return shape('g', { class: `mark ${kind}` }, [
    shape('title', {}, title),
    shape('text', { x: x(at), y: isOnSegment ? y + 7 : y + 16, 'text-anchor': 'middle' }, markGlyphs[kind]),
  ])
}

function hopShapes({ x, rowOf, world }: Places): readonly Shape[] {
  return world.flow.hops.flatMap(({ from, to, letter, kind, parts }): Shape[] => {
    const [y1, y2] = [rowOf.get(from.lane), rowOf.get(to.lane)]
    if (y1 === undefined || y2 === undefined) return []
    const [x1, x2] = [x(from.at), x(to.at)]
    const [top, end] = [y1 + 18, y2 + 6]
    const curve = `M${r(x1)} ${r(top)}C${r(x1)} ${r((top + end) / 2)} ${r(x2)} ${r((top + end) / 2)} ${r(x2)} ${r(end)}`
    const took = parts === undefined ? '' : `, ${partsText(parts)}`
    return [shape('path', { class: `hop ${kind}`, d: curve }, [shape('title', {}, `${letter} by ${kind}${took}`)])]
  })
}

function r(value: number): number {
  return Math.round(value * 10) / 10
}
