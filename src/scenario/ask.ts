import * as z from 'zod'
import type { Redaction } from '../looks/redaction.ts'
import { someText, text } from '../sim/input/formats.ts'
import type { Sim } from '../sim/sim.ts'
import { expectationSchema } from './expect/subjects.ts'
import type { Expectation } from './model.ts'

/** A question to who reads along. The right answer is not written down: each is an expectation, and the run says which holds. */
export const askSchema = z
  .strictObject({
    question: someText.meta({ description: 'What is asked, before it can be seen' }),
    choices: z
      .array(
        z.strictObject({
          say: someText.meta({ description: 'The answer in words' }),
          expect: expectationSchema.meta({ description: 'What is true now if it is the right one' }),
        }),
      )
      .min(2)
      .max(9)
      .meta({ description: 'Answers, of which exactly one must hold' }),
    because: text.optional().meta({ description: 'Why, told after the answer' }),
  })
  .meta({ id: 'Ask', description: 'A question whose right answer the run finds out' })

/** A question as a file has it. */
export type AskSource = z.output<typeof askSchema>

/** A question as it is run. */
export interface Question {
  readonly text: string
  readonly choices: readonly { readonly text: string; readonly expectation: Expectation }[]
  readonly because: string | undefined
}

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
