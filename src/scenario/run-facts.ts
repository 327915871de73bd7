import type { VirtualMs } from '../kernel/time.ts'
import type { ScenarioFacts } from './model.ts'
import type { Place } from './place.ts'
import type { ScenarioResult } from './result.ts'

/** Of an expectation that need hold in one of several runs: whether it did in this one. */
export interface SometimesFact {
  readonly place: Place
  readonly expected: string
  readonly held: boolean
}

/** What a run says to what is judged of many together. Data alone. */
export interface RunFacts {
  readonly scenario: Pick<ScenarioFacts, 'file' | 'title'>
  /** For each threshold of the scenario what this run measured, in ms. */
  readonly measured: readonly (readonly VirtualMs[])[]
  readonly sometimes: readonly SometimesFact[]
}

/** What of a result is judged together with others. */
export function factsOf({ scenario, measured, steps }: ScenarioResult): RunFacts {
  const sometimes = steps
    .flatMap(({ expectations }) => expectations)
    .flatMap(({ place, expected, sometimes: held }) => (held === undefined ? [] : [{ place, expected, held }]))
  return { scenario, measured, sometimes }
}
