import type { VirtualMs } from '../kernel/time.ts'
import { type ByteText, fromByteText, toByteText } from './byte-text.ts'
import { image } from './image.ts'
import {
  type Assumed,
  type Duty,
  exitAfter,
  type ImageDefinition,
  type Program,
  type ProgramLookup,
  serveForever,
  type Whereabouts,
} from './program.ts'
import {
  ashWithTools,
  busyboxPrograms,
  shellPrograms,
  shellProgramsWith,
  type Trust,
  toolPrograms,
  trustingBusybox,
} from './shell-program.ts'
import { takesOptions } from './tools/network-options.ts'
import { findTool, isNetworkTool, isRefused, isRefusedApplet } from './tools/tools.ts'
import { isInputOfImage, isMounted, isOfImage, placesOfImage, readsOfImage } from './unknown-files.ts'

/** A program of which nothing is known does its duty: it serves, or does its work and ends well, or says yes. */
const orderly = { afterMs: 100, exitCode: 0 }
const workMs: VirtualMs = 1000
const unknownPrograms: Readonly<Record<Duty, Program>> = {
  serve: serveForever(orderly),
  task: exitAfter(workMs, 0, orderly),
  check: exitAfter(0, 0, orderly),
}

/** Commands of the shell itself that want a directory or a script, which the image may have: it enters it, or takes it as read. */
const pathBuiltins: ReadonlySet<string> = new Set(['cd', '.', 'source'])

/** Programs that wait for others once they run, whatever else may be said of them. */
function serves(name: string, args: readonly ByteText[]): boolean {
  const flags = args.map(fromByteText)
  if (name === 'nc' || name === 'netcat') return flags.some((flag) => /^-\w*l/.test(flag))
  return name === 'httpd' || name === 'watch' || (name === 'crond' && flags.includes('-f'))
}

/**
 * What is taken for granted of a command of such an image: of a program that is no tool, or one that podsim knows by name only,
 * or a tool that is to handle files which the image may have. What is asked of mounted volumes is never taken for granted:
 * that is what podsim knows.
 */
export function assumedOf(command: ByteText, args: readonly ByteText[], files: Whereabouts): Assumed | undefined {
  const path = fromByteText(command)
  const name = path.slice(path.lastIndexOf('/') + 1)
  return isAssumed(path, name, args, files) ? (serves(name, args) ? 'serves' : 'ends') : undefined
}

function isAssumed(path: string, name: string, args: readonly ByteText[], files: Whereabouts): boolean {
  if (/^(?:busybox|sh|ash|bash)$/.test(name)) return false
  if (name === '<') return args.some((arg) => isInputOfImage(fromByteText(arg), files))
  if (pathBuiltins.has(name)) return args.some((arg) => isOfImage(fromByteText(arg), files))
  if (isNetworkTool(name)) return serves(name, args) || !takesOptions(name, args.map(fromByteText))
  if (isRefused(name)) return true
  if (findTool(name, { dialect: ashWithTools }) !== undefined) return readsOfImage(name, args.map(fromByteText), files)
  if (path.includes('/')) return !isMounted(path, files) && !files.stat(path).ok
  return !pathDirectories.some((directory) => files.stat(`${directory}/${name}`).ok)
}

const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

const duties = ['serve', 'task', 'check'] as const
/** One lookup for each duty; what somebody typed is taken for nothing but what podsim knows. */
function dutifulIn(
  known: ProgramLookup,
  trusting: (trust: Trust) => ProgramLookup,
  trust: Omit<Trust, 'duty'>,
): ProgramLookup {
  const lookups = new Map(duties.map((duty) => [duty, trusting({ duty, ...trust })]))
  return (argv, own, duty) => (duty === undefined ? known : (lookups.get(duty) ?? known))(argv, own, duty)
}

/** A busybox is known, but not all of its applets. */
export function appletOf(command: ByteText, args: readonly ByteText[]): Assumed | undefined {
  const path = fromByteText(command)
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (isNetworkTool(name)) return serves(name, args) ? 'serves' : undefined
  return isRefusedApplet(name) ? (serves(name, args) ? 'serves' : 'ends') : undefined
}

