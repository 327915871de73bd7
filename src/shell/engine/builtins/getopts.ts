/** `getopts`. Source: POSIX getopts; busybox 1.35 shell/ash.c, getopts; bash builtins/getopts.def, getopt.c. */
import type { ByteText } from '../../byte-text.ts'
import type { Outcome, Shell } from '../shell.ts'
import { type Builtin, type BuiltinCall, complain, raise } from './builtin.ts'

/** `getopts SPEC NAME [ARG...]`. */
export const getopts: Builtin = (call) => {
  const { args, shell } = call
  const isAsh = shell.dialect.name === 'ash'
  const [spec, name, ...given] = args
  if (spec === undefined || name === undefined)
    return isAsh ? raise(call, 'usage: getopts optstring var [arg]') : usage(call)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return isAsh ? raise(call, `${name}: bad variable name`) : complain(call, `\`${name}': not a valid identifier`, 1)
  return nextOption(call, spec, name, given.length > 0 ? given : shell.positional)
}

function usage({ streams }: BuiltinCall): number {
  streams.err.write('getopts: usage: getopts optstring name [arg ...]\n')
  return 2
}

/** Where it stands: the word that comes, and the place in the one before where letters are left (0: none are). */
interface Place {
  readonly next: number
  readonly offset: number
}

function nextOption(call: BuiltinCall, spec: ByteText, name: string, words: readonly ByteText[]): Outcome {
  const { shell } = call
  let next = shell.optionIndex - 1
  const current = shell.optionPlace > 0 ? (words[next - 1] ?? '') : ''
  let offset = shell.optionPlace
  if (offset === 0 || offset >= current.length) {
    const word = words[next]
    if (word === undefined || !word.startsWith('-') || word === '-') return finish(call, name, next)
    next++
    if (word === '--') return finish(call, name, next)
    offset = 1
  }
  const word = words[next - 1] ?? ''
  const letter = word.charAt(offset)
  const known = letter === ':' ? -1 : spec.indexOf(letter)
  const after: Place = { next, offset: offset + 1 < word.length ? offset + 1 : 0 }
  if (known < 0) return refuse(call, name, letter, 'illegal', after, spec)
  if (spec.charAt(known + 1) !== ':') return found(shell, name, letter, undefined, after)
  const isJoined = offset + 1 < word.length
  const value = isJoined ? word.slice(offset + 1) : words[next]
  if (value === undefined) return refuse(call, name, letter, 'argument', { next, offset: 0 }, spec)
  return found(shell, name, letter, value, { next: isJoined ? next : next + 1, offset: 0 })
}

function finish(call: BuiltinCall, name: string, next: number): Outcome {
  call.shell.variables.delete('OPTARG')
  stand(call.shell, { next, offset: 0 })
  call.shell.set(name, '?')
  return 1
}

/** bash tells the word whose letters are left, ash the one behind it. */
function stand(shell: Shell, { next, offset }: Place): void {
  const isInside = offset > 0 && shell.dialect.name === 'bash'
  shell.set('OPTIND', String(isInside ? next : next + 1))
  shell.optionIndex = next + 1
  shell.optionPlace = offset
}

function found(shell: Shell, name: string, letter: string, value: ByteText | undefined, place: Place): Outcome {
  stand(shell, place)
  if (value !== undefined) shell.set('OPTARG', value)
  else if (shell.dialect.name === 'ash') shell.set('OPTARG', '')
  else shell.variables.delete('OPTARG')
  shell.set(name, letter)
  return 0
}

function refuse(
  { shell, streams }: BuiltinCall,
  name: string,
  letter: string,
  why: 'illegal' | 'argument',
  place: Place,
  spec: ByteText,
): Outcome {
  const isAsh = shell.dialect.name === 'ash'
  const isQuiet = shell.get('OPTERR') === '0'
  const isSilent = spec.startsWith(':') || (isAsh && isQuiet)
  stand(shell, place)
  if (isSilent) shell.set('OPTARG', letter)
  else {
    shell.variables.delete('OPTARG')
    const own = why === 'illegal' ? `Illegal option -${letter}` : `No arg for -${letter} option`
    const words = why === 'illegal' ? `illegal option -- ${letter}` : `option requires an argument -- ${letter}`
    if (isAsh) streams.err.write(`${own}\n`)
    else if (!isQuiet) streams.err.write(`${shell.name}: ${words}\n`)
  }
  shell.set(name, isSilent && why === 'argument' ? ':' : '?')
  return 0
}
