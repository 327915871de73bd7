import type { ServedSim } from '../sim/served-sim.ts'
import type { ServedClock } from './clock.ts'
import type { OpenStreams } from './http/open-streams.ts'

/** What everything that answers requests shares. */
export interface Room {
  readonly served: ServedSim
  readonly clock: ServedClock
  /** The administrator's. */
  readonly token: string
  readonly streams: OpenStreams
  /** Something that podsim did wrong: told to whoever runs the server. The server goes on. */
  readonly complain: (what: string, error: unknown) => void
  /** Calls a function whenever virtual time may have gone on or something happened. Returns how it is called no longer. */
  onMove(listener: () => void): () => void
}