/** Programs of a busybox, whose applets that nobody simulates do what they are run for. */
export const dutifulBusybox = dutifulIn(busyboxPrograms, trustingBusybox, {
  assumed: appletOf,
  places: () => [],
  takesUsers: false,
  goesOn: false,
  isOrderly: false,
})

/** Scripts that Pods run there are taken to find all tools that podsim has. */
const withTools = (trust: Trust): ProgramLookup => shellProgramsWith(trust, ashWithTools)

/** Shells of an image that is known and holds programs that nobody simulates. `goesOn`: as in `Trust`. `known`: what is there in any case. */
export function dutifulShells(goesOn: boolean, known: ProgramLookup = shellPrograms): ProgramLookup {
  return dutifulIn(known, withTools, {
    assumed: assumedOf,
    places: placesOfImage,
    takesUsers: true,
    goesOn,
    isOrderly: false,
  })
}

const shellsOfUnknown = dutifulIn(toolPrograms, withTools, {
  assumed: assumedOf,
  places: placesOfImage,
  takesUsers: true,
  goesOn: true,
  isOrderly: true,
})

/** What a program does that nobody simulates. */
export const dutiful: ProgramLookup = (_argv, _own, duty) => (duty === undefined ? undefined : unknownPrograms[duty])

/**
 * An image that is said to run `own`, whatever it is called with, and has a shell and tools beside: of what probes and hooks
 * ask of other programs nothing is known, and what is typed is not there.
 */
export function imageThatRuns(own: Program, ownName: string, isStrict: boolean): ProgramLookup {
  const shells = isStrict ? shellPrograms : dutifulShells(true)
  return (argv, files, duty) => {
    const shell = shells(argv, files, duty)
    if (shell !== undefined) return shell
    if (duty === 'check') return isStrict ? undefined : dutiful(argv, files, duty)
    return duty !== undefined || argv[0] === ownName ? own : undefined
  }
}

/** Of an image of which nothing is known and that is to be taken for nothing: its own program, whatever the options. */
function isOwnProgram([first = '']: readonly string[]): boolean {
  return first === ownProgram || first.startsWith('-')
}

/** What stands for the program of an image of which nobody knows how it is called. */
const ownProgram = 'serve'

/** It serves; asked to do some work and end it says that nobody knows how. Nothing else is there. */
function strictProgram(argv: readonly string[], duty: Duty | undefined): Program | undefined {
  if (duty === undefined || duty === 'check' || !isOwnProgram(argv)) return undefined
  return duty === 'serve' ? unknownPrograms.serve : unknownTask
}

/** What somebody types is answered by nobody: the image may have it, or not. */
const nobodyKnows: Program = {
  // biome-ignore lint/correctness/useYield: it ends at once
  *run(task) {
    task.write('stderr', toByteText(`podsim: nothing is known of ${task.argv[0] ?? ''} of this image\n`))
    return 126
  },
  onTerm: () => orderly,
}

const unknownTask: Program = {
  // biome-ignore lint/correctness/useYield: it ends at once
  *run(task) {
    task.write('stderr', toByteText('podsim: what this image does is not known, and unknownImages is strict\n'))
    return 1
  },
  onTerm: () => orderly,
}

/**
 * An image of which nothing is known: whatever is asked of it, it does, unless `isStrict`: then it has a shell, and serves
 * where it is to serve.
 */
export function unknownImage(repository: string, files: ImageDefinition['files'], isStrict: boolean): ImageDefinition {
  const strict: ProgramLookup = (argv, own, duty) => toolPrograms(argv, own) ?? strictProgram(argv, duty)
  const lenient: ProgramLookup = (argv, own, duty) =>
    shellsOfUnknown(argv, own, duty) ?? dutiful(argv, own, duty) ?? nobodyKnows
  return image(repository, isStrict ? strict : lenient, {
    cmd: [ownProgram],
    files,
    assumes: (name, args, places) => (isOwnProgram([fromByteText(name)]) ? undefined : assumedOf(name, args, places)),
    ...(isStrict ? {} : { mayHaveOwnUser: true as const, mayHaveEntrypoint: true as const }),
  })
}
