import type { Redaction } from '../looks/redaction.ts'
import type { Sim } from '../sim/sim.ts'
import type { Question } from './model.ts'

/** A question with the answer that the run found. */
export interface AskedQuestion {
  readonly question: string
  readonly choices: readonly { readonly text: string; readonly holds: boolean }[]
  readonly because: string | undefined
}

/** Looks which answers hold at this instant. Texts are masked as an author's words are. */
export function askNow(sim: Sim, { text: question, choices, because }: Question, redaction: Redaction): AskedQuestion {
  return {
    question: redaction.prose(question),
    choices: choices.map((choice) => ({
      text: redaction.prose(choice.text),
      holds: choice.expectation.look(sim).holds,
    })),
    because: because === undefined ? undefined : redaction.prose(because),
  }
}

/** What is wrong with a question: not exactly one of its answers holds. */
export function questionProblem({ question, choices }: AskedQuestion): string | undefined {
  const right = choices.filter(({ holds }) => holds)
  if (right.length === 1) return undefined
  const found =
    right.length === 0 ? 'none holds' : `${right.map(({ text: each }) => JSON.stringify(each)).join(' and ')} hold`
  return `of the answers to ${JSON.stringify(question)} ${found}; exactly one must`
}
