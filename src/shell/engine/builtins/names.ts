/** What names stand for: type, command, hash, alias. Source: busybox 1.35 shell/ash.c, describe_command, hashcmd, aliascmd; bash type.def. */
import type { Steps } from '../../../kernel/steps.ts'
import { toByteText } from '../../byte-text.ts'
import { findTool } from '../../tools/tools.ts'
import { singleQuoted } from '../grammar/single-quoted.ts'
import type { Outcome, Shell } from '../shell.ts'
import { ashOptions, type Builtin, type BuiltinCall, complain, isSpecial, raise } from './builtin.ts'
import { isReserved, isRunnableFile, scriptAlongPath } from './known-names.ts'

interface Described {
  readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file'
  /** What stands behind `NAME is `. */
  readonly text: string
  /** What `command -v` prints. */
  readonly path: string
}

/** Whether a shell has a builtin of a name: given, for builtins know of this file. */
export type HasBuiltin = (name: string, shell: Shell) => boolean

/** What a name stands for. */
function describe(name: string, shell: Shell, hasBuiltin: HasBuiltin): Described | undefined {
  const isBash = shell.dialect.name === 'bash'
  const alias = isBash ? undefined : shell.aliases?.get(name)
  if (alias !== undefined)
    return { kind: 'alias', text: `an alias for ${alias}`, path: `alias ${name}=${singleQuoted(alias)}` }
  if (isReserved(name, shell.dialect)) return { kind: 'keyword', text: 'a shell keyword', path: name }
  if (shell.functions.has(name)) return { kind: 'function', text: 'a function', path: name }
  if (hasBuiltin(name, shell)) {
    const isSpecialInAsh = !isBash && isSpecial(name, shell)
    return { kind: 'builtin', text: isSpecialInAsh ? 'a special shell builtin' : 'a shell builtin', path: name }
  }
  const path = pathOf(name, shell)
  return path === undefined ? undefined : { kind: 'file', text: path, path }
}

/** The path that a name is found under; undefined: nowhere. */
/** Whether there is a program of a name. */
export function isFound(name: string, shell: Shell): boolean {
  return pathOf(name, shell) !== undefined
}

function pathOf(name: string, shell: Shell): string | undefined {
  if (name.includes('/')) {
    if (isRunnableFile(name, shell)) return name
    const at = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/.exec(shell.logicalPath(name))
    return at !== null && isProgram(at[1] ?? '', shell) ? name : undefined
  }
  if (isProgram(name, shell)) return `${shell.dialect.name === 'bash' ? '/usr/bin' : '/bin'}/${name}`
  const script = scriptAlongPath(name, shell)
  return script === undefined ? undefined : toByteText(script)
}

function isProgram(name: string, shell: Shell): boolean {
  return shell.world.program(name) !== undefined || findTool(name, shell) !== undefined
}

/** `type`, with what builtins there are. */
export const typeWith =
  (hasBuiltin: HasBuiltin): Builtin =>
  (call) => {
    const { args, shell, streams } = call
    const isBash = shell.dialect.name === 'bash'
    const flags = isBash ? args.filter((arg) => /^-[a-zA-Z]+$/.test(arg)).join('') : ''
    const names = isBash ? args.filter((arg) => !/^-[a-zA-Z]+$/.test(arg)) : args
    let code = 0
    for (const name of names) {
      const found = describe(name, shell, hasBuiltin)
      if (found === undefined) {
        code = isBash ? 1 : 127
        if (!isBash) streams.out.write(`${name}: not found\n`)
        else if (!/[tpP]/.test(flags)) complain(call, `${name}: not found`, 1)
      } else if (flags.includes('t')) streams.out.write(`${found.kind}\n`)
      else if (/[pP]/.test(flags)) streams.out.write(found.kind === 'file' ? `${found.path}\n` : '')
      else streams.out.write(`${name} is ${found.text}\n`)
    }
    return code
  }

