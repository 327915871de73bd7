import type { Flow, Lane } from '../../../flow/flow.ts'
import { flowUntil } from '../../../flow/flow-until.ts'
import { createTimeAxis, type TimeAxis } from '../../../flow/time-axis.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import { delayOf, type FlowNow, flowIn, flowNow, laneOf, newestOf, nowIn, secondsText } from '../../model/flowing.ts'
import type { Look } from '../../model/look.ts'
import { comparedWorlds, type Followed, type PlayState } from '../../model/play-state.ts'
import { cutTo, type Line, line, type PaneContent, scrolledTo, widthOf, windowOf } from '../lines.ts'
import { clockText } from '../story-view.ts'
import { type LaneCanvas, laneRow } from './lane-row.ts'

/** How one key's revisions flow, until the cursor's moment: lanes over a time whose quiet stretches are short. */
export function flowView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const now = flowNow(state, look)
  if (now === undefined)
    return { title: 'flow', lines: [line(' no Secret yet: space plays, → steps; b chooses a key to follow', 'dim')] }
  const { followed, flow, isGuess } = now
  const place = { title: `flow of secret ${followed.namespace}/${followed.secret}, key ${followed.key}`, columns, rows }
  return state.compared.length > 1
    ? compared(state, followed, isGuess, place)
    : alone({ flow, isGuess }, state, look, place)
}

interface Place {
  readonly title: string
  readonly columns: number
  readonly rows: number
}

/** Columns of what stands behind the lanes: a delay. */
const behind = 9
/** Of what stands before them: names, of which the longest decides, within a share of the pane. */
const leastBefore = 12
const mostBefore = 0.26

function alone(
  { flow, isGuess }: Pick<FlowNow, 'flow' | 'isGuess'>,
  state: PlayState,
  { recording }: Look,
  { title, columns, rows }: Place,
): PaneContent {
  const lanes = flow.lanes.filter(isWorthARow)
  const whole = flowIn(recording, flowNames(flow))
  const canvas = canvasOf([flow], [whole], { clock: state.cursor.clock, columns, isGuess })
  // Lanes that are not on the screen are not drawn.
  const shown = windowOf(title, lanes, { scroll: state.scroll.flow, rows: Math.max(0, rows - 1) })
  const lines = shown.items.map((lane) => rowOf(lane, canvas, { isSelected: isSelected(lane, state), lead: '' }))
  const left = flow.podsLeft === 0 ? '' : ` and ${flow.podsLeft} more Pods`
  return { ...shown, title: title + left, lines: [axisLine(canvas), ...lines] }
}

/** Worlds side by side over one time: of each what a learner compares, and once what is the same in all. */
function compared(
  state: PlayState,
  followed: Followed,
  isGuess: boolean,
  { title, columns, rows }: Place,
): PaneContent {
  const { clock } = state.cursor
  const worlds = comparedWorlds(state)
  const whole = worlds.map(({ recording }) => flowIn(recording, followed))
  const flows = worlds.map((world) => flowUntil(flowIn(world.recording, followed), nowIn(world, state)))
  const canvas = canvasOf(flows, whole, { clock, columns, isGuess })
  const rowsOf = (flow: Flow, wanted: (lane: Lane) => boolean, lead: string): readonly Line[] =>
    flow.lanes
      .filter((lane) => wanted(lane) && isWorthARow(lane))
      .map((lane) => rowOf(lane, { ...canvas, flow }, { isSelected: isSelected(lane, state), lead }))
  const [first] = flows
  // What they are compared with stays where it is, wherever the rest is scrolled to.
  const api = first === undefined ? [] : rowsOf(first, ({ kind }) => kind === 'api', '')
  const body: Line[] = []
  const here = worldInView(state)
  let top = 0
  for (const [i, flow] of flows.entries()) {
    const world = worlds[i]
    const isHere = world?.id === here
    if (isHere) top = body.length
    body.push([{ text: `${isHere ? '▸' : ' '}┌ ${world?.name ?? ''}`, look: isHere ? 'bold' : 'plain' }])
    body.push(...rowsOf(flow, ({ kind }) => kind === 'cache' || kind === 'pod' || kind === 'file', '│'))
  }
  if (first !== undefined) {
    const fixed = rowsOf(first, ({ kind }) => kind === 'env' || kind === 'subPath', '')
    if (fixed.length > 0) body.push(line(' in all of them', 'dim'), ...fixed)
  }
  const room = Math.max(0, rows - 1 - api.length)
  // Whoever is asked about a world sees its lanes, where not all have room.
  const isAsked = state.overlay?.kind === 'question'
  const scroll = isAsked && body.length > room ? Math.min(top, body.length - room) : state.scroll.flow
  const shown = scrolledTo(title, body, { scroll, rows: room })
  return { ...shown, lines: [axisLine(canvas), ...api, ...shown.lines] }
}

/** Id of the world that is asked about, or of the cursor's. */
function worldInView({ overlay, cursor }: PlayState): number {
  return (overlay?.kind === 'question' ? overlay.question.lesson?.world : undefined) ?? cursor.world
}

/**
 * A lane on which nothing was until now takes no row. A Pod's syncs stand on its own row, a node's copy on the node's while its
 * kubelet runs.
 */
function isWorthARow({ segments, marks, kind }: Lane): boolean {
  switch (kind) {
    case 'api':
    case 'people':
      return true
    case 'sync':
      return false
    case 'process':
      return segments.some(({ letter }) => letter !== undefined)
    default:
      return segments.length > 0 || marks.length > 0
  }
}

