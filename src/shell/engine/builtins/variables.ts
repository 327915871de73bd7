/** Builtins that change variables, options and arguments. */
import type { ByteText } from '../../byte-text.ts'
import { singleQuoted } from '../grammar/single-quoted.ts'
import type { Outcome, Shell } from '../shell.ts'
import { shownArray, unsetElement } from '../words/arrays.ts'
import { keyOf } from '../words/expansion.ts'
import { ShellArray } from '../words/shell-array.ts'
import { type AshOptions, ashNumber, ashOptions, type Builtin, type BuiltinCall, complain, raise } from './builtin.ts'

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `name=value` and `name`, with what is wrong with a name told. */
function* declared(
  call: BuiltinCall,
  args: readonly ByteText[],
): Generator<{ readonly name: string; readonly value: ByteText | undefined }, Outcome, void> {
  const { shell, streams } = call
  let code: Outcome = 0
  for (const arg of args) {
    const at = arg.indexOf('=')
    const append = at > 0 && arg.charAt(at - 1) === '+' && shell.dialect.name === 'bash'
    const name = at < 0 ? arg : arg.slice(0, append ? at - 1 : at)
    if (!identifier.test(name)) {
      if (shell.dialect.name === 'ash') return raise(call, `${name}: bad variable name`)
      code = complain(call, `\`${arg}': not a valid identifier`, 1)
      continue
    }
    const value = at < 0 ? undefined : (append ? shell.get(name) : '') + arg.slice(at + 1)
    if (value !== undefined && shell.readOnly.has(name)) {
      if (shell.dialect.name === 'ash') return raise(call, shell.dialect.readOnly(name))
      streams.err.write(`${shell.dialect.prefix(shell)}${name}: readonly variable\n`)
      code = 1
      continue
    }
    yield { name, value }
  }
  return code
}

/** Applies `mark` to each name; the code in the end. */
function declareAll(
  call: BuiltinCall,
  args: readonly ByteText[],
  mark: (name: string, value: ByteText | undefined) => void,
): Outcome {
  const names = declared(call, args)
  for (let step = names.next(); ; step = names.next()) {
    if (step.done === true) return step.value
    const { name, value } = step.value
    if (value !== undefined) call.shell.set(name, value)
    mark(name, value)
  }
}

/** A value as `export -p` shows it, to be read again. */
function reusable(value: ByteText, shell: Shell): ByteText {
  return shell.dialect.name === 'bash' ? `"${value.replace(/["\\$`]/g, '\\$&')}"` : singleQuoted(value)
}

function list({ shell, streams }: BuiltinCall, names: readonly string[], head: string): number {
  for (const name of names) {
    const value = shell.variables.get(name)
    const array = shell.arrays.get(name)
    if (array !== undefined) {
      streams.out.write(`declare -${array.isMap ? 'A' : 'a'} ${name}=${shownArray(array)}\n`)
      continue
    }
    streams.out.write(`${head} ${name}${value === undefined ? '' : `=${reusable(value, shell)}`}\n`)
  }
  return 0
}

/** Flags and operands; a text is what is wrong with them. */
function sorted({ args, shell }: BuiltinCall, letters: string): AshOptions | string {
  if (shell.dialect.name === 'ash') return ashOptions(args, letters)
  const isFlag = (arg: ByteText): boolean => /^-[a-zA-Z]+$/.test(arg)
  const given = new Map([...args.filter(isFlag).flatMap((arg) => [...arg.slice(1)])].map((letter) => [letter, '']))
  return { given, operands: args.filter((arg) => !isFlag(arg)) }
}

export const exportBuiltin: Builtin = (call) => {
  const { shell } = call
  const found = sorted(call, 'np')
  if (typeof found === 'string') return raise(call, found)
  const { given, operands } = found
  if (operands.length === 0)
    return list(call, shell.exportedNames().sort(), shell.dialect.name === 'bash' ? 'declare -x' : 'export')
  return declareAll(call, operands, (name) => (given.has('n') ? shell.exported.delete(name) : shell.exported.add(name)))
}

export const readOnly: Builtin = (call) => {
  const { shell } = call
  const found = sorted(call, 'p')
  if (typeof found === 'string') return raise(call, found)
  if (found.operands.length === 0)
    return list(call, [...shell.readOnly].sort(), shell.dialect.name === 'bash' ? 'declare -r' : 'readonly')
  return declareAll(call, found.operands, (name) => shell.readOnly.add(name))
}

/** Keeps what a name was before the function. */
function keep(shell: Shell, name: string): boolean {
  const own = shell.locals.at(-1)
  if (own === undefined) return false
  if (!own.has(name)) own.set(name, shell.kept(name))
  return true
}

