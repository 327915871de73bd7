import type { Together } from '../report/aggregate.ts'
import type { Outcome } from '../scenario/result.ts'

/** What the command's exit code says. */
export const exitCodes = {
  passed: 0,
  /** An expectation or an invariant failed. */
  failed: 1,
  /** Wrong arguments, or a scenario that cannot be loaded: nothing ran. */
  usage: 2,
  /** It cannot be said: the event budget ran out, or nothing was selected. */
  inconclusive: 3,
  /** podsim is broken. */
  internal: 70,
  /** Ended by SIGINT. */
  interrupted: 130,
  /** A server that SIGTERM ended. */
  terminated: 143,
} as const

/** The worst of all: podsim's own mistake, an interruption, a file's mistake, a failure. */
export function exitCodeOf(outcomes: readonly Outcome[], invalid: number, together: readonly Together[]): number {
  // What only many runs can say is no failing of one alone.
  const judged = together.filter(({ runs }) => runs > 1).flatMap((each) => each.judged)
  if (outcomes.includes('broken')) return exitCodes.internal
  if (outcomes.includes('interrupted')) return exitCodes.interrupted
  if (invalid > 0) return exitCodes.usage
  if (outcomes.includes('failed') || judged.some(({ outcome }) => outcome === 'failed')) return exitCodes.failed
  const isOpen = outcomes.includes('inconclusive') || judged.some(({ outcome }) => outcome === 'inconclusive')
  return isOpen ? exitCodes.inconclusive : exitCodes.passed
}
