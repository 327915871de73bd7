/** Names that are no commands, and commands that lie in files. */
import { type ByteText, fromByteText } from '../../byte-text.ts'
import type { Dialect } from '../dialect.ts'
import type { Shell } from '../shell.ts'

const keywords = new Set('! case do done elif else esac fi for if in then until while { }'.split(' '))
const ofBash = new Set('[[ ]] function select time coproc'.split(' '))

/** Whether a word is one of the grammar. Source: busybox shell/ash.c, tokname_array; bash(1), RESERVED WORDS. */
export function isReserved(name: string, { name: dialect }: Dialect): boolean {
  return keywords.has(name) || (dialect === 'bash' ? ofBash.has(name) : name === 'function')
}

/** Whether a file is one to run. */
export function isRunnableFile(path: ByteText, shell: Shell): boolean {
  const stat = shell.world.files.stat(shell.path(path))
  return stat.ok && stat.value.type === 'file' && (stat.value.mode & 0o111) !== 0
}

/** A script that lies along PATH. */
export function scriptAlongPath(name: string, shell: Shell): string | undefined {
  for (const directory of shell.get('PATH').split(':')) {
    const at = directory === '' ? '.' : directory
    const path = shell.path(`${at}/${name}`)
    const stat = shell.world.files.stat(path)
    if (stat.ok && stat.value.type === 'file' && (stat.value.mode & 0o111) !== 0 && stat.value.size > 0)
      return at.startsWith('/') ? `${fromByteText(at)}/${fromByteText(name)}` : path
  }
  return undefined
}
