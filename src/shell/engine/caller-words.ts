import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import { type ByteText, toByteText } from '../byte-text.ts'

/**
 * What a tool says of a program that it was to run and cannot. Seen with busybox 1.35, and with coreutils 9.1 and findutils 4.9; not
 * even a shell tells its own words then, for no shell is asked.
 */
export function cannotExecute(caller: string, isGnu: boolean, program: ByteText, code: FsErrorCode): ByteText {
  // execve says of a directory what it says of a file without x.
  const text = errorText(code === 'EISDIR' ? 'EACCES' : code)
  if (caller === 'xargs') return `xargs: ${program}: ${text}`
  if (!isGnu) return caller === 'find' ? `find: ${program}: ${text}` : `${caller}: can't execute '${program}': ${text}`
  const [open, close] = caller === 'nohup' ? ["'", "'"] : [toByteText('\u2018'), toByteText('\u2019')]
  const what = caller === 'env' || caller === 'find' ? '' : 'failed to run command '
  return `${caller}: ${what}${open}${program}${close}: ${text}`
}
