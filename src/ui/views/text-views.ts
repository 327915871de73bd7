import { type KeyGroup, keyBindings } from '../model/keys.ts'
import type { Look } from '../model/look.ts'
import { type Overlay, type PlayState, worldOf } from '../model/play-state.ts'
import { folded, type Line, line, type PaneContent, scrolledTo, textLines, windowAround } from './lines.ts'

/** What is text to read: outputs, help, menus. */

/** What a command printed, or an explanation. */
export function outputView(state: PlayState, { recording }: Look, columns: number, rows: number): PaneContent {
  const { output, isRevealed } = state
  if (output === undefined)
    return { title: 'output', lines: [line(' : runs a command; y d l u w g ask about what is selected', 'dim')] }
  const shown = output.isMasked && !isRevealed ? recording.redaction.text(output.text) : output.text
  const title = output.isMasked && !isRevealed ? recording.redaction.text(output.title) : output.title
  return scrolledTo(title, textLines(shown, columns - 1).map(indented), { scroll: state.scroll.output, rows })
}

function indented(given: Line): Line {
  return [{ text: ' ' }, ...given]
}

const groupWords: Readonly<Record<KeyGroup, string>> = {
  time: 'Time',
  look: 'Look',
  do: 'Do',
  screen: 'Screen',
  typing: 'While typing',
  asked: 'While asked',
  course: 'In the course',
}

/** All keys, from the one table of keys; those that are off say why. */
export function helpView(
  state: PlayState,
  { selected }: Look,
  scroll: number,
  columns: number,
  rows: number,
): PaneContent {
  // The header has no room for a long title.
  const { scenario, result } = worldOf(state).recording
  const lines: Line[] = [
    ...textLines(` ${scenario.title}`, columns - 1, 'bold'),
    ...textLines(` ${scenario.file}, seed ${result.seed}`, columns - 1, 'dim'),
  ]
  const here: PlayState = { ...state, overlay: undefined }
  for (const group of ['time', 'do', 'look', 'screen', 'typing', 'asked'] as const) {
    if (lines.length > 0) lines.push(line(''))
    lines.push(line(` ${groupWords[group]}`, 'bold'))
    for (const binding of keyBindings) {
      if (binding.group !== group || (binding.context !== 'play' && group !== 'typing' && group !== 'asked')) continue
      const off = binding.context !== 'play' ? undefined : binding.off?.(here, selected?.key.kind)
      const text = `${binding.does}${off === undefined ? '' : ` (not now: ${off})`}`
      for (const [n, part] of textLines(text, columns - 12, off === undefined ? 'plain' : 'dim').entries())
        lines.push([{ text: n === 0 ? `   ${binding.label.padEnd(9)}` : ' '.repeat(12), look: 'here' }, ...part])
    }
  }
  lines.push(line(''), line(' Signs', 'bold'))
  for (const sign of signs) lines.push(line(`   ${sign}`))
  return scrolledTo('keys', lines, { scroll, rows })
}

const signs = [
  '! warning   ✓ it works   ✗ an accident',
  '◆ a container sees a Secret   [here] where it stands',
  '$ the scenario did it   + you did it',
  'A B C revisions of a Secret   ━ the newest   ─ an older',
  '═ never updated   · not yet   ∅ it is not there',
  '● an arrival, or a sync of the Pod',
  '┴ a sync that finds nothing to do',
  '○ a copy used again, or asked for and as it was',
  '░ waits for the copy   ▒ for a sync   ▓ for the mount',
]

/** What can be chosen; what the chosen one does stands below it in full. */
export function menuView(menu: Extract<Overlay, { kind: 'menu' }>, columns: number, rows: number): PaneContent {
  const { items, chosen, title } = menu
  if (items.length === 0) return { title, lines: [line(' there is nothing to choose at this moment', 'dim')] }
  const lines: Line[] = []
  let here = 0
  for (const [i, { label, does }] of items.entries()) {
    if (i === chosen) here = lines.length
    const entry = line(` ${i === chosen ? '▸' : ' '} ${label}`, i === chosen ? 'selected' : 'plain')
    lines.push(...(i === chosen ? folded(entry, columns, 5) : [entry]))
    if (i === chosen && does !== '')
      lines.push(...textLines(does, columns - 6, 'dim').map((part): Line => [{ text: '     ' }, ...part]))
  }
  const { from, to } = windowAround(lines.length, here + 2, rows)
  const part = items.length <= rows ? {} : { part: `${chosen + 1} of ${items.length}` }
  return { title, lines: lines.slice(from, to), ...part }
}

type Asked = Extract<Overlay, { kind: 'question' }>

/** A question with its choices; once it is answered, what is right and why, in place of what led to it. */
export function questionView(
  overlay: Asked,
  { score, scroll }: Pick<PlayState, 'score' | 'scroll'>,
  columns: number,
  rows: number,
): PaneContent {
  const lines = askedLines(overlay, columns)
  const total = score.asked.length
  const { lesson } = overlay.question
  const nth = lesson === undefined || lesson.of === 1 ? '' : ` question ${lesson.number} of ${lesson.of}`
  const title = lesson === undefined ? 'predict' : `what do you think?${nth}`
  const shown = scrolledTo(title, lines, { scroll: scroll.output, rows })
  return { ...shown, ...(total === 0 ? {} : { part: `${score.right} of ${total} right` }), ...more(lines, rows) }
}

/** Where not all fits, that is told before how well one guesses. */
function more(lines: readonly Line[], rows: number): Pick<PaneContent, 'part'> {
  return lines.length <= rows ? {} : { part: '↑↓ more' }
}

/** All lines of a question. */
export function askedLines({ question, answer }: Asked, columns: number): readonly Line[] {
  const { text, choices, right, because, lesson } = question
  const room = columns - 2
  const lead = lesson === undefined || answer !== undefined || lesson.lead === '' ? [] : textLines(lesson.lead, room)
  const lines: Line[] = [...lead, ...textLines(text, room, 'bold')].map(indented)
  for (const [i, choice] of choices.entries()) {
    const isRight = answer !== undefined && i === right
    const isWrong = answer === i && !isRight
    const sign = isRight ? '✓' : isWrong ? '✗' : ' '
    const look = isRight ? 'good' : isWrong ? 'warning' : 'plain'
    for (const [n, part] of textLines(choice, room - 7, look).entries())
      lines.push([{ text: n === 0 ? `  ${sign} ${i + 1}  ` : '       ', look }, ...part])
  }
  if (answer !== undefined) {
    const said = answer === right ? 'Right' : 'Not so'
    const why = because === '' ? '' : `: ${because.replace(/[.\s]+$/, '')}`
    lines.push(...textLines(`${said}${why}.`, room).map(indented))
  }
  return lines
}
