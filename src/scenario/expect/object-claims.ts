import * as z from 'zod'
import { complain } from '../../sim/input/complaints.ts'
import { texts } from '../../sim/input/formats.ts'
import { words } from '../../sim/input/words.ts'
import { askCel, celProblem } from './cel.ts'
import { listOf } from './compare.ts'
import { mismatch, patternProblems } from './pattern.ts'

/** What can be said of any object: parts of it, and expressions of CEL over it. */

const pattern = z
  .record(z.string(), z.unknown())
  .superRefine((given, context) => {
    if (Object.keys(given).length === 0)
      complain(context, [], { message: 'nothing is said of it; expected a map with parts of the object' })
    for (const { path, ...complaint } of patternProblems(given))
      complain(context, path, { ...complaint, isAtKey: true })
  })
  .register(words, { expected: 'a map with parts of the object' })

const expressions = texts.superRefine((given, context) => {
  for (const [i, expression] of listOf(given).entries()) {
    const problem = celProblem(expression)
    if (problem !== undefined)
      complain(context, Array.isArray(given) ? [i] : [], { message: `the expression is no CEL: ${problem}` })
  }
})

/** Keys of an object that may be part of an expectation. */
export const objectClaims = {
  matches: pattern
    .optional()
    .meta({ description: 'Part of the object; lists match by their Kubernetes keys, ">=2" and $words compare' }),
  cel: expressions.optional().meta({
    description: 'CEL over the object, one expression or several: object.status.readyReplicas >= 2',
  }),
}

/** As a scenario has them. */
export interface ObjectClaims {
  readonly matches?: Readonly<Record<string, unknown>> | undefined
  readonly cel?: string | readonly string[] | undefined
}

/** The claims in words, each completing `it ...`. */
export function objectWords({ matches, cel }: ObjectClaims): readonly string[] {
  return [
    ...(matches === undefined ? [] : ['is as given']),
    ...listOf(cel).map((expression) => `satisfies ${expression}`),
  ]
}

/** Whether each claim holds, and what is there. */
export function objectParts(found: object, { matches, cel }: ObjectClaims): readonly (readonly [boolean, string])[] {
  const wrong = matches === undefined ? undefined : mismatch(matches, found)
  return [
    [wrong === undefined, wrong ?? ''],
    ...listOf(cel).map((expression): readonly [boolean, string] => {
      const answer = askCel(expression, found)
      return answer.ok ? [answer.holds, `${expression} is false`] : [false, `${expression}: ${answer.message}`]
    }),
  ]
}
