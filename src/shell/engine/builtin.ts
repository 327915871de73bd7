import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import type { Engine } from './engine.ts'
import type { Outcome, Shell } from './shell.ts'
import type { Streams } from './streams.ts'

/** A builtin that is called. */
export interface BuiltinCall {
  readonly name: string
  readonly args: readonly ByteText[]
  readonly shell: Shell
  readonly streams: Streams
  readonly engine: Engine
}

/** A command that is part of the shell; it ends at once or after waiting. */
export type Builtin = (call: BuiltinCall) => Outcome | Steps<Outcome>

/** Tells a builtin's mistake in the shell's own form. */
export function complain({ name, shell, streams }: BuiltinCall, message: ByteText, code: number): number {
  streams.err.write(`${shell.dialect.builtinPrefix(shell, name)}${message}\n`)
  return code
}

/** The exit code of a builtin's mistake: 1 in bash, 2 in ash. */
export function mistakeCode({ dialect }: Shell): number {
  return dialect.name === 'bash' ? 1 : 2
}
