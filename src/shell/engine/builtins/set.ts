/** `set` and the options of shells. Source: busybox 1.35 shell/ash.c, optletters_optnames, options; bash builtins/set.def, flags.c. */
import type { ByteText } from '../../byte-text.ts'
import type { Dialect } from '../dialect.ts'
import { singleQuoted } from '../grammar/single-quoted.ts'
import type { Outcome, Shell } from '../shell.ts'
import type { ShellOptions } from '../shell-options.ts'
import { type Builtin, type BuiltinCall, complain, raise } from './builtin.ts'

type Switch = Exclude<keyof ShellOptions, 'others'>

/** Options that make a difference here, by name. */
const switches: Readonly<Record<string, Switch>> = {
  errexit: 'exitsOnError',
  nounset: 'refusesUnset',
  xtrace: 'traces',
  noglob: 'ignoresGlobs',
  noclobber: 'keepsFiles',
  pipefail: 'failsPipes',
  allexport: 'exportsAll',
  noexec: 'parsesOnly',
  errtrace: 'tracesErrors',
  functrace: 'tracesFunctions',
}

/** Letters and names in the order in which each shell lists them; one without a name is shown in `$-` alone. */
type Listed = readonly (readonly [letter: string, name: string])[]

const ofAsh: Listed = [
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['I', 'ignoreeof'],
  ['i', ''],
  ['m', 'monitor'],
  ['n', 'noexec'],
  ['s', ''],
  ['c', ''],
  ['x', 'xtrace'],
  ['v', 'verbose'],
  ['C', 'noclobber'],
  ['a', 'allexport'],
  ['b', 'notify'],
  ['u', 'nounset'],
  ['E', 'errtrace'],
  ['', 'vi'],
  ['', 'pipefail'],
]

const ofBash: Listed = [
  ['a', 'allexport'],
  ['B', 'braceexpand'],
  ['', 'emacs'],
  ['e', 'errexit'],
  ['E', 'errtrace'],
  ['T', 'functrace'],
  ['h', 'hashall'],
  ['H', 'histexpand'],
  ['', 'history'],
  ['', 'ignoreeof'],
  ['', 'interactive-comments'],
  ['k', 'keyword'],
  ['m', 'monitor'],
  ['C', 'noclobber'],
  ['n', 'noexec'],
  ['f', 'noglob'],
  ['', 'nolog'],
  ['b', 'notify'],
  ['u', 'nounset'],
  ['t', 'onecmd'],
  ['P', 'physical'],
  ['', 'pipefail'],
  ['', 'posix'],
  ['p', 'privileged'],
  ['v', 'verbose'],
  ['', 'vi'],
  ['x', 'xtrace'],
]

/** In the order of bash's `$-`. */
const bashLetters = 'abefhikmnprtuvxBCEHPT'
const onInBash = new Set(['braceexpand', 'hashall', 'interactive-comments'])

function listOf({ name }: Dialect): Listed {
  return name === 'ash' ? ofAsh : ofBash
}

function isOn(options: ShellOptions, name: string, dialect: Dialect): boolean {
  const key = Object.hasOwn(switches, name) ? switches[name] : undefined
  if (key !== undefined) return options[key]
  // What is on at first is remembered when it is switched off.
  return options.others.includes(`,${name},`) !== (dialect.name === 'bash' && onInBash.has(name))
}

/** Switches an option by letter or name; false: this shell has none of it. */
export function setOption({ options, dialect }: Shell, asked: string, on: boolean): boolean {
  const isLetter = asked.length === 1
  const found = listOf(dialect).find(([letter, name]) => name !== '' && (isLetter ? letter : name) === asked)
  if (found === undefined) return false
  const [, name] = found
  const key = Object.hasOwn(switches, name) ? switches[name] : undefined
  if (key !== undefined) options[key] = on
  else if (isOn(options, name, dialect) !== on) {
    const mark = `,${name},`
    options.others = options.others.includes(mark) ? options.others.replace(mark, '') : options.others + mark
  }
  return true
}

/** `$-`; how the shell was called is among the other options, by its letter. */
export function optionLetters({ options, dialect }: Shell): string {
  if (dialect.name === 'ash')
    return ofAsh
      .filter(([letter, name]) => letter !== '' && isOn(options, name === '' ? letter : name, dialect))
      .map(([letter]) => letter)
      .reverse()
      .join('')
  const on = new Set(ofBash.filter(([, name]) => isOn(options, name, dialect)).map(([letter]) => letter))
  const called = ['c', 's'].filter((letter) => options.others.includes(`,${letter},`))
  return [...bashLetters].filter((letter) => on.has(letter)).join('') + called.join('')
}

/** Remembers how the shell was called: `c`, `s`. */
export function markCalled({ options }: Shell, letter: string): void {
  options.others += `,${letter},`
}

function listOptions({ shell, streams }: BuiltinCall, on: boolean): void {
  const { options, dialect } = shell
  for (const [, name] of listOf(dialect)) {
    if (name === '') continue
    const is = isOn(options, name, dialect)
    const row = dialect.name === 'ash' ? name.padEnd(16) : `${name.padEnd(15)}\t`
    streams.out.write(on ? `${row}${is ? 'on' : 'off'}\n` : `set ${is ? '-' : '+'}o ${name}\n`)
  }
}

function listVariables({ shell, streams }: BuiltinCall): void {
  const isBash = shell.dialect.name === 'bash'
  const quote = (value: ByteText): ByteText =>
    isBash ? (/^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`) : singleQuoted(value)
  for (const name of [...shell.names()].sort()) streams.out.write(`${name}=${quote(shell.get(name))}\n`)
}

/** `set`, its options and arguments. */
export const set: Builtin = (call) => {
  const { args, shell } = call
  if (args.length === 0) {
    listVariables(call)
    return 0
  }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--' || arg === '-') {
      // A lone dash leaves the arguments alone where none follow.
      if (arg === '-') shell.options.traces = false
      if (arg === '--' || i + 1 < args.length) shell.positional = args.slice(i + 1)
      return 0
    }
    if (!/^[-+]/.test(arg)) {
      shell.positional = args.slice(i)
      return 0
    }
    const on = arg.startsWith('-')
    for (const letter of arg.slice(1)) {
      const name = letter === 'o' ? args[++i] : letter
      if (name === undefined) listOptions(call, on)
      else if (!setOption(shell, name, on)) return unknownOption(call, letter, name, on)
    }
  }
  return 0
}

function unknownOption(call: BuiltinCall, letter: string, name: string, on: boolean): Outcome {
  const sign = on ? '-' : '+'
  if (call.shell.dialect.name === 'bash')
    return letter === 'o'
      ? complain(call, `${name}: invalid option name`, 2)
      : complain(
          call,
          `${sign}${letter}: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]`,
          2,
        )
  // A name is only told, a letter ends the shell. Source: plus_minus_o, setoption.
  if (letter === 'o') return complain(call, `illegal option ${sign}o ${name}`, 1)
  return raise(call, `illegal option ${sign}${letter}`)
}
