import type { Look } from '../model/look.ts'
import type { PaneName } from '../model/panes.ts'
import type { PlayState } from '../model/play-state.ts'
import type { Stage } from '../model/turn.ts'
import { footerLine, headerLine } from './bars.ts'
import { branchesView } from './branches-view.ts'
import { delaysView } from './flow/delays-view.ts'
import { flowView } from './flow/flow-view.ts'
import { whereView } from './flow/where-view.ts'
import { inspectorView } from './inspector-view.ts'
import { type Layout, layoutFor, panesOf } from './layout.ts'
import { cutTo, type Line, type PaneContent, painted, widthOf } from './lines.ts'
import { manifestView } from './manifest-view.ts'
import { mapView } from './map-view.ts'
import { objectsView } from './objects-view.ts'
import { sentenceLines, storyView } from './story-view.ts'
import { helpView, menuView, outputView, questionView } from './text-views.ts'
import { trafficView } from './traffic-view.ts'

/** All that is on the screen, as lines of text: who lays it out puts each part into its place. */
export interface Frame {
  readonly layout: Layout
  readonly header: string
  readonly sentence: readonly string[]
  /** Of each column its panes, one above the other, each as many lines as it has rows. */
  readonly panes: readonly (readonly (readonly string[])[])[]
  readonly footer: string
}

/** What is drawn, and where. */
export interface Canvas {
  readonly columns: number
  readonly rows: number
  readonly isColoured: boolean
}

/** The screen of a state. Nothing of it costs more for a longer journal: views look only at what is on the screen. */
export function frameOf(state: PlayState, look: Look, canvas: Canvas): Frame {
  const { columns, rows, isColoured } = canvas
  const layout = layoutFor(columns, rows, state)
  const paint = (line: Line, width: number) => painted(line, width, isColoured)
  const over = overlayContent(state, look, columns, rows - 3)
  return {
    ...{ layout: over === undefined ? layout : covered(columns, rows) },
    header: paint(headerLine(state, columns), columns),
    sentence:
      over === undefined ? sentenceLines(state, columns, layout.sentence).map((line) => paint(line, columns)) : [],
    panes:
      over === undefined
        ? layout.columns.map(({ columns: width, panes }, i) =>
            panes.map(({ pane, rows: height }) => {
              const content = contentOf(pane, state, look, { columns: width - 1, rows: height - 1 })
              const frame = {
                columns: width,
                rows: height,
                isFocused: pane === (state.overlay?.kind === 'question' ? 'output' : state.focus),
                isRight: i > 0,
              }
              return framed(content, frame).map((line) => paint(line, width))
            }),
          )
        : [
            [
              framed(over, { columns, rows: rows - 2, isFocused: true, isRight: false }).map((line) =>
                paint(line, columns),
              ),
            ],
          ],
    footer: paint(footerOf(state, look, layout, columns), columns),
  }
}

/** What of the screen keys have to know: its panes, and how far the one with the focus can be scrolled. */
export function stageOf(state: PlayState, look: Look, columns: number, rows: number): Stage {
  const layout = layoutFor(columns, rows, state)
  const focus = state.overlay?.kind === 'question' ? 'output' : state.focus
  const found = layout.columns
    .flatMap(({ columns: width, panes }) => panes.map((placed) => ({ width, ...placed })))
    .find(({ pane }) => pane === focus)
  const size = { columns: (found?.width ?? columns) - 1, rows: (found?.rows ?? rows) - 1 }
  return {
    look,
    panes: panesOf(layout),
    page: Math.max(1, size.rows),
    // Asked by keys that scroll alone: it takes the drawing of the pane.
    get reach() {
      const content = overlayContent(state, look, columns, rows - 3) ?? contentOf(focus, state, look, size)
      return content.reach ?? ([0, 0] as const)
    },
  }
}

function covered(columns: number, rows: number): Layout {
  return { kind: 'single', sentence: 0, columns: [{ columns, panes: [{ pane: 'output', rows: rows - 2 }] }] }
}

/** Below 60x16. */
const smallNote = '  (small: one pane)'

function footerOf(state: PlayState, { selected }: Look, layout: Layout, columns: number): Line {
  const isSmall = layout.kind === 'single' && state.overlay === undefined
  const line = footerLine(state, selected?.key.kind, columns - (isSmall ? smallNote.length : 0))
  return isSmall ? [...line, { text: smallNote, look: 'dim' }] : line
}

/** Help and menus cover the panes. */
function overlayContent(state: PlayState, look: Look, columns: number, rows: number): PaneContent | undefined {
  switch (state.overlay?.kind) {
    case 'help':
      return helpView(state, look, state.overlay.scroll, columns - 1, rows)
    case 'menu':
      return menuView(state.overlay, columns - 1, rows)
    default:
      return undefined
  }
}

interface Size {
  readonly columns: number
  readonly rows: number
}

function contentOf(pane: PaneName, state: PlayState, look: Look, { columns, rows }: Size): PaneContent {
  switch (pane) {
    case 'story':
      return storyView(state, look, columns, rows)
    case 'objects':
      return objectsView(look, rows)
    case 'inspector':
      return inspectorView(state, look, columns, rows)
    case 'manifest':
      return manifestView(state, look, columns, rows)
    case 'branches':
      return branchesView(state, columns, rows)
    case 'output':
      return state.overlay?.kind === 'question'
        ? questionView(state.overlay, state, columns, rows)
        : outputView(state, look, columns, rows)
    case 'map':
      return mapView(state, look, columns, rows)
    case 'flow':
      return flowView(state, look, columns, rows)
    case 'where':
      return whereView(state, look, columns, rows)
    case 'delays':
      return delaysView(state, look, columns, rows)
    case 'traffic':
      return trafficView(state, look, rows)
  }
}

/** How a pane stands among others. */
export interface FrameStyle extends Size {
  readonly isFocused: boolean
  /** It stands to the right of another column. */
  readonly isRight: boolean
}

/** A pane as lines: a rule with the title over the lines, and a rule at the left of what stands to the right. */
export function framed(
  { title, lines, part }: PaneContent,
  { columns, rows, isFocused, isRight }: FrameStyle,
): readonly Line[] {
  const tail = part === undefined ? '' : ` ${part} `
  const name = cutTo(` ${isFocused ? '▶ ' : ''}${title} `, Math.max(1, columns - 3 - widthOf(tail)))
  const rule = '─'.repeat(Math.max(0, columns - 2 - widthOf(name) - widthOf(tail)))
  const head: Line = [
    { text: isRight ? '├─' : '──', look: 'dim' },
    { text: name, look: isFocused ? 'bold' : 'plain' },
    { text: `${rule}${tail}`, look: 'dim' },
  ]
  const edge = { text: isRight ? '│' : ' ', look: 'dim' } as const
  const body = Array.from({ length: Math.max(0, rows - 1) }, (_, i): Line => {
    const line = lines[i]
    return line === undefined || line.length === 0 ? [edge, { text: '' }] : [edge, ...line]
  })
  return [head, ...body]
}
