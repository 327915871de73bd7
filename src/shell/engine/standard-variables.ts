/** Variables that shells have without being told. */
import type { ByteText } from '../byte-text.ts'
import type { Dialect } from './dialect.ts'

/** What these hang on. */
interface Of {
  readonly dialect: Dialect
  readonly variables: ReadonlyMap<string, ByteText>
  readonly parentPid: number
}

/** How deep shells are in shells. Source: busybox shell/ash.c, init; bash variables.c, adjust_shell_level. */
export function levelOf({ variables }: Of): number {
  const before = variables.get('SHLVL') ?? ''
  return /^\d+$/.test(before) ? Number(before) + 1 : 1
}

/** Variables that a shell has without being told. Source: busybox shell/ash.c, varinit_data; bash variables.c. */
const standardOfAsh: Readonly<Record<string, ByteText>> = {
  FUNCNAME: '',
  IFS: ' \t\n',
  LINENO: '',
  OPTIND: '1',
  PS1: '\\w \\$ ',
  PS2: '> ',
  PS4: '+ ',
}
const standardOfBash: Readonly<Record<string, ByteText>> = { IFS: ' \t\n', OPTIND: '1', OPTERR: '1', PS4: '+ ' }

function standardOf({ dialect }: Of): Readonly<Record<string, ByteText>> {
  return dialect.name === 'ash' ? standardOfAsh : standardOfBash
}

/** Their names. */
export function standardNames(shell: Of): readonly string[] {
  return [...Object.keys(standardOf(shell)), 'PPID']
}

/** What such a variable holds where nobody set it. */
export function standardValue(shell: Of, name: string): ByteText | undefined {
  if (name === 'PPID') return String(shell.parentPid)
  const standard = standardOf(shell)
  return Object.hasOwn(standard, name) ? standard[name] : undefined
}
