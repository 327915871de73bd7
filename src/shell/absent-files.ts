import { isWithin } from '../fs/path.ts'
import type { Whereabouts } from './program.ts'

/** Where programs keep what lives as long as they do, be it in a volume of its own. */
const scratch: ReadonlySet<string> = new Set(['/tmp', '/var/tmp', '/run', '/var/run', '/dev/shm'])

/**
 * The first file that a probe or hook names and that is not there, though a program of which nothing is known may make it: by an
 * absolute path, in no volume but an empty one for such files, and none of `programs`.
 */
export function absentFile(
  argv: readonly string[],
  files: Whereabouts,
  programs: readonly string[] = [],
): string | undefined {
  const known = files.mounts().filter(({ path }) => path !== '/' && !scratch.has(path))
  for (const [, path = ''] of argv.join('\n').matchAll(absolutePath)) {
    if (/^\/(?:proc|sys)\/|^\/dev\/(?!shm\/)|(?:^|\/)s?bin\//.test(path)) continue
    if (programs.includes(path) || known.some((mount) => isWithin(path, mount.path))) continue
    if (!files.stat(path).ok) return path
  }
  return undefined
}

const absolutePath = /(?<![\w.$}/:])(\/[\w.@%+-]+(?:\/[\w.@%+-]+)*)/g
