/** Thrown when podsim itself is wrong. It ends the run; the command line turns it into exit code 70. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Ends the run if `condition` does not hold: what is broken is podsim, never the user's input or the simulated cluster. */
export function invariant(condition: unknown, rule: string, found?: unknown): asserts condition {
  if (condition) return
  throw new InvariantError(found === undefined ? rule : `${rule}; found ${String(found)}`)
}
