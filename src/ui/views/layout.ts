import type { PaneName } from '../model/panes.ts'
import { type PlayState, worldOf } from '../model/play-state.ts'
import { sentenceLength } from './story-view.ts'
import { askedLines } from './text-views.ts'

/** A pane's place: columns and rows with its frame. */
export interface PlacedPane {
  readonly pane: PaneName
  readonly rows: number
}

/** How the screen is divided below the header and above the footer. */
export interface Layout {
  readonly kind: 'single' | 'stacked' | 'columns'
  /** Rows of the sentence that is told; 0: there is no room, the story has it. */
  readonly sentence: number
  readonly columns: readonly PlacedColumn[]
}

/** Panes one above the other. */
export interface PlacedColumn {
  readonly columns: number
  readonly panes: readonly PlacedPane[]
}

/** Below this, one pane is shown at a time. */
const smallest = { columns: 60, rows: 16 } as const
const wideFrom = { columns: 110, rows: 28 } as const

/** One row for the header and one for the footer go off first. */
export function layoutFor(columns: number, rows: number, state: PlayState): Layout {
  const height = Math.max(1, rows - 2)
  if (columns < smallest.columns || rows < smallest.rows)
    return {
      ...{ kind: 'single', sentence: 0 },
      columns: [
        { columns, panes: [{ pane: state.overlay?.kind === 'question' ? 'output' : state.focus, rows: height }] },
      ],
    }
  return columns >= wideFrom.columns && rows >= wideFrom.rows
    ? wide(columns, height, state)
    : stacked(columns, height, state)
}

/** Rows of lanes that stay while somebody is asked. */
const fewestLanes = 5
/** Rows of what is asked: the lanes do not jump when it is answered. Three worlds want their lanes more. */
const asksRows = 9
const asksBesideWorlds = 6

/** What is looked at above, what happens below. */
function stacked(columns: number, height: number, state: PlayState): Layout {
  const { focus, overlay, compared } = state
  const sentence = sentenceRows(state, columns, height)
  const room = height - sentence
  // Whoever is asked looks at the lanes.
  if (overlay?.kind === 'question') {
    const wanted = 1 + askedLines(overlay, columns - 1).length
    const least = compared.length > 1 ? asksBesideWorlds : asksRows
    const lower = Math.max(least, Math.min(room - fewestLanes, wanted))
    if (wanted > lower && wanted > room - fewestLanes)
      return { kind: 'stacked', sentence, columns: [{ columns, panes: [{ pane: 'output', rows: room }] }] }
    const panes = [
      { pane: 'flow', rows: room - lower },
      { pane: 'output', rows: lower },
    ] as const
    return { kind: 'stacked', sentence, columns: [{ columns, panes }] }
  }
  if (focus === 'story')
    return { kind: 'stacked', sentence, columns: [{ columns, panes: [{ pane: 'story', rows: room }] }] }
  // Three worlds take all the lanes that there can be.
  const lower = focus === 'flow' && compared.length > 1 ? 4 : Math.max(4, Math.floor(room * 0.32))
  return {
    ...{ kind: 'stacked', sentence },
    columns: [
      {
        columns,
        panes: [
          { pane: focus, rows: room - lower },
          { pane: 'story', rows: lower },
        ],
      },
    ],
  }
}

/** Rows of the sentence: in a lesson so many that it can be read where it stands, up to a limit. */
function sentenceRows(state: PlayState, columns: number, height: number): number {
  const least = height >= 20 ? 2 : 1
  const isLesson = worldOf(state).recipe.scenario.source.lesson !== undefined
  // Three worlds want their lanes.
  if (!isLesson || state.compared.length > 1) return least
  return Math.max(least, Math.min(2 * least, sentenceLength(state, columns)))
}

/** Panes of the right column that take turns below the first. */
const takingTurns = ['objects', 'inspector', 'manifest', 'traffic', 'map'] as const

function wide(columns: number, height: number, { focus, output, worlds, overlay }: PlayState): Layout {
  const sentence = 3
  const room = height - sentence
  const left = Math.floor(columns * 0.58)
  const branches = worlds.length > 1 ? Math.min(8, worlds.length + 1) : focus === 'branches' ? 2 : 0
  const delays = Math.max(5, Math.floor(room * 0.18))
  const story = Math.max(6, Math.floor((room - branches - delays) * 0.4))
  const flow = room - branches - delays - story
  const where = Math.max(6, Math.floor(room * 0.26))
  const isAsked = overlay?.kind === 'question'
  const below = output === undefined && focus !== 'output' && !isAsked ? 0 : Math.floor(room * 0.36)
  const turn = takingTurns.find((pane) => pane === focus) ?? 'inspector'
  return {
    ...{ kind: 'columns', sentence },
    columns: [
      {
        columns: left,
        panes: [
          { pane: 'flow', rows: flow },
          { pane: 'delays', rows: delays },
          { pane: 'story', rows: story },
          ...(branches === 0 ? [] : [{ pane: 'branches', rows: branches } as const]),
        ],
      },
      {
        columns: columns - left,
        panes: [
          { pane: 'where', rows: where },
          { pane: turn, rows: room - where - below },
          ...(below === 0 ? [] : [{ pane: 'output', rows: below } as const]),
        ],
      },
    ],
  }
}

/** Panes on the screen, as tab goes through them. */
export function panesOf({ kind, columns }: Layout): readonly PaneName[] {
  return kind === 'columns' ? columns.flatMap(({ panes }) => panes.map(({ pane }) => pane)) : []
}
