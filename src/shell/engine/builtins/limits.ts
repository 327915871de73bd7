/** umask and ulimit. Source: busybox 1.35 shell/ash.c, umaskcmd; shell/shell_common.c, shell_builtin_ulimit; bash umask.def, ulimit.def. */
import type { ByteText } from '../../byte-text.ts'
import { changedMode } from '../../tools/modes.ts'
import type { Outcome, Shell } from '../shell.ts'
import { ashOptions, type Builtin, type BuiltinCall, complain, mistakeCode, raise } from './builtin.ts'

/** `umask [-S] [MODE]`. */
export const umask: Builtin = (call) => {
  const { args, shell, streams } = call
  const isBash = shell.dialect.name === 'bash'
  const found = ashOptions(args, isBash ? 'Sp' : 'S')
  if (typeof found === 'string')
    return isBash
      ? complain(call, `${args[0]}: invalid option\numask: usage: umask [-p] [-S] [mode]`, 2)
      : raise(call, found)
  const [text] = found.operands
  const mask = shell.umask
  if (text === undefined) {
    const shown = found.given.has('S') ? symbolic(mask) : mask.toString(8).padStart(4, '0')
    const lead = found.given.has('p') ? `umask ${found.given.has('S') ? '-S ' : ''}` : ''
    streams.out.write(`${lead}${shown}\n`)
    return 0
  }
  const isNumber = /^\d/.test(text)
  const mode = changedMode(text, isNumber ? mask : 0o777 ^ mask, false, mask)
  if (mode === undefined || mode > 0o777)
    return isBash
      ? complain(
          call,
          isNumber ? `${text}: octal number out of range` : `\`${text.charAt(0)}': invalid symbolic mode operator`,
          1,
        )
      : raise(call, `illegal mode: ${text}`)
  shell.umask = isNumber ? mode : 0o777 ^ mode
  return 0
}

function symbolic(mask: number): ByteText {
  const rights = (shift: number): string => {
    const bits = 7 & ~(mask >> shift)
    return `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`
  }
  return `u=${rights(6)},g=${rights(3)},o=${rights(0)}`
}

/** Limits in the order of their list, as a container of containerd has them; `unlimited` where there is no number. */
const limits = [
  ['c', 'core file size', 'blocks', undefined],
  ['d', 'data seg size', 'kb', undefined],
  ['e', 'scheduling priority', '', 0],
  ['f', 'file size', 'blocks', undefined],
  ['i', 'pending signals', '', 31_236],
  ['l', 'max locked memory', 'kb', 64],
  ['m', 'max memory size', 'kb', undefined],
  ['n', 'open files', '', 1_048_576],
  ['q', 'POSIX message queues', 'bytes', 819_200],
  ['r', 'real-time priority', '', 0],
  ['s', 'stack size', 'kb', 8192],
  ['t', 'cpu time', 'seconds', undefined],
  ['u', 'max user processes', '', undefined],
  ['v', 'virtual memory', 'kb', undefined],
  ['x', 'file locks', '', undefined],
] as const
type Limit = (typeof limits)[number]

function told([letter, , , standard]: Limit, shell: Shell): string {
  return shell.limits?.get(letter) ?? (standard === undefined ? 'unlimited' : String(standard))
}

/** A limit that is set is told from then on; nothing here uses so much that it would count. */
export const ulimit: Builtin = (call) => {
  const { args, shell, streams } = call
  const asked: { readonly limit: Limit; readonly value: ByteText | undefined }[] = []
  let isAll = false
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (!arg.startsWith('-')) {
      asked.push({ limit: limits[3], value: arg })
      continue
    }
    for (const letter of arg.slice(1)) {
      const limit = limits.find(([each]) => each === letter)
      if (letter === 'a') isAll = true
      else if (limit !== undefined) {
        const next = args[i + 1]
        const value = next !== undefined && !next.startsWith('-') ? args[++i] : undefined
        asked.push({ limit, value })
      } else if (!'HS'.includes(letter)) return unknownOption(call, letter)
    }
  }
  if (isAll) for (const limit of limits) streams.out.write(row(limit, shell))
  else if (asked.length === 0) asked.push({ limit: limits[3], value: undefined })
  for (const { limit, value } of isAll ? [] : asked) {
    if (value === undefined) streams.out.write(asked.length === 1 ? `${told(limit, shell)}\n` : row(limit, shell))
    else if (/^(?:\d+|unlimited|soft|hard)$/.test(value)) {
      if (/^\d|^u/.test(value)) shell.limits = new Map([...(shell.limits ?? []), [limit[0], value]])
    } else return badLimit(call, value)
  }
  return 0
}

function row(limit: Limit, shell: Shell): string {
  const [letter, name, unit] = limit
  const value = told(limit, shell)
  if (shell.dialect.name === 'ash')
    return `${`${name}${unit === '' ? '' : ` (${unit})`}`.padEnd(32)}(-${letter}) ${value}\n`
  const mark = unit === '' ? `(-${letter})` : `(${unit === 'kb' ? 'kbytes' : unit}, -${letter})`
  return `${name}${mark.padStart(40 - name.length)} ${value}\n`
}

function unknownOption(call: BuiltinCall, letter: string): Outcome {
  const { shell, streams } = call
  if (shell.dialect.name === 'bash')
    return complain(call, `-${letter}: invalid option\nulimit: usage: ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]`, 2)
  streams.err.write(`ulimit: invalid option -- '${letter}'\n`)
  return 1
}

function badLimit(call: BuiltinCall, value: ByteText): Outcome {
  const { shell, streams } = call
  if (shell.dialect.name === 'bash') return complain(call, `${value}: invalid number`, mistakeCode(shell))
  streams.err.write(`${shell.program}: invalid number '${value}'\n`)
  return 1
}
