import { type ValueLetters, withLetters } from '../../report/value-letters.ts'
import { formatInstant } from '../../sim/duration.ts'
import { lettersIn } from '../model/flowing.ts'
import { followedOf } from '../model/following.ts'
import type { Look } from '../model/look.ts'
import type { PlayState } from '../model/play-state.ts'
import { worldOf } from '../model/play-state.ts'
import { type Moment, momentText, type Recording } from '../world/recording.ts'
import { cutTo, type Line, line, type PaneContent, type Look as Style, scrolledTo, wrapped } from './lines.ts'

const glyphs = { normal: ' ', warning: '!', good: '✓', visible: '◆', fault: '✗', chatter: '·' } as const
const looks: Readonly<Record<Moment['tone'], Style>> = {
  normal: 'plain',
  warning: 'warning',
  good: 'good',
  visible: 'visible',
  fault: 'fault',
  chatter: 'dim',
}

/** Who did what to whom; the present moment is marked, what comes after it is not told yet. */
export function storyView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const { recording, name } = worldOf(state)
  const { isRevealed } = state
  const followed = followedOf(look, state.followed)
  const letters = followed === undefined ? undefined : lettersIn(recording, followed)
  const { at } = state.cursor
  const title = `what happened${state.worlds.length > 1 ? ` in ${name}` : ''}`
  const none = recording.live === undefined ? 'space plays, → steps' : 'what clients do is told here'
  if (at < 0) return { title, lines: [line(` nothing yet: ${none}`, 'dim')] }
  const lines: Line[] = []
  // Moments before the window are not laid out at all.
  for (let i = at; i >= 0 && lines.length < rows; i--) {
    const moment = recording.moments[i]
    if (moment !== undefined)
      lines.unshift(...momentLines(moment, recording, { columns, isHere: i === at, isRevealed, letters }))
  }
  // Of a moment that is longer than the pane the beginning is shown first: it says what it is.
  const own = recording.moments[at]
  const length =
    own === undefined || lines.length <= rows
      ? 0
      : momentLines(own, recording, { columns, isHere: true, isRevealed, letters }).length
  if (length <= rows) return { title, lines: lines.slice(-rows) }
  return scrolledTo(title, lines.slice(-length), { scroll: state.scroll.story, rows })
}

/** How a moment is told. */
interface How {
  readonly columns: number
  readonly isHere: boolean
  readonly isRevealed: boolean
  /** Of values that a verdict masks: which revision they are. */
  readonly letters?: ValueLetters | undefined
}

/** What a moment says, at its time. */
export function momentLines(
  moment: Moment,
  { redaction }: Pick<Recording, 'redaction'>,
  { columns, isHere, isRevealed, letters }: How,
): readonly Line[] {
  const { kind, time, actor, tone } = moment
  const said = isRevealed ? moment.text : momentText(moment, redaction)
  const text = kind === 'verdict' && letters !== undefined ? withLetters(said, letters, isRevealed) : said
  const mark = isHere ? '▸' : ' '
  const look: Style = isHere ? 'bold' : kind === 'output' ? 'dim' : looks[tone]
  const stamp = clockText(time)
  const hanging = ' '.repeat(stamp.length + 3)
  const under = (lead: string, first: string, room = columns - lead.length - 1): readonly Line[] =>
    text
      .split('\n')
      .flatMap((part, n) =>
        wrapped(part, room).map(
          (each, m): Line => [{ text: n === 0 && m === 0 ? `${mark}${first}` : ` ${lead}` }, { text: each, look }],
        ),
      )
  switch (kind) {
    case 'say':
      return wrapped(text, columns - 4).map(
        (each, n): Line => [
          { text: `${n === 0 ? mark : ' '}│ `, look: 'dim' },
          { text: each, look: isHere ? 'bold' : 'plain' },
        ],
      )
    case 'command':
      return under(hanging, `${stamp} ${moment.did?.by === 'player' ? '+' : '$'} ${userLead(actor)}`)
    case 'output':
      return under(`${' '.repeat(stamp.length)} | `, `${' '.repeat(stamp.length)} | `)
    case 'verdict':
      return under(hanging, `${' '.repeat(stamp.length)} ${glyphs[tone]} `)
    case 'story':
      return wrapped(`${actorName(actor)}: ${text}`, columns - hanging.length - 1).map(
        (each, n): Line => [
          { text: n === 0 ? `${mark}${stamp} ${glyphs[tone]} ` : ` ${hanging}` },
          { text: each, look },
        ],
      )
  }
}

/** Nobody wants to read it of the one who does nearly all. */
function userLead(actor: string): string {
  return actor === 'user/admin' || !actor.startsWith('user/') ? '' : `(as ${actor.slice('user/'.length)}) `
}

/** `user/admin` is a person, `kubelet/node-1` speaks for its node. */
function actorName(actor: string): string {
  return actor.replace(/^user\//, '').replace(/^controller\//, '')
}

/** `02:15.468`: hours only where there are any. */
export function clockText(time: number): string {
  const text = formatInstant(Math.max(0, time))
  return text.startsWith('00:') ? text.slice(3) : text
}

/** The sentence that was told last, as it is wrapped; before the first what the scenario is about. */
function sentenceOf(state: PlayState, columns: number): { readonly all: readonly string[]; readonly isTold: boolean } {
  const { recording } = worldOf(state)
  const { moments, redaction } = recording
  let at = state.cursor.at
  while (at >= 0 && moments[at]?.kind !== 'say') at--
  const moment = moments[at]
  const text =
    moment === undefined
      ? (recording.scenario.description ?? recording.scenario.title)
      : state.isRevealed
        ? moment.text
        : momentText(moment, redaction)
  return { all: wrapped(text.replace(/\s+/g, ' ').trim(), columns - 3), isTold: moment !== undefined }
}

/** How many rows the sentence would take. */
export function sentenceLength(state: PlayState, columns: number): number {
  return sentenceOf(state, columns).all.length
}

/** The sentence that was told last, in so many rows; the story has all of it. */
export function sentenceLines(state: PlayState, columns: number, rows: number): readonly Line[] {
  const { all, isTold } = sentenceOf(state, columns)
  const shown = all.slice(0, rows)
  if (all.length > rows)
    shown[rows - 1] = `${cutTo(`${shown[rows - 1] ?? ''} ${all[rows] ?? ''}`, columns - 14)} (2: all)`
  return Array.from(
    { length: rows },
    (_, i): Line => [
      { text: '│ ', look: 'dim' },
      { text: shown[i] ?? '', look: isTold ? 'plain' : 'dim' },
    ],
  )
}
