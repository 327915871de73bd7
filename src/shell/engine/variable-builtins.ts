/** Builtins that change variables, options and arguments. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { wordsOf } from './array-builtins.ts'
import { setArray, shownArray, unsetElement } from './arrays.ts'
import { type Builtin, type BuiltinCall, complain, mistakeCode } from './builtin.ts'
import { keyOf } from './expansion.ts'
import { exitWith, type Outcome, type Shell, type ShellOptions } from './shell.ts'
import { ShellArray } from './shell-array.ts'

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `name=value` and `name`, with what is wrong with a name told. */
function* declared(
  call: BuiltinCall,
): Generator<{ readonly name: string; readonly value: ByteText | undefined }, Outcome, void> {
  const { shell, streams } = call
  let code: Outcome = 0
  for (const arg of call.args.filter((each) => !/^-[a-zA-Z]+$/.test(each))) {
    const at = arg.indexOf('=')
    const append = at > 0 && arg.charAt(at - 1) === '+' && shell.dialect.name === 'bash'
    const name = at < 0 ? arg : arg.slice(0, append ? at - 1 : at)
    if (!identifier.test(name)) {
      if (shell.dialect.name === 'ash') {
        complain(call, `${name}: bad variable name`, 2)
        return exitWith(2)
      }
      code = complain(call, `\`${arg}': not a valid identifier`, 1)
      continue
    }
    const value = at < 0 ? undefined : (append ? shell.get(name) : '') + arg.slice(at + 1)
    if (value !== undefined && shell.readOnly.has(name)) {
      if (shell.dialect.name === 'ash') {
        streams.err.write(`${shell.dialect.prefix(shell)}${shell.dialect.readOnly(name)}\n`)
        return exitWith(2)
      }
      streams.err.write(`${shell.dialect.prefix(shell)}${name}: readonly variable\n`)
      code = 1
      continue
    }
    yield { name, value }
  }
  return code
}

/** Applies `mark` to each name; the code in the end. */
function declareAll(call: BuiltinCall, mark: (name: string, value: ByteText | undefined) => void): Outcome {
  const names = declared(call)
  for (let step = names.next(); ; step = names.next()) {
    if (step.done === true) return step.value
    const { name, value } = step.value
    if (value !== undefined) call.shell.set(name, value)
    mark(name, value)
  }
}

/** A value as `export -p` shows it, to be read again. */
function reusable(value: ByteText, shell: Shell): ByteText {
  return shell.dialect.name === 'bash'
    ? `"${value.replace(/["\\$`]/g, '\\$&')}"`
    : `'${value.replaceAll("'", `'"'"'`)}'`
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

export const exportBuiltin: Builtin = (call) => {
  const { args, shell } = call
  if (args.filter((arg) => arg !== '-p').length === 0)
    return list(call, [...shell.exported].sort(), shell.dialect.name === 'bash' ? 'declare -x' : 'export')
  const removes = args[0] === '-n'
  return declareAll(call, (name) => (removes ? shell.exported.delete(name) : shell.exported.add(name)))
}

export const readOnly: Builtin = (call) => {
  const { args, shell } = call
  if (args.filter((arg) => arg !== '-p').length === 0)
    return list(call, [...shell.readOnly].sort(), shell.dialect.name === 'bash' ? 'declare -r' : 'readonly')
  return declareAll(call, (name) => shell.readOnly.add(name))
}

/** Keeps what a name was before the function. */
function keep(shell: Shell, name: string): boolean {
  const own = shell.locals.at(-1)
  if (own === undefined) return false
  if (!own.has(name)) own.set(name, shell.kept(name))
  return true
}

export const local: Builtin = (call) => {
  const { args, shell, streams } = call
  if (shell.locals.length === 0) {
    if (shell.dialect.name === 'bash') return complain(call, 'can only be used in a function', 1)
    streams.err.write(`${shell.dialect.builtinPrefix(shell, call.name)}not in a function\n`)
    return exitWith(2)
  }
  for (const arg of args) {
    const name = arg.split(/\+?=/)[0] ?? ''
    if (!identifier.test(name)) continue
    keep(shell, name)
    // Source: bash(1): a local without a value is unset; ash's keeps the value that it had.
    if (!arg.includes('=') && shell.dialect.name === 'bash') shell.unsetValue(name)
  }
  return declareAll(call, (name) => markArray(shell, name, flagsOf(args)))
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
  return declareAll(call, (name) => {
    markArray(shell, name, flags)
    if (flags.includes('x')) shell.exported.add(name)
    if (flags.includes('r')) shell.readOnly.add(name)
  })
}

