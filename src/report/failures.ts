import type { Place } from '../scenario/place.ts'
import { type Lesson, type ScenarioResult, stepPassed } from '../scenario/result.ts'
import { formatInstant } from '../sim/duration.ts'

/** One thing that went wrong in a run, for reports that list them. */
export interface Failure {
  /** Line and column of the step or expectation; its file, where it is not the scenario's. */
  readonly place: Place
  /** `pod web is ready within 1m`, `exit code of kubectl get pods`. */
  readonly what: string
  readonly expected: string
  readonly found: string
  readonly because: string | undefined
  /** What helps to understand it. */
  readonly lesson?: Lesson
}

/** All that went wrong in a run, in the order in which it did; of one that ended early the reason. */
export function failuresOf({ scenario, steps, outcome, reason }: ScenarioResult): readonly Failure[] {
  const failed = steps
    .filter((step) => !stepPassed(step))
    .flatMap((step): readonly Failure[] => {
      const { place, action, problem, mismatches, expectations } = step
      const name = action?.split('\n')[0] ?? 'the step'
      return [
        ...(problem === undefined ? [] : [{ place, what: name, expected: '', found: problem, because: undefined }]),
        ...mismatches.map(({ what, expected, found }) => ({
          place,
          what: `${what} of ${name}`,
          expected,
          found,
          because: undefined,
        })),
        ...expectations
          .filter(({ passed }) => !passed)
          .map(({ place: at, expected, found, because, lesson }) => ({
            ...{ place: at, what: expected, expected, found, because },
            ...(lesson === undefined ? {} : { lesson }),
          })),
      ]
    })
  if (failed.length > 0 || outcome === 'passed') return failed
  return [
    { place: { line: 1, column: 1 }, what: scenario.title, expected: '', found: reason ?? outcome, because: undefined },
  ]
}

/** `file:line:column`. */
export function placeText(scenarioFile: string, { file = scenarioFile, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

/** What was found, with what was expected where that is not what the failure is called, and what helps to understand it. */
export function failureText({ what, expected, found, because, lesson }: Failure): string {
  const wanted = expected === '' || expected === what ? '' : `expected ${expected}\n`
  const { why = [], touched = [] } = lesson ?? {}
  const last = touched.map(({ time, actor, text }) => `  ${formatInstant(time)} ${actor}: ${text}`)
  return [
    `${wanted}found ${found}`,
    ...(because === undefined ? [] : [`because ${because}`]),
    ...(why.length === 0 ? [] : ['why:', ...why.map((line) => `  ${line}`)]),
    ...(last.length === 0 ? [] : ['last:', ...last]),
  ].join('\n')
}
