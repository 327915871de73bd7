import type { KeyBinding } from './keys.ts'
import type { Look } from './look.ts'
import { atTime } from './moving.ts'
import type { Overlay, PlayState, Question } from './play-state.ts'
import { questionAt } from './predicting.ts'
import { afterAnswer } from './teaching.ts'

/** The question that is asked. */
export type Asked = Extract<Overlay, { kind: 'question' }>

/** Asks about what comes, or says why there is nothing to ask. */
export function asking(state: PlayState, look: Look): PlayState {
  const question = questionAt(state, look)
  if (question === undefined)
    return {
      ...state,
      notice: 'nothing to predict here: ask when a Secret was changed and somebody has not got it yet',
    }
  return { ...state, overlay: { kind: 'question', question, answer: undefined }, isPlaying: false, notice: undefined }
}

/** The state after a key of somebody who is asked. The first answer counts; then the player goes to where it is seen. */
export function answered(
  state: PlayState,
  asked: Asked,
  { command }: Pick<KeyBinding, 'command'>,
  key: Pressed,
): PlayState {
  const { question, answer } = asked
  if (command === 'up' || command === 'down') return scrolled(state, command === 'up' ? -1 : 1, key.reach)
  if (command === 'close') return skipped({ ...state, overlay: undefined }, question)
  if (command === 'enter' && answer !== undefined) return seeing(state, question)
  const choice = Number(key.name) - 1
  if (command !== 'answer' || choice >= question.choices.length || answer !== undefined) return state
  const { score, taught } = state
  const isRight = choice === question.right
  return {
    ...state,
    overlay: { ...asked, answer: choice },
    scroll: { ...state.scroll, output: 0 },
    score: { asked: [...score.asked, question.about], right: score.right + (isRight ? 1 : 0) },
    taught: question.lesson === undefined ? taught : { ...taught, [question.about]: isRight ? 'right' : 'wrong' },
  }
}

/** The key itself, and by how many lines what is asked can be scrolled. */
interface Pressed {
  readonly name: string
  readonly reach: readonly [least: number, most: number]
}

function scrolled(state: PlayState, by: 1 | -1, [least, most]: Pressed['reach']): PlayState {
  const output = Math.max(least, Math.min(most, (state.scroll.output ?? 0) + by))
  return { ...state, scroll: { ...state.scroll, output } }
}

function seeing(state: PlayState, question: Question): PlayState {
  if (question.lesson !== undefined) return afterAnswer(state, question)
  const left: PlayState = { ...state, overlay: undefined }
  return question.seenAt === undefined ? left : atTime(left, question.seenAt)
}

/** Who does not want to answer a lesson's question is not asked it again. */
function skipped(state: PlayState, { about, lesson }: Question): PlayState {
  if (lesson === undefined || state.taught[about] !== undefined) return state
  return {
    ...state,
    taught: { ...state.taught, [about]: 'skipped' },
    notice: 'not answered: go on, and the run will tell',
  }
}
