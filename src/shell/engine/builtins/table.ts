/** Commands that are part of the shell. Source: POSIX XCU 2.14; bash(1); busybox shell/ash.c, builtintab. */
import { errorText } from '../../../fs/error-text.ts'
import type { Steps } from '../../../kernel/steps.ts'
import { type ByteText, toByteText } from '../../byte-text.ts'
import { echo } from '../../tools/echo.ts'
import { printf } from '../../tools/printf.ts'
import { test } from '../../tools/test.ts'
import type { Tool } from '../../tools/tool.ts'
import { openInput } from '../devices.ts'
import { codeOf, exitWith, type Jump, type Outcome, type Shell } from '../shell.ts'
import { Input } from '../streams.ts'
import { toolContext } from '../tool-context.ts'
import { runTrapOf } from '../traps.ts'
import { arithmetic, ExpansionError } from '../words/expansion.ts'
import { mapfile } from './arrays.ts'
import { ashNumber, ashOptions, type Builtin, type BuiltinCall, complain, mistakeCode, raise } from './builtin.ts'
import { getopts } from './getopts.ts'
import { jobs, killBuiltin, trap, wait } from './jobs.ts'
import { ulimit, umask } from './limits.ts'
import { alias, hashWith, isFound, runCommandWord, typeWith, unalias } from './names.ts'
import { read } from './read.ts'
import { set } from './set.ts'
import { declare, exportBuiltin, local, readOnly, shift, unset } from './variables.ts'

/** A tool that shells have too: it speaks in the shell's name. */
const asBuiltin =
  (tool: Tool): Builtin =>
  (call) => {
    const { name, args, shell, streams, engine } = call
    return tool({ ...toolContext(name, args, shell, streams, engine), prefix: shell.dialect.toolPrefix(shell, name) })
  }

const cd: Builtin = (call) => {
  const { args, shell, streams } = call
  const options = ashOptions(args, 'LP')
  if (typeof options === 'string' && shell.dialect.name === 'ash') return raise(call, options)
  const operands = args.filter((arg) => !/^-[LPe@]+$|^--$/.test(arg))
  if (operands.length > 1 && shell.dialect.name === 'bash') return complain(call, 'too many arguments', 1)
  const [said] = operands
  const target = said === '-' ? shell.variables.get('OLDPWD') : (said ?? shell.variables.get('HOME'))
  if (target === undefined) {
    if (shell.dialect.name === 'ash') {
      if (said === '-') streams.out.write(`${toByteText(shell.directory)}\n`)
      return 0
    }
    return complain(call, said === '-' ? 'OLDPWD not set' : 'HOME not set', mistakeCode(shell))
  }
  const path = args.includes('-P') ? realPath(shell, target) : shell.logicalPath(target === '' ? '.' : target)
  // A directory that the image may have is made.
  if (shell.world.assumed?.('cd', [toByteText(path)]) !== undefined) shell.world.files.mkdirAll(path, 0o755)
  const stat = shell.world.files.stat(path)
  const isDirectory = stat.ok && stat.value.type === 'directory'
  const entered = isDirectory
    ? shell.world.files.access(path, 1)
    : stat.ok
      ? ({ ok: false, code: 'ENOTDIR' } as const)
      : stat
  if (!entered.ok) {
    const text = errorText(entered.code)
    const shown = said === '-' ? target : (said ?? target)
    return complain(
      call,
      shell.dialect.name === 'bash' ? `${shown}: ${text}` : `can't cd to ${shown}: ${text}`,
      mistakeCode(shell),
    )
  }
  shell.set('OLDPWD', toByteText(shell.directory))
  shell.directory = path
  shell.set('PWD', toByteText(path))
  if (said === '-') streams.out.write(`${toByteText(path)}\n`)
  return 0
}

function realPath(shell: Shell, target: string): string {
  const real = shell.world.files.realpath(shell.path(target))
  return real.ok ? real.value : shell.logicalPath(target)
}

