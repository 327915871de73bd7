import type { BindMount, FileView } from '../../fs/node-fs.ts'
import { isWithin, joinPath } from '../../fs/path.ts'
import { absentFile } from '../../shell/absent-files.ts'
import { bytesToByteText } from '../../shell/byte-text.ts'
import type { Duty, ImageDefinition, Program } from '../../shell/program.ts'
import type { ContainerEntry } from './container.ts'
import type { ExecError, RuntimeKind, StartRefusal } from './error-texts.ts'

/** What is said of a program that the image lacks. */
export function missing(command: string): StartRefusal {
  return command.includes('/') ? 'no such file' : 'not on the path'
}

/** What a container starts as, or why it cannot. */
interface Start {
  readonly program?: Program
  readonly refusal?: StartRefusal
  /** It was given arguments alone, and they are for what the image begins with. */
  readonly isEntrypoint?: true
}

/**
 * What a container's command is. Arguments alone, to an image of which nobody knows how it begins, are for its entrypoint, if they
 * cannot be run.
 */
export function startOf(entry: ContainerEntry, command: string, kind: RuntimeKind, duty: Duty): Start {
  const { argv, config, image, files } = entry
  const program = image.program(argv, files, duty)
  const refusal = program === undefined ? missing(command) : mayNotRun(entry, command, kind)
  if (refusal === undefined) return program === undefined ? {} : { program }
  const isOwn = image.mayHaveEntrypoint === true && config.command.length === 0
  const entrypoint = isOwn ? image.program(image.cmd, files, duty) : undefined
  return entrypoint === undefined ? { refusal } : { program: entrypoint, isEntrypoint: true }
}

/**
 * Whether what was asked of a container, and failed, hangs on a file that its program may make, of which nothing is known: it is
 * taken to do its duty.
 */
export function mayAnswer({ image, program, context, files }: ContainerEntry, argv: readonly string[]): boolean {
  if (image.mayHaveEntrypoint !== true || context === undefined) return false
  return program?.assumedPorts?.(context) !== undefined && absentFile(argv, files) !== undefined
}

/** A container that is about to run its command. */
interface Starting {
  readonly files: FileView
  readonly image: { readonly files: Readonly<Record<string, Uint8Array>> }
  readonly config: { readonly mounts: readonly BindMount[] }
}

type Executing = Starting & { readonly image: Pick<ImageDefinition, 'program'> }

/**
 * A file that lies there, but that nobody may run: a script from a volume whose mode has no x, or a directory. Source: Go
 * os/exec lp_unix.go, findExecutable, of which a directory is told since Go 1.20 (runc 1.3).
 */
export function mayNotRun(starting: Starting, command: string, kind: RuntimeKind): StartRefusal | undefined {
  if (!command.includes('/') || isNowhere(starting, command)) return undefined
  const { files } = starting
  const stat = files.stat(command)
  if (!stat.ok && stat.code === 'ENOENT' && isHidden(starting, command)) return 'no such file'
  if (stat.ok && stat.value.type === 'directory')
    return kind === 'containerd-2' ? 'is a directory' : 'permission denied'
  const isScript = stat.ok && stat.value.type === 'file' && stat.value.size > 0
  return isScript && ((stat.value.mode & 0o111) === 0 || !files.access(command, 1).ok) ? 'permission denied' : undefined
}

/**
 * Why the kernel would not run a script that lies at the path: it does not begin with `#!`, or nothing is where that leads, as with
 * Windows' ends of lines. A shell runs the first kind nevertheless. Source: Linux fs/exec.c and fs/binfmt_script.c; runc issue 1773.
 */
export function execError(starting: Executing, command: string): ExecError | undefined {
  if (!command.includes('/') || isNowhere(starting, command)) return undefined
  const read = starting.files.readFile(command)
  if (!read.ok || read.value.length === 0) return undefined
  const [, interpreter] = /^#![ \t]*([^ \t\n]+)/.exec(bytesToByteText(read.value.subarray(0, 256))) ?? []
  if (interpreter === undefined) return 'exec format error'
  const isThere =
    !interpreter.endsWith('\r') && starting.image.program([interpreter], starting.files, 'serve') !== undefined
  return isThere || starting.files.stat(interpreter).ok ? undefined : 'no such file or directory'
}

/** Exit code of a container that could not become its program. Sources: runc 1.2, libcontainer/init_linux.go, Init; before, init.go. */
export function execEnd(kind: RuntimeKind): number {
  return kind === 'containerd-2' ? 255 : 1
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

/** Volumes that hold what their objects say, and nothing else. */
const knownVolume = /\/kubernetes\.io~(?:configmap|secret|downward-api)\//

/** Whether a volume of which all is known lies over the program that the image had there. */
function isHidden({ config }: Starting, command: string): boolean {
  const path = joinPath('/', command)
  return config.mounts.some(
    ({ containerPath, hostPath }) => knownVolume.test(hostPath) && isWithin(path, joinPath('/', containerPath)),
  )
}

/** How a container ended that did not start. */
interface StartEnd {
  readonly exitCode: number
  readonly reason: string
}

/**
 * Exit code and reason of a container that did not start. Sources: moby daemon/errors.go, translateContainerdStartErr (126 what
 * may not be run, 127 what is not there and a file over a directory), as dockershim/docker_container.go, ContainerStatus, reads
 * it; containerd internal/cri/server/container_start.go, errorStartReason and errorStartExitCode, whatever the cause.
 */
export function startEnd(kind: RuntimeKind, refusal: StartRefusal | 'not a directory' | undefined): StartEnd {
  if (kind !== 'docker') return { exitCode: 128, reason: 'StartError' }
  const exitCode = refusal === undefined ? 128 : refusal === 'permission denied' ? 126 : 127
  return { exitCode, reason: 'ContainerCannotRun' }
}
