import type { ServedSim } from '../sim/served-sim.ts'
import type { ServedClock } from './clock.ts'
import type { OpenFaults } from './control-faults.ts'
import type { OpenStreams } from './http/open-streams.ts'
import type { Recorder } from './recorder.ts'

/** What everything that answers requests shares. */
export interface Room {
  readonly served: ServedSim
  readonly clock: ServedClock
  /** The administrator's. */
  readonly token: string
  readonly streams: OpenStreams
  /** Writes down what is done; undefined: nobody asked for it. */
  readonly recorder: Recorder | undefined
  readonly faults: OpenFaults
  /** A number for the next accident. */
  nextFault(): number
  /** Something that podsim did wrong: told to whoever runs the server. The server goes on. */
  readonly complain: (what: string, error: unknown) => void
}
