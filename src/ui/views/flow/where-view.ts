import type { Flow } from '../../../flow/flow.ts'
import type { PlaceOfRevision } from '../../../flow/where-is.ts'
import { nextSyncAt, whereIs } from '../../../flow/where-is.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import { flowNow, laneOf, newestOf, secondsText } from '../../model/flowing.ts'
import type { Look } from '../../model/look.ts'
import { comparedWorlds, type PlayState, worldOf } from '../../model/play-state.ts'
import {
  folded,
  type Line,
  line,
  type PaneContent,
  type Look as Style,
  scrolledTo,
  widthOf,
  wrapped,
} from '../lines.ts'
import { clockText } from '../story-view.ts'

/** Where the newest revision is at this moment: API server, copies of nodes, places of Pods; and who will never have it. */
export function whereView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const now = flowNow(state, look)
  if (now === undefined) return { title: 'where is it now?', lines: [line(' no Secret yet', 'dim')] }
  const { flow } = now
  const { clock } = state.cursor
  const newest = newestOf(flow)
  if (newest === undefined)
    return { title: `where is ${flow.secret} now?`, lines: [line(' nobody has written it yet', 'dim')] }
  const places = whereIs(flow, newest.letter, clock)
  const lines = places.flatMap((place) =>
    placeLines(place, flow, { clock, columns, version: newest.resourceVersion, isGuess: now.isGuess }),
  )
  // Beside other worlds it is told whose places these are.
  const inWorld = comparedWorlds(state).length > 1 ? `, ${worldOf(state).name}` : ''
  return scrolledTo(`where is revision ${newest.letter} now${inWorld}?`, lines, { scroll: state.scroll.where, rows })
}

const glyphs: Readonly<Record<PlaceOfRevision['state'], string>> = { has: '●', older: '○', newer: '◆', nothing: '·' }

interface How {
  readonly clock: VirtualMs
  readonly columns: number
  readonly version: string
  readonly isGuess: boolean
}

/** Name and letter, then how it came or why it does not: on the same line where there is room, in full in any case. */
function placeLines(place: PlaceOfRevision, flow: Flow, { clock, columns, version, isGuess }: How): readonly Line[] {
  const { lane, state, letter } = place
  const owner = laneOf(flow, lane.parent)?.title ?? ''
  const name = lane.kind === 'api' ? `etcd  version ${version}` : `${lane.title}  ${owner}`
  const look: Style = state === 'has' ? 'new' : state === 'older' ? 'old' : 'dim'
  const head: Line = [{ text: ` ${glyphs[state]} `, look }, { text: name }, { text: `  ${letter ?? '-'}  `, look }]
  const used = head.reduce((sum, { text }) => sum + widthOf(text), 0)
  const text = isGuess && state === 'older' ? 'not yet' : howText(place, flow, clock)
  if (used + text.length <= columns) return [[...head, { text, look: 'dim' }]]
  return [
    ...folded(head, columns, 5),
    ...wrapped(text, columns - 5).map((part): Line => [{ text: '     ' }, { text: part, look: 'dim' }]),
  ]
}

function howText({ lane, state, since, afterMs, never }: PlaceOfRevision, flow: Flow, clock: VirtualMs): string {
  switch (state) {
    case 'has':
      return lane.kind === 'api' || afterMs === undefined
        ? `since ${clockText(since ?? 0)}`
        : `${secondsText(afterMs)} after it was written`
    case 'older':
      return never === undefined
        ? waiting(lane.kind, lane.parent, flow, clock)
        : `never: ${never.reason}, until ${never.until}`
    case 'newer':
      return 'has a newer one'
    case 'nothing':
      if (lane.kind === 'cache' && lane.segments.length === 0) return 'keeps no copy: asks at each sync'
      return never === undefined ? 'nothing there' : never.reason
  }
}

function waiting(kind: string, parent: string | undefined, flow: Flow, clock: VirtualMs): string {
  if (kind === 'cache') return 'nobody told it yet'
  const sync = flow.lanes.find(
    (lane) => lane.kind === 'sync' && (lane.parent === parent || `${parent}/sync` === lane.id),
  )
  const due = sync === undefined ? undefined : nextSyncAt(sync, clock)
  return due === undefined || due < clock ? 'not yet' : `not yet; the next sync is due ${clockText(due)}`
}
