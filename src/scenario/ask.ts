import * as z from 'zod'
import { someText, text } from '../sim/input/formats.ts'
import { expectationSchema } from './expect/subjects.ts'

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
