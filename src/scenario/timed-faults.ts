import { formatDuration } from '../sim/duration.ts'
import type { Sim } from '../sim/sim.ts'
import { SimUsageError } from '../sim/usage-error.ts'
import { faultsOf } from './act.ts'
import type { Step, TimedFault } from './model.ts'

/** Accidents of a scenario that have times of their own: they begin whatever its steps do then. */

/** One that did not take place, as the step that it would have been, and why. */
export interface MissedFault {
  readonly step: Step
  readonly problem: string
}

/**
 * Lets each begin at its time; of one instant in the order of the file, and after all that was due in it. The
 * function that is given back says at the end of the run which did not take place, in the order of the file.
 */
export function beginInTime(sim: Sim, faults: readonly TimedFault[]): () => readonly MissedFault[] {
  const problems = new Map<TimedFault, string | undefined>()
  for (const timed of faults) {
    sim.at(timed.atMs, () => {
      problems.set(timed, problemOf(sim, timed))
    })
  }
  return () =>
    faults.flatMap((timed) => {
      const problem = problems.has(timed)
        ? problems.get(timed)
        : `its time, ${formatDuration(timed.atMs)}, did not come: the run ended at ${formatDuration(sim.now())}`
      return problem === undefined ? [] : [{ step: stepOf(timed), problem }]
    })
}

function problemOf(sim: Sim, { fault }: TimedFault): string | undefined {
  try {
    for (const each of faultsOf(sim, fault)) sim.fault(each)
    return undefined
  } catch (error) {
    // What it means is known only now: a container that does not run is not killed.
    if (error instanceof SimUsageError) return error.message
    throw error
  }
}

function stepOf({ place, atMs, fault }: TimedFault): Step {
  return {
    place,
    time: { kind: 'at', ms: atMs },
    say: undefined,
    ask: undefined,
    action: { kind: 'fault', fault },
    output: undefined,
    expectations: [],
    capture: {},
    continues: true,
  }
}
