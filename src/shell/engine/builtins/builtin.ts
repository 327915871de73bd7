import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import type { Engine } from '../engine.ts'
import { exitWith, type Outcome, type Shell } from '../shell.ts'
import type { Streams } from '../streams.ts'

/** A builtin that is called. */
export interface BuiltinCall {
  readonly name: string
  readonly args: readonly ByteText[]
  readonly shell: Shell
  readonly streams: Streams
  readonly engine: Engine
  /** Called by `command`, where no builtin is a special one. */
  readonly isPlain?: boolean
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

const specialBuiltins = new Set([
  ...[':', '.', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'unset', 'break', 'continue'],
  ...['trap', 'times', 'source', 'local'],
])

/** Builtins whose assignments stay in the shell and whose mistakes end it. Source: POSIX XCU 2.14; busybox shell/ash.c, builtintab. */
export function isSpecial(name: string, shell: Shell): boolean {
  return specialBuiltins.has(name) && !shell.functions.has(name)
}

/** A mistake that ends ash where the builtin is a special one. Source: busybox shell/ash.c, ash_msg_and_raise_error, evalcommand. */
export function raise(call: BuiltinCall, message: ByteText): Outcome {
  complain(call, message, 2)
  return raised(call)
}

/** The same where the words were told already. */
function raised({ name, shell, isPlain }: BuiltinCall): Outcome {
  return isPlain !== true && isSpecial(name, shell) ? exitWith(2) : 2
}

/** A number as ash's builtins read it; a text is what is wrong with it. Source: busybox shell/ash.c, number. */
export function ashNumber(text: ByteText): number | string {
  return /^\d+$/.test(text) && Number(text) <= 0x7fffffff ? Number(text) : `Illegal number: ${text}`
}

/** What ash's nextopt makes of arguments: letters with their values, and what is left. */
export interface AshOptions {
  readonly given: ReadonlyMap<string, ByteText>
  readonly operands: readonly ByteText[]
}

/** Options of one of ash's builtins (`p:u:r`); a text is what is wrong with them. Source: busybox shell/ash.c, nextopt. */
export function ashOptions(args: readonly ByteText[], letters: string): AshOptions | string {
  const given = new Map<string, ByteText>()
  let at = 0
  for (; /^-./.test(args[at] ?? ''); at++) {
    const arg = args[at] ?? ''
    if (arg === '--') return { given, operands: args.slice(at + 1) }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg.charAt(i)
      const place = letter === ':' ? -1 : letters.indexOf(letter)
      if (place < 0) return `illegal option -${letter}`
      if (letters.charAt(place + 1) !== ':') {
        given.set(letter, '')
        continue
      }
      const value = i + 1 < arg.length ? arg.slice(i + 1) : args[++at]
      if (value === undefined) return `no arg for -${letter} option`
      given.set(letter, value)
      break
    }
  }
  return { given, operands: args.slice(at) }
}
