import { createObservedSim } from './create-sim.ts'
import type { SimOptions } from './options.ts'
import type { OutsideView } from './outside.ts'
import type { Sim } from './sim.ts'

/** A simulation that is offered to clients outside of it. */
export interface ServedSim extends OutsideView {
  readonly sim: Sim
}

/**
 * A simulation to be served. Its journal leaves the chatter out unless it is asked for: who only reads changes nothing, not even the
 * digest, so that a recording of the writes repeats the run.
 */
export function createServedSim(options: SimOptions): ServedSim {
  const { sim, outside } = createObservedSim({ journal: 'summary', invariants: false, ...options })
  return { ...outside, sim }
}