function flowNames({ namespace, secret, key = '' }: Flow): Followed {
  return { namespace, secret, key }
}

function isSelected({ uid }: Lane, { selection }: PlayState): boolean {
  return uid !== undefined && uid === selection
}

function rowOf(lane: Lane, canvas: LaneCanvas, how: { readonly isSelected: boolean; readonly lead: string }): Line {
  const name = cutTo(` ${how.lead}${rowName(lane, canvas.flow)}`, canvas.before - 1)
  const room = canvas.before - widthOf(name)
  return [
    { text: name + ' '.repeat(room), look: how.isSelected ? 'bold' : 'plain' },
    ...laneRow(lane, canvas),
    { text: ` ${behindText(lane, canvas)}` },
  ]
}

function rowName(lane: Lane, flow: Flow): string {
  if (lane.kind === 'cache') return `${laneOf(flow, lane.parent)?.title ?? ''} ${lane.title}`
  return lane.kind === 'file' || lane.kind === 'subPath' || lane.kind === 'env' || lane.kind === 'process'
    ? ` ${lane.title}`
    : lane.title
}

/** What the delay of the newest revision is, or that it never comes, or for how long it is waited for. */
function behindText(lane: Lane, { flow, clock, isGuess }: LaneCanvas): string {
  if (lane.kind !== 'file' && lane.kind !== 'subPath' && lane.kind !== 'env' && lane.kind !== 'process') return ''
  const newest = newestOf(flow)
  if (isGuess || newest === undefined || newest.index === 0) return ''
  const row = delayOf(flow, lane.id, newest.letter)
  if (row?.kind !== 'update')
    return row === undefined && lane.never !== undefined && lane.kind === 'process' ? 'never' : ''
  if (row.never !== undefined) return row.renewedAt !== undefined && row.renewedAt <= clock ? 'anew' : 'never'
  if (row.visibleAt !== undefined && row.visibleAt <= clock) return secondsText(row.visibleAt - row.updatedAt)
  return `${secondsText(clock - row.updatedAt)}?`
}

/** Instants that get a place of their own, so many that they can be told apart; the window follows the cursor by pages. */
function canvasOf(
  flows: readonly Flow[],
  whole: readonly Flow[],
  { clock, columns, isGuess }: { readonly clock: VirtualMs; readonly columns: number; readonly isGuess: boolean },
): LaneCanvas {
  const [flow] = flows
  if (flow === undefined) throw new Error('there is a flow to draw')
  const longest = Math.max(...whole.flatMap((each) => each.lanes.map((lane) => widthOf(rowName(lane, each))))) + 3
  const before = Math.max(leastBefore, Math.min(longest, Math.floor(columns * mostBefore)))
  const width = Math.max(10, columns - before - behind - 1)
  const axis = axisOf(whole, clock, width)
  return { flow, axis, isGuess, before, width, clock, now: Math.min(width - 1, Math.round(axis.x(clock))) }
}

const axes = new WeakMap<Flow, Map<string, TimeAxis>>()

function axisOf(flows: readonly Flow[], clock: VirtualMs, width: number): TimeAxis {
  const [flow] = flows
  if (flow === undefined) throw new Error('there is a flow to draw')
  const times = instantsOf(flows)
  // A place takes a point, a letter, and room to the next.
  const page = Math.max(4, Math.floor(width / 5))
  const at = times.findLastIndex((time) => time <= clock)
  const stride = Math.max(1, Math.floor(page * 0.6))
  const first =
    times.length <= page ? 0 : Math.max(0, Math.floor(Math.max(0, at - Math.floor(page * 0.4)) / stride) * stride)
  const known = axes.get(flow) ?? new Map<string, TimeAxis>()
  axes.set(flow, known)
  const name = `${width}/${first}/${flows.length}`
  const found = known.get(name)
  if (found !== undefined) return found
  const shown = times.slice(first, first + page)
  const from = first === 0 ? Math.min(0, shown[0] ?? 0) : (shown[0] ?? 0)
  const isLast = first + page >= times.length
  const to = isLast ? Math.max(...flows.map((each) => each.to)) : (shown.at(-1) ?? from)
  const axis = createTimeAxis(shown, { from, to, width: width - 1 })
  known.set(name, axis)
  return axis
}

const instants = new WeakMap<Flow, readonly VirtualMs[]>()

function instantsOf(flows: readonly Flow[]): readonly VirtualMs[] {
  const [flow] = flows
  const known = flow === undefined ? undefined : instants.get(flow)
  if (known !== undefined && flows.length === 1) return known
  const all = [...new Set(flows.flatMap(({ moments }) => moments.map(({ at }) => at)))].sort((a, b) => a - b)
  if (flow !== undefined && flows.length === 1) instants.set(flow, all)
  return all
}

/** Times above the lanes, and where the cursor is. */
function axisLine({ axis, before, width, now, clock }: LaneCanvas): Line {
  const cells = Array.from({ length: width + behind }, () => ' ')
  const write = (column: number, text: string): void => {
    for (const [i, char] of [...text].entries()) if (column + i < cells.length) cells[column + i] = char
  }
  const here = `▼ ${clockText(clock).slice(0, -2)}`
  for (const tick of axis.ticks(7)) {
    const column = Math.round(axis.x(tick))
    const text = clockText(tick).slice(0, -4)
    if (column + text.length < now - 1 || column > now + here.length) write(column, text)
  }
  write(now, here)
  return [{ text: ' '.repeat(before) }, { text: cells.join(''), look: 'dim' }]
}
