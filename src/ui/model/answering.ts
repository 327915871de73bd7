import type { Command } from './keys.ts'
import type { Look } from './look.ts'
import { atTime } from './moving.ts'
import type { Overlay, PlayState } from './play-state.ts'
import { questionAt } from './predicting.ts'

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
export function answered(state: PlayState, asked: Asked, command: Command): PlayState {
  const { question, answer } = asked
  if (command === 'close') return { ...state, overlay: undefined }
  if (command === 'enter' && answer !== undefined) {
    const left: PlayState = { ...state, overlay: undefined }
    return question.seenAt === undefined ? left : atTime(left, question.seenAt)
  }
  const choice = choices.indexOf(command)
  if (choice === -1 || choice >= question.choices.length || answer !== undefined) return state
  const { score } = state
  return {
    ...state,
    overlay: { ...asked, answer: choice },
    score: { asked: [...score.asked, question.about], right: score.right + (choice === question.right ? 1 : 0) },
  }
}

const choices: readonly Command[] = ['answer:1', 'answer:2', 'answer:3', 'answer:4']
