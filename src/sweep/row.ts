import type { Flows } from '../flow/flows.ts'
import { failuresOf } from '../report/failures.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import { factsOf } from '../scenario/run-facts.ts'
import { delayGroups } from './delay-groups.ts'
import type { SweepRow } from './sweep.ts'

/** Failures of one run that are kept; what follows from them says little. */
const mostFailures = 5

/** What of a run a sweep keeps; `flows` are undefined where the simulation did not begin. */
export function rowOf(
  { index, cell }: Pick<SweepRow, 'index' | 'cell'>,
  scenario: Pick<Scenario, 'source'>,
  result: ScenarioResult,
  flows: Flows | undefined,
): SweepRow {
  const { seed, outcome, digest, endedAt } = result
  const { measured, sometimes } = factsOf(result)
  return {
    ...{ index, cell, seed, outcome, digest, endedAt, measured, sometimes },
    delays: flows === undefined ? [] : delayGroups(flows, scenario.source.cluster),
    failures: failuresOf(result)
      .slice(0, mostFailures)
      .map(({ place, what, found }) => ({ place, what, found })),
  }
}