export const local: Builtin = (call) => {
  const { args, shell } = call
  const isBash = shell.dialect.name === 'bash'
  if (shell.locals.length === 0)
    return isBash ? complain(call, 'can only be used in a function', 1) : raise(call, 'not in a function')
  if (args.length === 0 && isBash) return list(call, [...(shell.locals.at(-1)?.keys() ?? [])].sort(), 'declare --')
  // Source: busybox shell/ash.c, localcmd: it knows no options.
  const operands = isBash ? args.filter((arg) => !/^-[a-zA-Z]+$/.test(arg)) : args.filter((arg) => arg !== '-')
  for (const arg of operands) {
    const name = arg.split(/\+?=/)[0] ?? ''
    if (!identifier.test(name)) continue
    const isNew = shell.locals.at(-1)?.has(name) === false
    keep(shell, name)
    // A local without a value is unset; said twice it is what it was.
    if (!arg.includes('=') && isNew) shell.unsetValue(name)
  }
  return declareAll(call, operands, (name) => {
    if (isBash) markArray(shell, name, flagsOf(args))
    if (isBash && flagsOf(args).includes('r')) shell.readOnly.add(name)
  })
}

function flagsOf(args: readonly ByteText[]): string {
  return args.filter((arg) => /^-[a-zA-Z]+$/.test(arg)).join('')
}

/** `-a` and `-A`: an array it becomes, with what the name held as its first element. */
function markArray(shell: Shell, name: string, flags: string): void {
  if (!/[aA]/.test(flags) || shell.arrays.has(name) || shell.dialect.name !== 'bash') return
  const value = shell.variables.get(name)
  shell.arrays.set(name, new ShellArray(flags.includes('A'), value === undefined ? [] : [['0', value]]))
}

export const declare: Builtin = (call) => {
  const { args, shell } = call
  const flags = flagsOf(args)
  if (flags.includes('p') || args.length === 0) {
    const names = args.filter((arg) => !arg.startsWith('-'))
    const missing = names.find((name) => !shell.variables.has(name) && !shell.arrays.has(name))
    if (missing !== undefined) return complain(call, `${missing}: not found`, 1)
    return list(call, names.length > 0 ? names : [...shell.variables.keys()].sort(), 'declare --')
  }
  if (!flags.includes('g')) for (const arg of args) keep(shell, arg.split(/\+?=/)[0] ?? '')
  const operands = args.filter((arg) => !/^-[a-zA-Z]+$/.test(arg))
  return declareAll(call, operands, (name) => {
    markArray(shell, name, flags)
    if (flags.includes('x')) shell.exported.add(name)
    if (flags.includes('r')) shell.readOnly.add(name)
  })
}

export const unset: Builtin = (call) => {
  const { shell } = call
  const found = sorted(call, 'vf')
  if (typeof found === 'string') return raise(call, found)
  const { given, operands } = found
  const isBash = shell.dialect.name === 'bash'
  const unknown = isBash ? [...given.keys()].find((letter) => !'fvn'.includes(letter)) : undefined
  if (unknown !== undefined)
    return complain(call, `-${unknown}: invalid option\nunset: usage: unset [-f] [-v] [-n] [name ...]`, 2)
  let code = 0
  for (const name of operands) {
    const [, array, subscript] = (isBash ? /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name) : null) ?? []
    if (array !== undefined && subscript !== undefined && !given.has('f')) {
      if (subscript === '@' || subscript === '*') shell.unsetValue(array)
      else unsetElement(shell, array, keyOf(shell, array, subscript))
      continue
    }
    // Only bash takes a function for a variable that is not there.
    const isVariable = shell.variables.has(name) || shell.arrays.has(name) || given.has('v')
    if (given.has('f') || (isBash && !isVariable)) shell.functions.delete(name)
    if (given.has('f') || shell.unset(name)) continue
    if (!isBash) return raise(call, shell.dialect.readOnly(name))
    code = complain(call, `${name}: cannot unset: readonly variable`, 1)
  }
  return code
}

export const shift: Builtin = (call) => {
  const { args, shell } = call
  const [asked = '1'] = args
  const isAsh = shell.dialect.name === 'ash'
  const count = isAsh ? ashNumber(asked) : Number(asked)
  if (typeof count === 'string') return raise(call, count)
  if (!/^[-+]?\d+$/.test(asked)) return complain(call, `${asked}: numeric argument required`, 1)
  if (count < 0) return complain(call, `${asked}: shift count out of range`, 1)
  // Source: bash shift.def; busybox shell/ash.c, shiftcmd: nothing is shifted, and nothing said.
  if (count > shell.positional.length) return 1
  shell.positional = shell.positional.slice(count)
  if (isAsh) shell.optionPlace = 0
  return 0
}
