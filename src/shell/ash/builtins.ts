import { errorText } from '../../fs/error-text.ts'
import { joinPath } from '../../fs/path.ts'
import { toBytes, toText } from '../bytes-text.ts'
import type { Wait } from '../program.ts'
import { isSimulatedTool } from '../tools/applets.ts'
import { echoText } from '../tools/echo.ts'
import { formatPrintf } from '../tools/printf.ts'
import { evaluateTest } from '../tools/test.ts'
import { parseScript } from './parser.ts'
import type { Jump, Outcome, Run, ShellIo, ShellState } from './state.ts'
import type { Node, Script } from './syntax.ts'

export interface BuiltinCall {
  readonly argv: readonly string[]
  readonly state: ShellState
  readonly io: ShellIo
  readonly engine: {
    readonly runScript: (script: Script, state: ShellState, io: ShellIo) => Run
    readonly runNode: (node: Node, state: ShellState, io: ShellIo) => Run
  }
  readonly runTool: (argv: readonly string[], state: ShellState, io: ShellIo) => Generator<Wait, number, void>
}
type Builtin = (call: BuiltinCall) => Run

/** A builtin that does not wait and does not run commands. */
const plain = (run: (call: BuiltinCall) => number | Outcome): Builtin =>
  // biome-ignore lint/correctness/useYield: all builtins are coroutines, some never wait
  function* builtin(call) {
    const result = run(call)
    return typeof result === 'number' ? { code: result } : result
  }

/** `sh: cd: line 1: ...`: what ash puts before a builtin's message in a script. */
function complain({ argv, state, io }: BuiltinCall, message: string, code = 2): number {
  io.err(toBytes(`${state.name}: ${argv[0]}: line 1: ${message}\n`))
  return code
}

const refused = (what: string): Builtin =>
  plain(({ state, io }) => {
    io.err(toBytes(`${state.name}: podsim does not simulate ${what}\n`))
    return { code: 2, jump: { kind: 'exit', levels: 0 } }
  })

const jump = (kind: Jump['kind']): Builtin =>
  plain(({ argv, state }) => {
    const number = argv[1] === undefined ? undefined : Number(argv[1])
    if (kind === 'exit' || kind === 'return')
      return { code: (number ?? state.lastCode) & 255, jump: { kind, levels: 0 } }
    return { code: 0, jump: { kind, levels: Math.max(1, number ?? 1) } }
  })

function changeDirectory(call: BuiltinCall): number {
  const { argv, state } = call
  const said = argv.filter((arg, index) => index > 0 && arg !== '-P' && arg !== '-L')[0]
  const target =
    said === '-' ? (state.variables.get('OLDPWD') ?? state.cwd) : (said ?? state.variables.get('HOME') ?? '/')
  const path = target.startsWith('/') ? joinPath(target) : joinPath(state.cwd, target)
  const stat = state.task.files.stat(path)
  const refusedBy = stat.ok
    ? stat.value.type === 'directory'
      ? state.task.files.access(path, 1)
      : ({ ok: false, code: 'ENOTDIR' } as const)
    : stat
  if (!refusedBy.ok) return complain(call, `can't cd to ${target}: ${errorText(refusedBy.code)}`)
  state.variables.set('OLDPWD', state.cwd)
  state.cwd = path
  state.variables.set('PWD', path)
  if (said === '-') call.io.out(toBytes(`${path}\n`))
  return 0
}

function declare(call: BuiltinCall, marked: Set<string>): number {
  const { argv, state, io } = call
  const words = argv.slice(1).filter((word) => word !== '-p')
  if (words.length === 0)
    for (const name of [...marked].sort()) {
      const value = state.variables.get(name)
      io.out(toBytes(`${argv[0]} ${name}${value === undefined ? '' : `='${value}'`}\n`))
    }
  for (const word of words) {
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    if (!/^[A-Za-z_]\w*$/.test(name)) return complain(call, `${name}: bad variable name`)
    if (equals !== -1) state.variables.set(name, word.slice(equals + 1))
    marked.add(name)
  }
  return 0
}