/** `command -v`, `command -V`. */
function commandNames(call: BuiltinCall, flag: '-v' | '-V', names: readonly string[], has: HasBuiltin): number {
  const { shell, streams } = call
  const isBash = shell.dialect.name === 'bash'
  let code = 0
  let isAny = false
  for (const name of names) {
    const found = describe(name, shell, has)
    isAny ||= found !== undefined
    if (found !== undefined) streams.out.write(flag === '-v' ? `${found.path}\n` : `${name} is ${found.text}\n`)
    else {
      code = isBash ? 1 : 127
      if (flag === '-V' && isBash) complain(call, `${name}: not found`, 1)
      else if (flag === '-V') streams.out.write(`${name}: not found\n`)
    }
  }
  // bash is content with one of them.
  return isBash && isAny ? 0 : code
}

/** `hash`: nothing is remembered, so that nothing has to be forgotten. */
export const hashWith =
  (hasBuiltin: HasBuiltin): Builtin =>
  (call) => {
    const { args, shell } = call
    let code = 0
    if (args.some((arg) => arg.startsWith('-'))) return 0
    for (const name of args) {
      if (describe(name, shell, hasBuiltin) === undefined) code = complain(call, `${name}: not found`, 1)
    }
    return code
  }

/** Only ash replaces names in scripts. Source: bash(1), ALIASES: not in a shell that is not interactive. */
export const alias: Builtin = (call) => {
  const { args, shell, streams } = call
  const isBash = shell.dialect.name === 'bash'
  const shown = (name: string, value: string): string =>
    isBash ? `alias ${name}='${value.replaceAll("'", "'\\''")}'\n` : `${name}=${singleQuoted(value)}\n`
  const all = shell.aliases ?? new Map<string, string>()
  const operands = args.filter((arg) => arg !== '-p' || !isBash)
  if (operands.length === 0) for (const [name, value] of inOrder(all, isBash)) streams.out.write(shown(name, value))
  let code = 0
  for (const operand of operands) {
    const at = operand.indexOf('=', 1)
    const value = all.get(operand)
    if (at > 0) all.set(operand.slice(0, at), operand.slice(at + 1))
    else if (value !== undefined) streams.out.write(shown(operand, value))
    else {
      code = 1
      if (isBash) complain(call, `${operand}: not found`, 1)
      else streams.err.write(`alias: ${operand} not found\n`)
    }
  }
  shell.aliases = all
  return code
}

/** bash sorts, ash walks its table. Source: busybox shell/ash.c, __lookupalias. */
function inOrder(all: ReadonlyMap<string, string>, isBash: boolean): [string, string][] {
  const slot = (name: string): number =>
    ([...name].reduce((sum, char) => sum + char.charCodeAt(0), name.charCodeAt(0) << 4) & 0xffff_ffff) % 39
  return [...all].sort(([a], [b]) => (isBash ? (a < b ? -1 : 1) : slot(a) - slot(b)))
}

/** `unalias [-a] NAME...`. */
export const unalias: Builtin = (call) => {
  const { args, shell, streams } = call
  const found = ashOptions(args, 'a')
  if (typeof found === 'string') return raise(call, found)
  if (found.given.has('a')) shell.aliases?.clear()
  let code = 0
  for (const name of found.operands) {
    if (shell.aliases?.delete(name) === true) continue
    code = 1
    if (shell.dialect.name === 'bash') complain(call, `${name}: not found`, 1)
    else streams.err.write(`unalias: ${name} not found\n`)
  }
  return code
}

/** What `command NAME ARG...` runs: a builtin that is no special one, or a program. */
export function* runCommandWord(
  call: BuiltinCall,
  find: (name: string, shell: Shell) => Builtin | undefined,
): Steps<Outcome> {
  const { args, shell, streams, engine } = call
  const hasBuiltin: HasBuiltin = (name, of) => find(name, of) !== undefined
  const [first, ...rest] = args[0] === '-p' || args[0] === '--' ? args.slice(1) : args
  if (first === '-v' || first === '-V') return commandNames(call, first, rest, hasBuiltin)
  if (first === undefined) return 0
  const builtin = find(first, shell)
  if (builtin === undefined) return yield* engine.runProgram([first, ...rest], shell, streams)
  const ran = builtin({ ...call, name: first, args: rest, isPlain: true })
  return typeof ran === 'number' || 'kind' in ran ? ran : yield* ran
}
