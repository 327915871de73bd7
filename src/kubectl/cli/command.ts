import type { FlagSpec, FlagValues } from './flags.ts'
import type { Session } from './session.ts'

/** A command asks to be gone on with when `until` holds, or `timeoutMs` have passed; it is told which it was. */
export interface Wait {
  readonly until: () => boolean
  readonly timeoutMs: number
}

/** Exit code at once, or after waiting any number of times. */
export type Outcome = number | Generator<Wait, number, boolean>

/** One command line, taken apart. */
export interface Call {
  /** `kubectl create secret generic`. */
  readonly path: string
  readonly args: readonly string[]
  readonly flags: FlagValues
  readonly session: Session
}

export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** One line in the list of its group. */
  readonly short: string
  /** What `kubectl NAME` prints first when it only groups others. */
  readonly long?: string
  /** The same from 1.21 on, where it differs. */
  readonly modernLong?: string
  readonly modernShort?: string
  readonly modernUsage?: string
  readonly flags?: readonly FlagSpec[]
  readonly children?: readonly Command[]
  run?(call: Call): Outcome
  /** From this kubectl minor version on. */
  readonly since?: number
  /** Up to and without this minor version. */
  readonly until?: number
}
