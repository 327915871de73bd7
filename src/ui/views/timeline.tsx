import { Text } from 'ink'
import type { ReactNode } from 'react'
import { formatInstant } from '../../sim/duration.ts'
import type { PlayState } from '../model/play-state.ts'
import type { Moment, Recording } from '../model/recording.ts'
import { fill, wrapTo } from './clip.ts'
import { type Size, windowAround } from './layout.ts'
import { Pane } from './pane.tsx'

interface Row {
  readonly id: string
  readonly moment: number
  readonly isFirst: boolean
  readonly text: string
  readonly look: Moment
}

const glyphs = { normal: ' ', warning: '!', good: '✓', visible: '◆', fault: '✗', chatter: '·' } as const
const colours = {
  normal: undefined,
  warning: 'yellow',
  good: 'green',
  visible: 'cyan',
  fault: 'red',
  chatter: undefined,
} as const

/** Who did what to whom; the present moment is marked, what comes after it is not told yet. */
export function Timeline({
  recording,
  state,
  size,
}: {
  recording: Recording
  state: PlayState
  size: Size
}): ReactNode {
  const inner = size.columns - 2
  const height = size.rows - 2
  const rows = rowsUpTo(recording, state.at, inner, height)
  const { items } = windowAround(rows, rows.length - 1, height)
  return (
    <Pane title="Timeline" size={size} isFocused={state.pane === 'timeline'}>
      {items.length === 0 ? (
        <Text dimColor>{fill(' space plays, → steps', inner)}</Text>
      ) : (
        items.map((row) => <Line key={row.id} row={row} isHere={row.moment === state.at} columns={inner} />)
      )}
    </Pane>
  )
}

function Line({
  row: { text, look, isFirst },
  isHere,
  columns,
}: {
  row: Row
  isHere: boolean
  columns: number
}): ReactNode {
  const colour = colours[look.tone]
  return (
    <Text
      bold={isHere || look.kind === 'command'}
      italic={look.kind === 'say'}
      dimColor={look.kind === 'output' && !isHere}
      {...(colour === undefined ? {} : { color: colour })}
    >
      {fill(`${isHere && isFirst ? '▸' : ' '}${text}`, columns)}
    </Text>
  )
}

/** The last lines that can be on the screen: moments before them are not laid out at all. */
function rowsUpTo({ moments }: Recording, at: number, columns: number, height: number): readonly Row[] {
  const rows: Row[] = []
  for (let i = at; i >= 0 && rows.length < height; i--) {
    const moment = moments[i]
    if (moment === undefined) continue
    const lines = linesOf(moment, columns - 1)
    for (let n = lines.length - 1; n >= 0; n--)
      rows.unshift({ id: `${i}.${n}`, moment: i, isFirst: n === 0, text: lines[n] ?? '', look: moment })
  }
  return rows
}

function linesOf(moment: Moment, columns: number): readonly string[] {
  const { kind, time, actor, text, tone } = moment
  switch (kind) {
    case 'say':
      return wrapTo(text, columns - 2).map((line) => `│ ${line}`)
    case 'command':
      return text.split('\n').map((line, i) => (i === 0 ? `${clock(time)} $ ${line}` : `             ${line}`))
    case 'output':
      return text.split('\n').map((line) => `          | ${line}`)
    case 'verdict':
      return [`          ${glyphs[tone]} ${text}`]
    case 'story':
      return [`${clock(time)} ${glyphs[tone]} ${actor}: ${text}`]
  }
}

/** `00:01:02.5`: hours are kept so that columns align, milliseconds cut to tenths for narrow screens. */
function clock(time: number): string {
  return formatInstant(time).slice(0, 10)
}