const pwd: Builtin = ({ args, shell, streams }) => {
  streams.out.write(`${toByteText(args.includes('-P') ? realPath(shell, '.') : shell.directory)}\n`)
  return 0
}

const jump =
  (kind: Jump['kind']): Builtin =>
  (call) => {
    const { args, shell } = call
    const [arg] = args[0] === '--' ? args.slice(1) : args
    const isLoop = kind === 'break' || kind === 'continue'
    if (shell.dialect.name === 'ash') {
      const number = arg === undefined ? undefined : ashNumber(arg)
      if (typeof number === 'string') return raise(call, number)
      if (isLoop && number === 0) return raise(call, 'Illegal number: 0')
    }
    if (isLoop && shell.loops === 0)
      return shell.dialect.name === 'bash'
        ? complain(call, "only meaningful in a `for', `while', or `until' loop", 0)
        : 0
    const isBash = shell.dialect.name === 'bash'
    if (kind === 'return' && isBash && shell.locals.length === 0 && shell.sourcing === 0)
      return complain(call, "can only `return' from a function or sourced script", 2)
    if (isBash && args.length > 1 && arg !== undefined && /^[-+]?\d+$/.test(arg)) {
      complain(call, 'too many arguments', 1)
      return isLoop || kind === 'return' ? exitWith(1) : 1
    }
    if (arg !== undefined && !/^[-+]?\d+$/.test(arg) && kind === 'return' && isBash)
      return { kind, code: complain(call, `${arg}: numeric argument required`, 2), levels: 0 }
    if (arg !== undefined && !/^[-+]?\d+$/.test(arg))
      return exitWith(complain(call, `${arg}: numeric argument required`, isLoop ? 128 : 2))
    const number = arg === undefined ? undefined : Number(arg)
    if (isLoop && isBash && number !== undefined && number < 1)
      return { kind: 'break', code: complain(call, `${arg}: loop count out of range`, 1), levels: shell.loops }
    if (!isLoop) return { kind, code: (number ?? shell.status) & 255, levels: 0 }
    return { kind, code: 0, levels: Math.max(1, number ?? 1) }
  }

function* evalBuiltin({ args, shell, streams, engine }: BuiltinCall): Steps<Outcome> {
  return yield* engine.runText(args.join(' '), shell, streams, 'eval')
}

function* source(call: BuiltinCall): Steps<Outcome> {
  const { args, shell, streams, engine } = call
  const [path, ...positional] = args[0] === '--' ? args.slice(1) : args
  const isBash = shell.dialect.name === 'bash'
  if (path === undefined)
    return isBash
      ? complain(call, `filename argument required\n${call.name}: usage: ${call.name} filename [arguments]`, 2)
      : 2
  if (shell.world.assumed?.('.', [path]) !== undefined) return 0
  const along = path.includes('/') ? path : sourcedAlongPath(path, shell)
  // Only bash looks into the directory where it is, too.
  if (along === undefined && !isBash) return raise(call, `${path}: not found`)
  const input = openInput(along ?? path, shell, streams)
  if (!(input instanceof Input)) {
    const text = errorText(input)
    if (isBash) streams.err.write(`${shell.dialect.prefix(shell)}${path}: ${text}\n`)
    return isBash ? 1 : raise(call, `can't open '${path}': ${text}`)
  }
  const text = yield* input.all((length) => shell.budget.hold(length))
  const before = shell.positional
  if (positional.length > 0) shell.positional = positional
  const { commandName } = shell
  shell.commandName = along ?? path
  shell.sourcing++
  const outcome = yield* engine.runText(text, shell, streams, path)
  shell.status = codeOf(outcome)
  const jump = yield* runTrapOf('RETURN', shell, streams, engine)
  shell.sourcing--
  shell.commandName = commandName
  if (positional.length > 0) shell.positional = before
  if (jump !== undefined) return jump
  return typeof outcome !== 'number' && outcome.kind === 'return' ? outcome.code : outcome
}