export const unset: Builtin = (call) => {
  const { args, shell, streams } = call
  const onlyFunctions = args[0] === '-f'
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const [, array, subscript] = (shell.dialect.name === 'bash' ? /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name) : null) ?? []
    if (array !== undefined && subscript !== undefined && !onlyFunctions) {
      if (subscript === '@' || subscript === '*') shell.unsetValue(array)
      else unsetElement(shell, array, keyOf(shell, array, subscript))
      continue
    }
    if (onlyFunctions || (!shell.variables.has(name) && !shell.arrays.has(name) && args[0] !== '-v'))
      shell.functions.delete(name)
    if (onlyFunctions || shell.unset(name)) continue
    if (shell.dialect.name === 'bash') return complain(call, `${name}: cannot unset: readonly variable`, 1)
    streams.err.write(`${shell.dialect.prefix(shell)}${shell.dialect.readOnly(name)}\n`)
    return exitWith(2)
  }
  return 0
}

const optionLetters: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'exitsOnError',
  u: 'refusesUnset',
  x: 'traces',
  f: 'ignoresGlobs',
  C: 'keepsFiles',
}
const optionNames: Readonly<Record<string, keyof ShellOptions>> = {
  errexit: 'exitsOnError',
  nounset: 'refusesUnset',
  xtrace: 'traces',
  noglob: 'ignoresGlobs',
  noclobber: 'keepsFiles',
  pipefail: 'failsPipes',
}
/** Options that make no difference here. */
const harmless =
  /^(?:[abhkmnptvBEHTi]|allexport|monitor|posix|verbose|history|errtrace|functrace|hashall|braceexpand|vi|emacs|nolog|ignoreeof)$/

/** Switches an option by letter or name; false: there is none. */
export function setOption(options: ShellOptions, name: string, on: boolean): boolean {
  const table = name.length === 1 ? optionLetters : optionNames
  const key = Object.hasOwn(table, name) ? table[name] : undefined
  if (key !== undefined) options[key] = on
  return key !== undefined || harmless.test(name)
}

export const set: Builtin = (call) => {
  const { args, shell, streams } = call
  if (args.length === 0) {
    const quote = (value: ByteText): ByteText =>
      shell.dialect.name === 'bash' && /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
    for (const name of [...shell.variables.keys()].sort()) streams.out.write(`${name}=${quote(shell.get(name))}\n`)
    return 0
  }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--' || arg === '-' || !/^[-+]/.test(arg)) {
      shell.positional = arg === '--' || arg === '-' ? args.slice(i + 1) : args.slice(i)
      return 0
    }
    const on = arg.startsWith('-')
    for (const letter of arg.slice(1)) {
      const name = letter === 'o' ? args[++i] : letter
      if (name === undefined) {
        for (const each of Object.keys(optionNames).sort())
          streams.out.write(`${each.padEnd(15)}\t${shell.options[optionNames[each] ?? 'traces'] ? 'on' : 'off'}\n`)
      } else if (!setOption(shell.options, name, on)) {
        if (shell.dialect.name === 'bash')
          return letter === 'o'
            ? complain(call, `${name}: invalid option name`, 2)
            : complain(
                call,
                `${arg.charAt(0)}${letter}: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]`,
                2,
              )
        complain(
          call,
          letter === 'o' ? `illegal option ${on ? '-' : '+'}o ${name}` : `illegal option ${arg.charAt(0)}${letter}`,
          2,
        )
        return exitWith(2)
      }
    }
  }
  return 0
}

export const shift: Builtin = (call) => {
  const { args, shell } = call
  const count = Number(args[0] ?? '1')
  if (!Number.isInteger(count) || count < 0)
    return complain(
      call,
      shell.dialect.name === 'bash'
        ? `${args[0] ?? ''}: numeric argument required`
        : `illegal number: ${args[0] ?? ''}`,
      mistakeCode(shell),
    )
  if (count > shell.positional.length) {
    // Source: bash shift.def; busybox shell/ash.c, shiftcmd: nothing is shifted, and nothing said.
    return 1
  }
  shell.positional = shell.positional.slice(count)
  return 0
}

/** Reads a line of standard input into variables. -r, -p, -d, -n, -s, -t and -u as far as a script needs them. */
export function* read(call: BuiltinCall): Steps<Outcome> {
  const { args, shell, streams } = call
  const names: string[] = []
  let isRaw = false
  let end = '\n'
  let count: number | undefined
  let array: string | undefined
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (!arg.startsWith('-') || arg === '-') names.push(arg)
    else if (arg === '--') names.push(...args.slice(i + 1).splice(0))
    else {
      if (arg.includes('r')) isRaw = true
      const letter = /[dnNtpua]/.exec(arg)?.[0]
      const value = letter === undefined ? '' : ((arg.slice(arg.indexOf(letter) + 1) || args[++i]) ?? '')
      if (letter === 'a') array = value
      if (letter === 'd') end = value.charAt(0) || '\0'
      if (letter === 'n' || letter === 'N') count = Number(value)
    }
    if (arg === '--') break
  }
  const bad = names.find((name) => !identifier.test(name))
  if (bad !== undefined)
    return complain(
      call,
      shell.dialect.name === 'bash' ? `\`${bad}': not a valid identifier` : `'${bad}': bad variable name`,
      mistakeCode(shell),
    )
  const taken = count !== undefined ? yield* streams.stdin.take(count) : yield* readLogical(call, isRaw, end)
  const isWhole = count !== undefined ? taken.length === count : taken.endsWith(end)
  const line = taken.endsWith(end) ? taken.slice(0, -1) : taken
  if (array === undefined) assignWords(line, names, isRaw, shell)
  else setArray(shell, array, wordsOf(line, isRaw, shell))
  return isWhole ? 0 : 1
}

