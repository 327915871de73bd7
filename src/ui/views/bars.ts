import { formatInstant } from '../../sim/duration.ts'
import { contextOf, footerKeys } from '../model/keys.ts'
import { type PlayState, worldOf } from '../model/play-state.ts'
import { type Prompt, promptWords } from '../model/prompt.ts'
import { cutTo, type Line, widthOf } from './lines.ts'

/** The first and the last line of the screen. */

/** What is played, when, how far, how fast, from which seed, in which branch. */
export function headerLine(state: PlayState, columns: number): Line {
  const { recording, name } = worldOf(state)
  const { cursor, isPlaying, speed, worlds, isRevealed, score } = state
  const pace = `×${Number.isFinite(speed) ? speed : 'max'}`
  const { live } = recording
  const parts = [
    formatInstant(Math.max(0, cursor.clock)),
    `${cursor.at + 1}/${recording.moments.length}`,
    live === undefined || live.isOver
      ? `${isPlaying ? '▶ playing' : '❚❚ paused'} ${pace}`
      : isPlaying
        ? '● live'
        : '❚❚ the past',
    `seed ${recording.result.seed}`,
    ...(worlds.length > 1 ? [`branch ${name}`] : []),
    ...(isRevealed ? ['values shown'] : []),
    ...(score.asked.length > 0 ? [`predicted ${score.right} of ${score.asked.length}`] : []),
  ]
  // What has no room goes, from the right: the time stays.
  let right = ''
  for (const part of parts) {
    const longer = `${right}  ${part}`
    if (widthOf(longer) > columns - Math.min(36, widthOf(recording.scenario.title) + 3)) break
    right = longer
  }
  const title = cutTo(` ${recording.scenario.title}`, Math.max(1, columns - widthOf(right) - 1))
  return [
    { text: title + ' '.repeat(Math.max(0, columns - widthOf(title) - widthOf(right) - 1)) + right, look: 'header' },
  ]
}

/** The keys of this moment; what is being run; a word for the person; or the line that is typed. */
export function footerLine(state: PlayState, selectedKind: string | undefined, columns: number): Line {
  const { overlay, running, notice } = state
  if (overlay?.kind === 'prompt') return promptLine(overlay, columns)
  if (running !== undefined) {
    const ran = running.at > 0 ? `  ${formatInstant(running.at)}` : ''
    const ends = state.isOpening ? 'q quits' : 'esc stops it'
    return [{ text: ` … running ${running.what}${ran}   ${ends}`, look: 'visible' }]
  }
  const context = contextOf(state)
  if (notice !== undefined && (context === 'play' || context === 'question'))
    return [{ text: ` ${notice}`, look: 'here' }]
  return [{ text: fitting(footerKeys(state, selectedKind), columns), look: 'dim' }]
}

/** The keys of a list as the footer shows them: as many as there is room for; the last two, help and quit, stay. */
export function fitting(keys: readonly string[], columns: number): string {
  const tail = keys.slice(-2)
  const shown: string[] = []
  for (const key of keys.slice(0, -2)) {
    if (widthOf(` ${[...shown, key, ...tail].join('  ')}`) > columns) break
    shown.push(key)
  }
  return ` ${[...shown, ...tail].join('  ')}`
}

/** The part of the line around the caret; line ends of a paste are shown by a sign. */
export function promptLine({ prompt, text, caret }: Prompt, columns: number): Line {
  const { lead, hint } = promptWords[prompt]
  const room = Math.max(4, columns - lead.length - 4)
  const shown = text.replaceAll('\n', '¶')
  const from = Math.max(0, caret - room + 1)
  const before = shown.slice(from, caret)
  const at = shown.slice(caret, caret + 1)
  const after = shown.slice(caret + 1, from + room)
  return [
    { text: ` ${lead} `, look: 'bold' },
    { text: before },
    { text: at === '' ? ' ' : at, look: 'selected' },
    ...(text === '' ? [{ text: ` ${hint}`, look: 'dim' } as const] : [{ text: after }]),
  ]
}
