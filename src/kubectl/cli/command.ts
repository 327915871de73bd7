import type { Steps } from '../../kernel/steps.ts'
import type { FlagSpec, FlagValues } from './flags.ts'
import type { Session } from './session.ts'

/** Exit code at once, or after waiting any number of times. */
export type Outcome = number | Steps<number>

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
  /** Behind the name, where kubectls of all versions have it alike. */
  readonly usage?: string
  /** Examples between description and list, where it is told on standard output, and with which exit code. */
  readonly listing?: {
    readonly exitCode: number
    long?(minor: number): string | undefined
    examples?(minor: number): string
  }
  readonly flags?: readonly FlagSpec[]
  readonly children?: readonly Command[]
  run?(call: Call): Outcome
  /** From this kubectl minor version on. */
  readonly since?: number
  /** Up to and without this minor version. */
  readonly until?: number
}