function setOptions(call: BuiltinCall): number {
  const { argv, state, io } = call
  const args = argv.slice(1)
  if (args.length === 0) {
    for (const [name, value] of [...state.variables].sort(([a], [b]) => (a < b ? -1 : 1)))
      io.out(toBytes(`${name}='${value.replaceAll("'", "'\\''")}'\n`))
    return 0
  }
  for (const [index, arg] of args.entries()) {
    if (arg === '--' || !/^[-+]/.test(arg)) {
      state.positional = arg === '--' ? args.slice(index + 1) : args.slice(index)
      return 0
    }
    const on = arg.startsWith('-')
    for (const letter of arg.slice(1)) {
      if (letter === 'e') state.exitsOnError = on
      else if (letter === 'u') state.refusesUnset = on
      else if (letter === 'x') state.traces = on
      else if (letter === 'o') return 0
      else return complain(call, `illegal option -${letter}`)
    }
  }
  return 0
}

function readLine({ argv, state, io }: BuiltinCall): number {
  const isRaw = argv.includes('-r')
  const names = argv.slice(1).filter((word) => !word.startsWith('-'))
  const bytes = io.stdin.line()
  if (bytes === undefined) {
    for (const name of names) state.variables.set(name, '')
    return 1
  }
  const text = isRaw ? toText(bytes) : toText(bytes).replace(/\\(.)/g, '$1')
  const ifs = state.variables.get('IFS') ?? ' \t\n'
  const isSeparator = (char: string) => ifs.includes(char)
  let rest = ifs === '' ? text : text.replace(/^[ \t]+|[ \t]+$/g, '')
  for (const [index, name] of (names.length === 0 ? ['REPLY'] : names).entries()) {
    const end = index >= names.length - 1 ? -1 : [...rest].findIndex(isSeparator)
    state.variables.set(name, end === -1 ? rest : rest.slice(0, end))
    rest = end === -1 ? '' : rest.slice(end + 1).replace(/^[ \t]+/, '')
  }
  return 0
}

function* runText(call: BuiltinCall, text: string): Run {
  const parsed = parseScript(text)
  if (parsed.ok) return yield* call.engine.runScript(parsed.script, call.state, call.io)
  call.io.err(toBytes(`${call.state.name}: ${parsed.message}\n`))
  return { code: 2, jump: { kind: 'exit', levels: 0 } }
}

function locate(call: BuiltinCall, isLong: boolean): number {
  const { argv, state, io } = call
  let code = 0
  for (const name of argv.slice(1).filter((word) => word !== '-v' && word !== '-V')) {
    const isBuiltin = Object.hasOwn(builtins, name)
    if (state.functions.has(name)) io.out(toBytes(isLong ? `${name} is a function\n` : `${name}\n`))
    else if (isBuiltin) io.out(toBytes(isLong ? `${name} is a shell builtin\n` : `${name}\n`))
    else if (isSimulatedTool(name)) io.out(toBytes(isLong ? `${name} is /bin/${name}\n` : `/bin/${name}\n`))
    else {
      if (isLong) io.out(toBytes(`${name}: not found\n`))
      code = 127
    }
  }
  return code
}

