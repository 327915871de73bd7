/** Commands that change the shell itself. Source: POSIX XCU 2.14; bash(1). */

import { parseShell } from '../parser.ts'
import { ShellJump } from '../state.ts'
import type { CommandContext, ShellCommand } from './command.ts'
import { echo, printf } from './printing.ts'
import { programs } from './programs.ts'
import { test } from './test.ts'

function bashSays(context: CommandContext, message: string, code = 1): number {
  context.err(`bash: line ${context.state.line}: ${context.name}: ${message}\n`)
  return code
}

const cd: ShellCommand = (context) => {
  const { state } = context
  const targets = context.args.filter((arg) => arg !== '--')
  if (targets.length > 1) return bashSays(context, 'too many arguments')
  const [target = state.get('HOME')] = targets
  const path = target === '-' ? state.get('OLDPWD') : target
  const kind = state.kind(path === '' ? '.' : path)
  if (kind !== 'directory') {
    return bashSays(context, `${target}: ${kind === undefined ? 'No such file or directory' : 'Not a directory'}`)
  }
  state.setVariable('OLDPWD', state.directory)
  state.directory = state.path(path)
  state.setVariable('PWD', state.directory)
  if (target === '-') context.out(`${state.directory}\n`)
  return 0
}

const pwd: ShellCommand = (context) => {
  context.out(`${context.state.directory}\n`)
  return 0
}

const exportCommand: ShellCommand = (context) => {
  const { state } = context
  const args = context.args.filter((arg) => arg !== '-p')
  if (args.length === 0) {
    for (const name of [...state.exported].sort()) context.out(`declare -x ${name}="${state.get(name)}"\n`)
    return 0
  }
  let status = 0
  for (const arg of args) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:=([\s\S]*))?$/.exec(arg)
    if (match === null) {
      status = bashSays(context, `\`${arg}': not a valid identifier`)
      continue
    }
    const [, name = '', value] = match
    if (value !== undefined) state.setVariable(name, value)
    state.exported.add(name)
  }
  return status
}

const unset: ShellCommand = ({ args, state }) => {
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    state.variables.delete(name)
    state.exported.delete(name)
    state.functions.delete(name)
  }
  return 0
}

/** Assigns without exporting: `local`, `declare`, `readonly`, which here are no more than that. */
const declare: ShellCommand = ({ args, state }) => {
  for (const arg of args) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(arg)
    if (match !== null) state.setVariable(match[1] ?? '', match[2] ?? '')
  }
  return 0
}

const setCommand: ShellCommand = ({ args, state }) => {
  const dash = args.indexOf('--')
  if (dash >= 0) state.positional = args.slice(dash + 1)
  else if (args.length > 0 && !/^[-+]/.test(args[0] ?? '')) state.positional = args
  return 0
}

const shift: ShellCommand = ({ args, state }) => {
  const count = Number(args[0] ?? '1')
  if (!(count >= 0 && count <= state.positional.length)) return 1
  state.positional = state.positional.slice(count)
  return 0
}

/** Reads a line of standard input into variables. */
const read: ShellCommand = ({ args, state, readLine }) => {
  const names = args.filter((arg) => !arg.startsWith('-'))
  const isRaw = args.includes('-r')
  const taken = readLine()
  const line = taken.replace(/\n$/, '')
  const text = isRaw ? line : line.replace(/\\([\s\S])/g, '$1')
  const words = text.trim().split(/[ \t]+/)
  const targets = names.length === 0 ? ['REPLY'] : names
  targets.forEach((name, i) => {
    const isLast = i === targets.length - 1
    state.setVariable(name, (isLast ? words.slice(i).join(' ') : words[i]) ?? '')
  })
  return taken.endsWith('\n') ? 0 : 1
}

function jump(kind: 'exit' | 'return' | 'break' | 'continue'): ShellCommand {
  return (context) => {
    const [arg] = context.args
    const isLoop = kind === 'break' || kind === 'continue'
    if (arg !== undefined && !/^-?\d+$/.test(arg)) {
      bashSays(context, `${arg}: numeric argument required`)
      throw new ShellJump('exit', 2)
    }
    throw new ShellJump(kind, arg === undefined ? (isLoop ? 1 : context.state.status) : Number(arg))
  }
}

const evalCommand: ShellCommand = (context) => {
  const { script, error } = parseShell(context.args.join(' '))
  context.state.status = 0
  const status = context.runScript(script)
  if (error === undefined) return status
  for (const line of error.lines) context.err(`bash: eval: ${line}\n`)
  return 2
}

const source: ShellCommand = (context) => {
  const [path = ''] = context.args
  const content = context.state.read(path)
  if (content === undefined) {
    context.err(`bash: line ${context.state.line}: ${path}: No such file or directory\n`)
    return 1
  }
  const { script, error } = parseShell(content)
  const status = context.runScript(script)
  if (error === undefined) return status
  for (const line of error.lines) context.err(`${path}: ${line}\n`)
  return 2
}

const typeCommand: ShellCommand = (context) => {
  let status = 0
  for (const name of context.args.filter((arg) => !arg.startsWith('-'))) {
    if (context.state.functions.has(name)) context.out(`${name} is a function\n`)
    else if (builtins.has(name)) context.out(`${name} is a shell builtin\n`)
    else if (programs.has(name) || name === 'kubectl') context.out(`${name} is /usr/bin/${name}\n`)
    else status = bashSays(context, `${name}: not found`)
  }
  return status
}

/** `command -v NAME` or `command NAME ARGS`; `which` prints paths alone. */
const command: ShellCommand = (context) => {
  const [first = '', ...rest] = context.args
  if (first !== '-v' && first !== '-V' && context.name === 'command') {
    return first === '' ? 0 : context.call(first, rest)
  }
  const names = context.name === 'command' ? rest : context.args
  let status = 0
  for (const name of names) {
    if (builtins.has(name) && context.name === 'command') context.out(`${name}\n`)
    else if (programs.has(name) || name === 'kubectl') context.out(`/usr/bin/${name}\n`)
    else status = 1
  }
  return status
}

/** By name; these come before programs. */
export const builtins: ReadonlyMap<string, ShellCommand> = new Map<string, ShellCommand>([
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['cd', cd],
  ['pwd', pwd],
  ['echo', echo],
  ['printf', printf],
  ['test', test],
  ['[', test],
  ['[[', test],
  ['export', exportCommand],
  ['unset', unset],
  ['declare', declare],
  ['typeset', declare],
  ['local', declare],
  ['readonly', declare],
  ['set', setCommand],
  ['shift', shift],
  ['read', read],
  ['exit', jump('exit')],
  ['return', jump('return')],
  ['break', jump('break')],
  ['continue', jump('continue')],
  ['eval', evalCommand],
  ['source', source],
  ['.', source],
  ['type', typeCommand],
  ['command', command],
  ['which', command],
  ['wait', () => 0],
  ['umask', () => 0],
  ['shopt', () => 0],
  ['history', () => 0],
  ['trap', () => 0],
])
