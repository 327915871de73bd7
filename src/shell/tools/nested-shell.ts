/** bash and sh as programs. Source: bash(1), OPTIONS; busybox shell/ash.c, procargs. */

import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { markCalled, setOption } from '../engine/builtins/set.ts'
import { openInput } from '../engine/devices.ts'
import { ash, bash, type Dialect } from '../engine/dialect.ts'
import type { Engine } from '../engine/engine.ts'
import { inProcess } from '../engine/own-process.ts'
import { codeOf, Shell, type ShellSetup } from '../engine/shell.ts'
import { Input, type Streams } from '../engine/streams.ts'

import type { Tool } from './tool.ts'

/** What a shell is started with, without what its own command line says. */
export type ShellBase = Omit<ShellSetup, 'name' | 'program' | 'commandName' | 'positional'>

/** A shell with a script to run, or what is wrong with its command line. */
export interface StartedShell {
  readonly shell: Shell
  readonly text: ByteText
  readonly origin: string
  /** Its script is still to come, a line at a time. */
  readonly isLive?: boolean
}

/** What a shell's own command line says. */
interface ShellArguments {
  readonly switches: readonly { readonly name: string; readonly on: boolean }[]
  readonly isCommand: boolean
  readonly isInput: boolean
  readonly operands: readonly ByteText[]
}

/** Options before the script; a text is an unknown one. Source: busybox shell/ash.c, options, procargs; bash shell.c. */
function sorted(args: readonly ByteText[]): ShellArguments {
  const switches: { readonly name: string; readonly on: boolean }[] = []
  let isCommand = false
  let isInput = false
  let at = 0
  for (; at < args.length && /^[-+]/.test(args[at] ?? ''); at++) {
    const arg = args[at] ?? ''
    if (arg === '--' || arg === '-') {
      at++
      break
    }
    if (arg.startsWith('--')) continue
    for (const letter of arg.slice(1)) {
      if (letter === 'c') isCommand = true
      else if (letter === 's') isInput = true
      else if (letter === 'o') switches.push({ name: args[++at] ?? '', on: arg.startsWith('-') })
      else if (letter !== 'i' && letter !== 'l') switches.push({ name: letter, on: arg.startsWith('-') })
    }
  }
  return { switches, isCommand, isInput, operands: args.slice(at) }
}

/** `sh -c SCRIPT [NAME ARG...]`, `sh FILE [ARG...]`, `sh` with the script on standard input; a number is an exit code. */
export function* startShell(
  command: ByteText,
  args: readonly ByteText[],
  base: ShellBase,
  streams: Streams,
  isLive = false,
): Steps<StartedShell | number> {
  const { switches, isCommand, isInput, operands } = sorted(args)
  const [first, ...rest] = operands
  const isBash = base.dialect.name === 'bash'
  let refused: number | undefined
  const make = (name: ByteText, positional: readonly ByteText[], called: string, commandName?: ByteText): Shell => {
    const shell = new Shell({ ...base, name, program: command, positional, commandName })
    if (called !== '') markCalled(shell, called)
    for (const { name: option, on } of switches) {
      if (setOption(shell, option, on)) continue
      const sign = on ? '-' : '+'
      const asked = option.length === 1 ? `${sign}${option}` : isBash ? option : `${sign}o ${option}`
      const words = isBash ? `${asked}: invalid option${option.length === 1 ? '' : ' name'}` : `illegal option ${asked}`
      if (refused === undefined) streams.err.write(`${command}: ${words}\n`)
      refused = 2
    }
    return shell
  }
  if (isCommand) {
    const [name = command, ...positional] = rest
    const shell = make(name, positional, 'c', rest.length > 0 ? name : undefined)
    if (refused !== undefined) return refused
    if (first !== undefined) return { shell, text: first, origin: '-c' }
    streams.err.write(
      isBash ? `${command}: -c: option requires an argument\n` : `${command}: -c requires an argument\n`,
    )
    return 2
  }
  const isFile = first !== undefined && !isInput
  const shell = isFile ? make(first, rest, '', first) : make(command, isInput ? operands : [], 's')
  if (refused !== undefined) return refused
  if (!isFile) {
    if (isLive) return { shell, text: '', origin: command, isLive }
    return { shell, text: yield* streams.stdin.all((length) => base.budget.hold(length)), origin: command }
  }
  const input = openInput(first, shell, streams)
  if (input instanceof Input)
    return { shell, text: yield* input.all((length) => base.budget.hold(length)), origin: first }
  streams.err.write(
    isBash ? `${command}: ${first}: ${errorText(input)}\n` : `${command}: can't open '${first}': ${errorText(input)}\n`,
  )
  return isBash && input !== 'ENOENT' ? 126 : isBash ? 127 : 2
}

/** Runs a shell to its end, its EXIT trap included. */
export function* runShell({ shell, text, origin }: StartedShell, streams: Streams, engine: Engine): Steps<number> {
  shell.status = codeOf(yield* engine.runText(text, shell, streams, origin))
  return yield* engine.leave(shell, streams)
}

/** Which kind of shell a name is, where it stands in one of a kind. */
function dialectOf(name: string, around: Dialect): Dialect {
  return name === 'bash' ? bash : name === 'ash' ? ash : around
}

export const nestedShell: Tool = function* nestedShell({ name, args, shell, streams, engine }): Steps<number> {
  const { world, budget, directory } = shell
  shell.goDeeper()
  const dialect = dialectOf(name, shell.dialect)
  const environment = shell.environment()
  return yield* inProcess(shell, streams, [name, ...args].join(' '), function* runsShell(pid, isThere) {
    const started = yield* startShell(
      name,
      args,
      { world, budget, directory, pid, parentPid: shell.pid, dialect, environment },
      streams,
    )
    if (typeof started === 'number') return started
    started.shell.depth = shell.depth + 1
    isThere(started.shell)
    return yield* runShell(started, streams.with({}), engine)
  })
}