/** Commands that are part of the shell. Source: busybox shell/ash.c, builtintab. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ':': plain(() => 0),
  true: plain(() => 0),
  false: plain(() => 1),
  cd: plain(changeDirectory),
  pwd: plain(({ state, io }) => {
    io.out(toBytes(`${state.cwd}\n`))
    return 0
  }),
  echo: plain(({ argv, io }) => {
    io.out(echoText(argv.slice(1)))
    return 0
  }),
  printf: plain(({ argv, io, state }) => {
    const made = formatPrintf(argv.slice(1))
    io.out(made.output)
    if (made.error !== undefined) io.err(toBytes(`${state.name}: ${made.error}\n`))
    return made.error === undefined ? 0 : 1
  }),
  test: plain((call) => test(call, call.argv.slice(1))),
  '[': plain((call) => {
    if (call.argv.at(-1) !== ']') return complain(call, 'missing ]')
    return test(call, call.argv.slice(1, -1))
  }),
  export: plain((call) => declare(call, call.state.exported)),
  readonly: plain((call) => declare(call, call.state.readOnly)),
  local: plain((call) => declare(call, new Set())),
  unset: plain(({ argv, state }) => {
    for (const name of argv.slice(1).filter((word) => !word.startsWith('-'))) {
      if (argv[1] !== '-f') {
        state.variables.delete(name)
        state.exported.delete(name)
      } else state.functions.delete(name)
    }
    return 0
  }),
  set: plain(setOptions),
  shift: plain((call) => {
    const count = Number(call.argv[1] ?? '1')
    if (count > call.state.positional.length) return complain(call, "can't shift that many")
    call.state.positional = call.state.positional.slice(count)
    return 0
  }),
  read: plain(readLine),
  exit: jump('exit'),
  return: jump('return'),
  break: jump('break'),
  continue: jump('continue'),
  wait: plain(() => 0),
  type: plain((call) => locate(call, true)),
  *eval(call) {
    return yield* runText(call, call.argv.slice(1).join(' '))
  },
  *'.'(call) {
    const [, path = ''] = call.argv
    const { state } = call
    const content = state.task.files.readFile(path.startsWith('/') ? path : `${state.cwd}/${path}`)
    if (!content.ok) {
      complain(call, `can't open '${path}': ${errorText(content.code)}`)
      return { code: 2, jump: { kind: 'exit', levels: 0 } }
    }
    let text = ''
    for (const byte of content.value) text += String.fromCharCode(byte)
    return yield* runText(call, toText(text))
  },
  *command(call) {
    if (call.argv[1] === '-v' || call.argv[1] === '-V') return { code: locate(call, call.argv[1] === '-V') }
    const rest = { ...call, argv: call.argv.slice(1) }
    const builtin = Object.hasOwn(builtins, rest.argv[0] ?? '') ? builtins[rest.argv[0] ?? ''] : undefined
    return builtin === undefined ? { code: yield* call.runTool(rest.argv, call.state, call.io) } : yield* builtin(rest)
  },
  *exec(call) {
    if (call.argv.length < 2) return { code: 0 }
    const code = yield* call.runTool(call.argv.slice(1), call.state, call.io)
    return { code, jump: { kind: 'exit', levels: 0 } }
  },
  kill: plain((call) => {
    const args = call.argv.slice(1)
    const [first = ''] = args
    const signal = first.startsWith('-') ? signalNumber(first.slice(1) === 's' ? (args[1] ?? '') : first.slice(1)) : 15
    if (signal === undefined) return complain(call, `invalid number '${first.slice(1)}'`, 1)
    const pids = args.slice(first.startsWith('-') ? (first === '-s' ? 2 : 1) : 0)
    if (pids.length === 0) return complain(call, 'you need to specify whom to kill', 1)
    let code = 0
    for (const pid of pids)
      if (call.state.task.kill(Number(pid), signal) !== 0)
        code = complain(call, `can't kill pid ${pid}: No such task`, 1)
    return code
  }),
  trap: refused('trap'),
  jobs: refused('jobs'),
  fg: refused('fg'),
  bg: refused('bg'),
  ulimit: refused('ulimit'),
  umask: refused('umask'),
  getopts: refused('getopts'),
  alias: refused('alias'),
}

const signals: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, TERM: 15 }

function signalNumber(text: string): number | undefined {
  const name = text.replace(/^SIG/, '').toUpperCase()
  if (/^\d+$/.test(text)) return Number(text)
  return Object.hasOwn(signals, name) ? signals[name] : undefined
}

function test(call: BuiltinCall, args: readonly string[]): number {
  const { state } = call
  const result = evaluateTest(args, { files: state.task.files, cwd: state.cwd })
  return typeof result === 'string' ? complain(call, result) : result ? 0 : 1
}