/** A line; a backslash at its end joins the next one to it unless the reading is raw. */
function* readLogical({ shell, streams }: BuiltinCall, isRaw: boolean, end: string): Steps<ByteText> {
  const held = (length: number): void => shell.budget.hold(length)
  let taken = (yield* streams.stdin.line(held, end)) ?? ''
  while (!isRaw && end === '\n' && /(?:^|[^\\])(?:\\\\)*\\\n$/.test(taken)) {
    taken = taken.slice(0, -2) + ((yield* streams.stdin.line(held, end)) ?? '')
  }
  return taken
}

/** Words go into names, all that is left into the last. Source: POSIX read; 2.6.5. */
function assignWords(line: ByteText, names: readonly string[], isRaw: boolean, shell: Shell): void {
  const plain = (text: ByteText): ByteText => (isRaw ? text : text.replace(/\\([\s\S])/g, '$1'))
  const separators = shell.variables.get('IFS') ?? ' \t\n'
  if (names.length === 0 && shell.dialect.name === 'bash') {
    shell.set('REPLY', plain(line))
    return
  }
  const isBlank = (char: string): boolean => char !== '' && ' \t\n'.includes(char) && separators.includes(char)
  const isSeparator = (char: string): boolean => char !== '' && separators.includes(char)
  let at = 0
  const skipBlanks = (): void => {
    while (isBlank(line.charAt(at))) at++
  }
  skipBlanks()
  const targets = names.length === 0 ? ['REPLY'] : names
  targets.forEach((name, i) => {
    const start = at
    if (i === targets.length - 1) {
      let end = line.length
      while (end > start && isBlank(line.charAt(end - 1))) end--
      const last = line.slice(start, end)
      // One separator at the end of a single field goes with it.
      const only =
        last.length > 0 &&
        isSeparator(last.slice(-1)) &&
        !isBlank(last.slice(-1)) &&
        ![...last.slice(0, -1)].some(isSeparator)
      shell.set(name, plain(only ? last.slice(0, -1) : last))
      return
    }
    while (at < line.length && !isSeparator(line.charAt(at))) at += !isRaw && line.charAt(at) === '\\' ? 2 : 1
    const word = line.slice(start, at)
    skipBlanks()
    if (isSeparator(line.charAt(at)) && !isBlank(line.charAt(at))) at++
    skipBlanks()
    shell.set(name, plain(word))
  })
}

/** Source: POSIX getopts. */
export const getopts: Builtin = (call) => {
  const { args, shell, streams } = call
  const [spec = '', name = 'opt', ...given] = args
  const words = given.length > 0 ? given : shell.positional
  const [index, place] = (shell.variables.get('OPTIND') ?? '1').split('.').map(Number) as [number, number?] // as it is set below
  const arg = words[index - 1]
  const at = place ?? 1
  const finish = (): number => {
    shell.set(name, '?')
    shell.set('OPTIND', String(arg === '--' ? index + 1 : index))
    return 1
  }
  if (arg === undefined || !arg.startsWith('-') || arg === '-' || arg === '--') return finish()
  const letter = arg.charAt(at)
  const known = spec.indexOf(letter)
  const isSilent = spec.startsWith(':')
  shell.variables.delete('OPTARG')
  const next = at + 1 < arg.length ? `${index}.${at + 1}` : String(index + 1)
  if (letter === ':' || known < 0) {
    shell.set(name, '?')
    shell.set('OPTIND', next)
    if (isSilent) shell.set('OPTARG', letter)
    else streams.err.write(`${shell.name}: illegal option -- ${letter}\n`)
    return 0
  }
  shell.set(name, letter)
  if (spec.charAt(known + 1) !== ':') {
    shell.set('OPTIND', next)
    return 0
  }
  const value = at + 1 < arg.length ? arg.slice(at + 1) : words[index]
  shell.set('OPTIND', String(at + 1 < arg.length ? index + 1 : index + 2))
  if (value !== undefined) {
    shell.set('OPTARG', value)
    return 0
  }
  shell.set(name, isSilent ? ':' : '?')
  if (isSilent) shell.set('OPTARG', letter)
  else streams.err.write(`${shell.name}: option requires an argument -- ${letter}\n`)
  return 0
}
