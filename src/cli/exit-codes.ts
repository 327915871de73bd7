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
