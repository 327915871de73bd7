import type { FileView } from '../fs/node-fs.ts'
import { isWithin } from '../fs/path.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type ByteText, fromByteText } from './byte-text.ts'
import { ash } from './engine/dialect.ts'
import { image } from './image.ts'
import {
  type Duty,
  exitAfter,
  type ImageDefinition,
  type Program,
  type ProgramLookup,
  serveForever,
} from './program.ts'
import { shellPrograms, shellProgramsWith } from './shell-program.ts'
import { findTool } from './tools/tools.ts'

/** A program of which nothing is known does its duty: it serves, or does its work and ends well, or says yes. */
const orderly = { afterMs: 100, exitCode: 0 }
const workMs: VirtualMs = 1000
const unknownPrograms: Readonly<Record<Duty, Program>> = {
  serve: serveForever(orderly),
  task: exitAfter(workMs, 0, orderly),
  check: exitAfter(0, 0, orderly),
}

/** Tools that move files about: those of an image of which nothing is known may be there. */
const fileTools: ReadonlySet<string> = new Set([
  'cp',
  'mv',
  'ln',
  'chmod',
  'chown',
  'tar',
  'rm',
  'mkdir',
  'touch',
  'install',
])

/**
 * Whether a command of such an image is taken for granted: a program that is no tool, or a tool that is to handle files
 * which the image may have. What is asked of mounted volumes is never taken for granted: that is what podsim knows.
 */
function isAssumed(command: ByteText, args: readonly ByteText[], files: FileView): boolean {
  const path = fromByteText(command)
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/^(?:busybox|sh|ash|bash)$/.test(name)) return false
  if (findTool(name, { dialect: ash }) !== undefined)
    return fileTools.has(name) && args.some((arg) => isOfImage(fromByteText(arg), files))
  if (path.includes('/')) return !isMounted(path, files) && !files.stat(path).ok
  return !pathDirectories.some((directory) => files.stat(`${directory}/${name}`).ok)
}

const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** An absolute path that is not there and lies in no volume. */
function isOfImage(path: string, files: FileView): boolean {
  return path.startsWith('/') && !files.stat(path).ok && !isMounted(path, files)
}

function isMounted(path: string, files: FileView): boolean {
  return files.mounts().some((mount) => mount.path !== '/' && isWithin(path, mount.path))
}

const duties = ['serve', 'task', 'check'] as const
const trusting = new Map<Duty, ProgramLookup>(
  duties.map((duty) => [duty, shellProgramsWith({ duty, assumed: isAssumed })]),
)

/** An image of which nothing is known: whatever is asked of it, it does, unless `isStrict`: then it has a shell and serves. */
export function unknownImage(repository: string, files: ImageDefinition['files'], isStrict: boolean): ImageDefinition {
  const strict: ProgramLookup = (argv, own) => shellPrograms(argv, own) ?? unknownPrograms.serve
  const lenient: ProgramLookup = (argv, own, duty) =>
    duty === undefined ? shellPrograms(argv, own) : (trusting.get(duty)?.(argv, own, duty) ?? unknownPrograms[duty])
  return image(repository, isStrict ? strict : lenient, { cmd: ['serve'], files })
}
