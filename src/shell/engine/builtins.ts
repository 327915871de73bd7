/** Commands that are part of the shell. Source: POSIX XCU 2.14; bash(1); busybox shell/ash.c, builtintab. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { toByteText } from '../byte-text.ts'
import { echo } from '../tools/echo.ts'
import { printf } from '../tools/printf.ts'
import { test } from '../tools/test.ts'
import type { Tool } from '../tools/tool.ts'
import { findTool } from '../tools/tools.ts'
import { mapfile } from './array-builtins.ts'
import { type Builtin, type BuiltinCall, complain, mistakeCode } from './builtin.ts'
import { openInput } from './devices.ts'
import { arithmetic } from './expansion.ts'
import { jobs, killBuiltin, trap, wait } from './job-builtins.ts'
import { exitWith, type Jump, type Outcome, type Shell } from './shell.ts'
import { Input } from './streams.ts'
import { toolContext } from './tool-context.ts'
import { declare, exportBuiltin, getopts, local, read, readOnly, set, shift, unset } from './variable-builtins.ts'

/** A tool that shells have too: it speaks in the shell's name. */
const asBuiltin =
  (tool: Tool): Builtin =>
  (call) => {
    const { name, args, shell, streams, engine } = call
    return tool({ ...toolContext(name, args, shell, streams, engine), prefix: shell.dialect.toolPrefix(shell, name) })
  }

const cd: Builtin = (call) => {
  const { args, shell, streams } = call
  const operands = args.filter((arg) => arg !== '-P' && arg !== '-L' && arg !== '--')
  if (operands.length > 1 && shell.dialect.name === 'bash') return complain(call, 'too many arguments', 1)
  const [said] = operands
  const target = said === '-' ? shell.variables.get('OLDPWD') : (said ?? shell.variables.get('HOME'))
  if (target === undefined) {
    if (shell.dialect.name === 'ash' && said === undefined) return 0
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
    if (isLoop && shell.loops === 0)
      return shell.dialect.name === 'bash'
        ? complain(call, "only meaningful in a `for', `while', or `until' loop", 0)
        : 0
    if (arg !== undefined && !/^[-+]?\d+$/.test(arg)) {
      if (shell.dialect.name === 'ash') {
        complain(call, `Illegal number: ${arg}`, 2)
        return exitWith(2)
      }
      return exitWith(complain(call, `${arg}: numeric argument required`, isLoop ? 128 : 2))
    }
    const number = arg === undefined ? undefined : Number(arg)
    if (!isLoop) return { kind, code: (number ?? shell.status) & 255, levels: 0 }
    return { kind, code: 0, levels: Math.max(1, number ?? 1) }
  }

function* evalBuiltin({ args, shell, streams, engine }: BuiltinCall): Steps<Outcome> {
  return yield* engine.runText(args.join(' '), shell, streams, 'eval')
}

function* source(call: BuiltinCall): Steps<Outcome> {
  const { args, shell, streams, engine } = call
  const [path, ...positional] = args
  const isBash = shell.dialect.name === 'bash'
  if (path === undefined) return isBash ? complain(call, 'filename argument required', 2) : 0
  if (shell.world.assumed?.('.', [path]) !== undefined) return 0
  const input = openInput(path, shell, streams)
  if (!(input instanceof Input)) {
    const text = errorText(input)
    if (isBash) streams.err.write(`${shell.dialect.prefix(shell)}${path}: ${text}\n`)
    else complain(call, `can't open '${path}': ${text}`, 2)
    return isBash ? 1 : exitWith(2)
  }
  const text = yield* input.all((length) => shell.budget.hold(length))
  const before = shell.positional
  if (positional.length > 0) shell.positional = positional
  const outcome = yield* engine.runText(text, shell, streams, path)
  if (positional.length > 0) shell.positional = before
  return typeof outcome !== 'number' && outcome.kind === 'return' ? outcome.code : outcome
}

const type: Builtin = (call) => {
  const { args, shell, streams } = call
  let code = 0
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const found = describe(name, shell)
    if (args[0] === '-t' && found !== undefined) streams.out.write(`${found.kind}\n`)
    else if (args[0] === '-p') streams.out.write(found?.kind === 'file' ? `${found.path}\n` : '')
    else if (found === undefined) {
      if (shell.dialect.name === 'bash') code = complain(call, `${name}: not found`, 1)
      else {
        streams.out.write(`${name}: not found\n`)
        code = 127
      }
    } else streams.out.write(`${name} is ${found.text}\n`)
  }
  return code
}

