import type { BindMount, FileView } from '../../fs/node-fs.ts'
import { isWithin, joinPath } from '../../fs/path.ts'
import type { RuntimeKind, StartRefusal } from './error-texts.ts'

/** What is said of a program that the image lacks. */
export function missing(command: string): StartRefusal {
  return command.includes('/') ? 'no such file' : 'not on the path'
}

/** A container that is about to run its command. */
interface Starting {
  readonly files: FileView
  readonly image: { readonly files: Readonly<Record<string, Uint8Array>> }
  readonly config: { readonly mounts: readonly BindMount[] }
}

/** A file that lies there, but that nobody may run: a script from a volume whose mode has no x. */
export function mayNotRun(starting: Starting, command: string): StartRefusal | undefined {
  if (!command.includes('/') || isNowhere(starting, command)) return undefined
  const { files } = starting
  const stat = files.stat(command)
  const isScript = stat.ok && stat.value.type === 'file' && stat.value.size > 0
  return isScript && ((stat.value.mode & 0o111) === 0 || !files.access(command, 1).ok) ? 'permission denied' : undefined
}

/**
 * Whether nothing lies at the path, as can be said without a look at the files: programs of images are known by their names, and
 * whoever looks makes all volumes of the Pod (src/fs/unread-trees.ts).
 */
function isNowhere({ image, config }: Starting, command: string): boolean {
  if (command.split('/').includes('..')) return false
  const path = joinPath('/', command)
  if (config.mounts.some(({ containerPath }) => isWithin(path, joinPath('/', containerPath)))) return false
  for (const key in image.files) if (isWithin(joinPath('/', key), path)) return false
  return true
}

/** Exit code of a container that did not start. Source: moby daemon/start.go: 126 for EACCES, 127 for what is not on the path. */
export function startExitCode(kind: RuntimeKind, refusal: StartRefusal | undefined): number {
  if (refusal === 'permission denied') return kind === 'docker' ? 126 : 128
  return refusal === 'not on the path' ? 127 : 128
}