/** A file of that name along PATH, which need not be one to run. Source: busybox shell/ash.c, find_dot_file; bash(1), source. */
function sourcedAlongPath(name: ByteText, shell: Shell): ByteText | undefined {
  for (const directory of shell.get('PATH').split(':')) {
    const path = `${directory === '' ? '.' : directory}/${name}`
    const stat = shell.world.files.stat(shell.path(path))
    if (stat.ok && stat.value.type === 'file') return path
  }
  return undefined
}

/** The redirections of `exec` alone are dealt with before it is called; see `runSimple`. */
function* exec({ args, shell, streams, engine }: BuiltinCall): Steps<Outcome> {
  if (args.length === 0) return 0
  shell.isReplaced = true
  const isThere = args[0]?.includes('/') === true || isFound(args[0] ?? '', shell)
  // Source: bash builtins/exec.def: it looks for the program before it gives itself up.
  if (!isThere && shell.dialect.name === 'bash' && shell.world.assumed?.(args[0] ?? '', args.slice(1)) === undefined)
    return exitWith(complain({ args, shell, streams, engine, name: 'exec' }, `${args[0]}: not found`, 127))
  const code = yield* engine.runProgram(args, shell, streams)
  // The shell is gone: its traps do not run.
  shell.traps.delete('EXIT')
  return exitWith(code)
}

function* builtinCommand(call: BuiltinCall): Steps<Outcome> {
  const [name = '', ...args] = call.args
  const builtin = findBuiltin(name, call.shell)
  if (builtin === undefined) return complain(call, `${name}: not a shell builtin`, 1)
  return yield* call.engine.runNamed([name, ...args], call.shell, call.streams)
}

const letBuiltin: Builtin = (call) => {
  const { args, shell } = call
  let value = '0'
  try {
    for (const arg of args) value = arithmetic(arg, shell)
  } catch (error) {
    if (!(error instanceof ExpansionError) || shell.dialect.name === 'ash') throw error
    return complain(call, error.message, 1)
  }
  return value === '0' ? 1 : 0
}

/** What a real shell has and podsim does not: said so. */
const refused =
  (what: string): Builtin =>
  ({ shell, streams }) => {
    streams.err.write(`${shell.dialect.prefix(shell)}podsim does not simulate ${what}\n`)
    return exitWith(2)
  }

function hasBuiltin(name: string, shell: Shell): boolean {
  return findBuiltin(name, shell) !== undefined
}

function* commandBuiltin(call: BuiltinCall): Steps<Outcome> {
  return yield* runCommandWord(call, findBuiltin)
}

/** `source` of bash's `.`; what only bash has stands in its dialect's list. */
const builtins: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  cd,
  pwd,
  echo: asBuiltin(echo),
  printf: asBuiltin(printf),
  test: asBuiltin(test),
  '[': asBuiltin(test),
  '[[': asBuiltin(test),
  export: exportBuiltin,
  readonly: readOnly,
  local,
  declare,
  typeset: declare,
  unset,
  set,
  shift,
  read,
  mapfile,
  readarray: mapfile,
  getopts,
  exit: jump('exit'),
  return: jump('return'),
  break: jump('break'),
  continue: jump('continue'),
  eval: evalBuiltin,
  source,
  '.': source,
  type: typeWith(hasBuiltin),
  command: commandBuiltin,
  builtin: builtinCommand,
  exec,
  let: letBuiltin,
  wait,
  kill: killBuiltin,
  trap,
  jobs,
  umask,
  shopt: () => 0,
  history: () => 0,
  hash: hashWith(hasBuiltin),
  times: ({ streams }) => {
    streams.out.write('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n')
    return 0
  },
  fg: refused('fg'),
  bg: refused('bg'),
  ulimit,
  alias,
  unalias,
}

/** The builtin of a name in this kind of shell. */
export function findBuiltin(name: string, shell: Pick<Shell, 'dialect'>): Builtin | undefined {
  if (!Object.hasOwn(builtins, name) || shell.dialect.lacks.has(name)) return undefined
  return builtins[name]
}