/** What a name stands for. */
function describe(
  name: string,
  shell: Shell,
): { readonly kind: string; readonly text: string; readonly path: string } | undefined {
  if (keywords.has(name)) return { kind: 'keyword', text: 'a shell keyword', path: name }
  if (shell.functions.has(name)) return { kind: 'function', text: 'a function', path: name }
  if (findBuiltin(name, shell) !== undefined) {
    const isSpecialInAsh = shell.dialect.name === 'ash' && specialBuiltins.has(name)
    return { kind: 'builtin', text: isSpecialInAsh ? 'a special shell builtin' : 'a shell builtin', path: name }
  }
  if (shell.world.program(name) === undefined && findTool(name, shell) === undefined) return undefined
  const path = `${shell.dialect.name === 'bash' ? '/usr/bin' : '/bin'}/${name}`
  return { kind: 'file', text: path, path }
}

const keywords = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  '{',
  '}',
  '!',
  'in',
])

function* command(call: BuiltinCall): Steps<Outcome> {
  const { args, shell, streams, engine } = call
  const [first, ...rest] = args[0] === '-p' ? args.slice(1) : args
  if (first === '-v' || first === '-V') {
    let code = 0
    for (const name of rest) {
      const found = describe(name, shell)
      if (found !== undefined) streams.out.write(first === '-v' ? `${found.path}\n` : `${name} is ${found.text}\n`)
      else code = shell.dialect.name === 'bash' ? 1 : 127
      if (found === undefined && first === '-V')
        shell.dialect.name === 'bash'
          ? complain(call, `${name}: not found`, 1)
          : streams.out.write(`${name}: not found\n`)
    }
    return code
  }
  if (first === undefined) return 0
  const builtin = findBuiltin(first, shell)
  if (builtin === undefined) return yield* engine.runProgram([first, ...rest], shell, streams)
  const ran = builtin({ ...call, name: first, args: rest })
  return typeof ran === 'number' || 'kind' in ran ? ran : yield* ran
}

/** The redirections of `exec` alone are dealt with before it is called; see `runSimple`. */
function* exec({ args, shell, streams, engine }: BuiltinCall): Steps<Outcome> {
  if (args.length === 0) return 0
  shell.isReplaced = true
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

const letBuiltin: Builtin = ({ args, shell }) => {
  let value = '0'
  for (const arg of args) value = arithmetic(arg, shell)
  return value === '0' ? 1 : 0
}

const umask: Builtin = ({ args, streams }) => {
  if (args.length === 0) streams.out.write('0022\n')
  return 0
}

/** What a real shell has and podsim does not: said so. */
const refused =
  (what: string): Builtin =>
  ({ shell, streams }) => {
    streams.err.write(`${shell.dialect.prefix(shell)}podsim does not simulate ${what}\n`)
    return exitWith(2)
  }

/** Limits are set as they are asked for: no program here uses so much. Without an argument of its own it tells the usual one. */
const ulimit: Builtin = ({ args, streams }) => {
  if (args.every((arg) => arg.startsWith('-'))) streams.out.write('unlimited\n')
  return 0
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
  type,
  command,
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
  hash: () => 0,
  times: ({ streams }) => {
    streams.out.write('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n')
    return 0
  },
  fg: refused('fg'),
  bg: refused('bg'),
  ulimit,
  alias: refused('alias'),
  unalias: refused('unalias'),
}

/** The builtin of a name in this kind of shell. */
export function findBuiltin(name: string, shell: Pick<Shell, 'dialect'>): Builtin | undefined {
  if (!Object.hasOwn(builtins, name) || shell.dialect.lacks.has(name)) return undefined
  return builtins[name]
}

const specialBuiltins = new Set([
  ...[':', '.', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'unset', 'break', 'continue'],
  ...['trap', 'times', 'source'],
])

/** Builtins whose assignments stay in the shell and whose mistakes end it. Source: POSIX XCU 2.14. */
export function isSpecial(name: string, shell: Shell): boolean {
  return specialBuiltins.has(name) && !shell.functions.has(name)
}
