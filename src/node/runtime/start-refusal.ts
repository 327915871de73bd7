import type { FileView } from '../../fs/node-fs.ts'
import type { RuntimeKind, StartRefusal } from './error-texts.ts'

/** What is said of a program that the image lacks. */
export function missing(command: string): StartRefusal {
  return command.includes('/') ? 'no such file' : 'not on the path'
}

/** A file that lies there, but that nobody may run: a script from a volume whose mode has no x. */
export function mayNotRun(files: FileView, command: string): StartRefusal | undefined {
  if (!command.includes('/')) return undefined
  const stat = files.stat(command)
  const isScript = stat.ok && stat.value.type === 'file' && stat.value.size > 0
  return isScript && ((stat.value.mode & 0o111) === 0 || !files.access(command, 1).ok) ? 'permission denied' : undefined
}

/** Exit code of a container that did not start. Source: moby daemon/start.go: 126 for EACCES, 127 for what is not on the path. */
export function startExitCode(kind: RuntimeKind, refusal: StartRefusal | undefined): number {
  if (refusal === 'permission denied') return kind === 'docker' ? 126 : 128
  return refusal === 'not on the path' ? 127 : 128
}
