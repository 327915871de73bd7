import type { Lane } from '../../flow/flow.ts'
import { createTimeAxis, type TimeAxis } from '../../flow/time-axis.ts'
import { whereIs } from '../../flow/where-is.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { indented, lines, plain, type TerminalText } from '../text.ts'
import type { Album, AlbumWorld } from './album.ts'
import { instantsOf, markGlyphs, shownLanes } from './lane-drawing.ts'
import { clock, delayText, depthOf, placeText } from './words.ts'

/** Columns of labels, and of a line in all. */
const labelColumns = 26
const textColumns = 100

/**
 * The flow of each world as text: lanes over an axis that folds gaps, where the newest revision is, and what became of each change.
 * The facts are those of the page; nothing needs a screen.
 */
export function albumText(album: Album, at: VirtualMs): TerminalText {
  const axis = createTimeAxis(instantsOf(album.worlds), {
    from: album.from,
    to: album.to,
    width: textColumns - labelColumns - 1,
  })
  return lines([
    plain`flow of ${album.about}, at ${clock(at)}`,
    ...album.worlds.flatMap((world) => [
      plain``,
      ...(world.name === '' ? [] : [plain`${world.name}`]),
      plain`${' '.repeat(labelColumns)}${tickLine(axis)}`,
      ...laneLines(world, axis, at).map((line) => plain`${line}`),
      ...whereLines(world, at),
      ...delayLines(world),
    ]),
  ])
}

function tickLine(axis: TimeAxis): string {
  let line = ''
  for (const at of axis.ticks(11)) line = line.padEnd(Math.round(axis.x(at))) + clock(at)
  return line
}

function laneLines(world: AlbumWorld, axis: TimeAxis, at: VirtualMs): readonly string[] {
  const cursor = Math.round(axis.x(at))
  return shownLanes(world).map((lane) => {
    const label = `${'  '.repeat(depthOf(lane, world.flow.lanes))}${lane.title}`
    const cells = laneCells(lane, axis)
    if (cells[cursor] === ' ') cells[cursor] = '│'
    return `${cut(label, labelColumns - 2).padEnd(labelColumns)}${cells.join('').trimEnd()}`
  })
}

/** `A──●B━━`: what a lane holds, and what happens on it; what is fixed is drawn double. */
function laneCells(lane: Lane, axis: TimeAxis): string[] {
  const cells: string[] = Array.from({ length: axis.width + 1 }, () => ' ')
  const column = (time: VirtualMs) => Math.round(axis.x(time))
  for (const { from, to, letter, note } of lane.segments) {
    const stroke = letter === undefined || note === 'absent' ? '·' : lane.never === undefined ? '━' : '═'
    const end = to === undefined ? axis.width : column(to)
    for (let i = column(from); i <= end; i++) cells[i] = stroke
  }
  for (const { at, kind } of lane.marks) cells[column(at)] = markGlyphs[kind]
  for (const { from, letter } of lane.segments) if (letter !== undefined) cells[column(from)] = letter
  return cells
}

function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text
}

function whereLines(world: AlbumWorld, at: VirtualMs): readonly TerminalText[] {
  const letter = world.flow.revisions.findLast((revision) => revision.at <= at)?.letter
  if (letter === undefined) return []
  const places = whereIs(world.flow, letter, at)
  const titles = new Map(world.flow.lanes.map(({ id, title }) => [id, title] as const))
  const glyph = { has: '●', older: '○', newer: '◐', nothing: ' ' }
  return [
    plain``,
    plain`where is revision ${letter}?`,
    ...places.map(({ lane, state, letter: there = '-', never }) => {
      const of = lane.parent === undefined ? '' : ` of ${titles.get(lane.parent) ?? ''}`
      const why = state === 'older' && never !== undefined ? `  never: ${never.reason}, until ${never.until}` : ''
      return plain`  ${glyph[state]} ${there}  ${lane.title}${of}${why}`
    }),
  ]
}

function delayLines({ flow }: AlbumWorld): readonly TerminalText[] {
  if (flow.delays.length === 0) return []
  return [
    plain``,
    plain`what became of each change`,
    ...flow.delays.flatMap((row) => {
      const head = plain`  ${row.letter}  ${placeText(row)}: ${delayText(row)}`
      return row.never === undefined ? [head] : [head, indented(`cure: ${row.never.cure}`, '       ')]
    }),
  ]
}
