import type { FileView } from '../fs/node-fs.ts'
import { basename } from '../fs/path.ts'
import { forever, sleep } from '../kernel/steps.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type ByteText, bytesToByteText, fromByteText, toByteText } from './byte-text.ts'
import { Budget, standardLimits } from './engine/budget.ts'
import { ash, bash, type Dialect } from './engine/dialect.ts'
import { engine } from './engine/interpreter.ts'
import { deliver, guarded } from './engine/jobs.ts'
import { Shell, type ShellWorld, type WorldProgram } from './engine/shell.ts'
import { Input, type Sink, Streams } from './engine/streams.ts'
import { interact } from './interactive.ts'
import type { Assumed, Duty, ProcessContext, Program, ProgramLookup, ProgramRun } from './program.ts'
import { runShell as runStarted, type ShellBase, startShell } from './tools/nested-shell.ts'
import { sleepMsOf } from './tools/run-others.ts'
import { findTool } from './tools/tools.ts'

/**
 * A container's first process is spared signals that it does not handle, and tools handle none, nor does a shell without a
 * trap: the container is killed when its grace period ran out (137). Source: Linux kernel/signal.c, SIGNAL_UNKILLABLE.
 */
const spared = { onTerm: () => 'ignored' as const }

/** What a shell takes for granted in an image of which not all is known. */
export interface Trust {
  readonly duty: Duty
  /** What is assumed of a command, with the files as the container sees them. */
  readonly assumed: (name: ByteText, args: readonly ByteText[], files: FileView) => Assumed | undefined
  /** Directories that the image is taken to have, as the command is to write into them; `>`: a redirection. */
  readonly places: (name: ByteText, args: readonly ByteText[], files: FileView) => readonly string[]
  /** Whether the image has users that nobody knows. */
  readonly takesUsers: boolean
  /** Whether a script that started such a program and ended well is taken to have gone on in it. */
  readonly goesOn: boolean
  /** Whether shells that have started what nobody knows are taken to end in good order on SIGTERM. */
  readonly isOrderly: boolean
}

/** What a script has done so far with programs that nobody knows. */
interface Trusted {
  /** It started one. */
  started: boolean
  /** It read what one printed, or works with arrays, so that nobody knows how it went on. */
  read: boolean
}

/** Whether a script, given as text or as a file, works with bash's arrays, which podsim's shell has not. */
function usesArrays(args: readonly ByteText[], files: FileView): boolean {
  const texts = args.flatMap((arg) => {
    const read = files.readFile(fromByteText(arg))
    return read.ok ? [arg, bytesToByteText(read.value)] : [arg]
  })
  return texts.some((text) => arrayPattern.test(text))
}

const arrayPattern = /\b\w+\+?=\(|\$\{\w+\[|\b(?:declare|local|typeset) -\w*[aA]|\bread -\w*a|\b(?:mapfile|readarray)\b/

type Run = (task: ProcessContext, dialect: Dialect, trust?: Trust) => ProgramRun

/** Processes that have started what nobody knows: it may listen. */
const served = new WeakSet<ProcessContext>()
const assumedToListen: Pick<Program, 'assumedPorts' | 'probe' | 'request'> = {
  assumedPorts: (task) => (served.has(task) ? [] : undefined),
  probe: (task) => (served.has(task) ? { ok: true, output: '' } : undefined),
  request: () => ({ status: 200, body: '' }),
}

/** What nobody knows may have a handler, and the script may have gone on in it; what podsim has is spared as everywhere. */
const orderlyOnceServed: Program['onTerm'] = (task) =>
  served.has(task) ? { afterMs: 100, exitCode: 0 } : spared.onTerm()

const programOf = (dialect: Dialect, run: Run, trust?: Trust): Program => ({
  ...spared,
  ...(trust?.duty === 'serve' ? assumedToListen : {}),
  ...(trust?.isOrderly === true && trust.duty === 'serve' ? { onTerm: orderlyOnceServed } : {}),
  run: (task) => run(task, dialect, trust),
  signal(task, number) {
    const { kept } = task
    return kept instanceof Shell && deliver(kept, number)
  },
})

/** The shell and its tools, by any path in which they lie; scripts that lie in the container. */
function busyboxWith(trust?: Trust, dialect: Dialect = ash): ProgramLookup {
  const shell = programOf(dialect, runShell, trust)
  const tool = programOf(dialect, runTool, trust)
  const script = programOf(dialect, runScript, trust)
  const lookup: ProgramLookup = (argv, files) => {
    const [path = ''] = argv
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (path.includes('/') && !/^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(path))
      return files?.stat(path).ok ? script : undefined
    if (name === 'sh' || name === 'ash') return shell
    if (name === 'busybox') return lookup(argv.slice(1), files)
    return findTool(name, { dialect }) === undefined ? undefined : tool
  }
  return lookup
}

/** The shell of an image that has curl beside. */
const ashWithCurl: Dialect = { ...ash, extras: new Set(['curl', 'getent', 'envsubst', 'openssl']) }
/** The shell of one of which nothing is known: it has all that podsim has. */
export const ashWithTools: Dialect = {
  ...ash,
  extras: new Set([...(ashWithCurl.extras ?? []), 'jq', 'sha224sum', 'sha384sum']),
}

/** Programs of a busybox; applets that podsim only knows by name are refused, or taken to do their duty. */
export const busyboxPrograms: ProgramLookup = busyboxWith()
export const trustingBusybox = (trust: Trust): ProgramLookup => busyboxWith(trust)

/** The same, with `bash` too, as images that are built on a distribution have it. */
export function shellProgramsWith(trust?: Trust, dialect: Dialect = ash): ProgramLookup {
  const busybox = busyboxWith(trust, dialect)
  const shell = programOf(bash, runShell, trust)
  return (argv, files) => (basename(argv[0] ?? '') === 'bash' ? shell : busybox(argv, files))
}

export const shellPrograms: ProgramLookup = shellProgramsWith()
/** The same where curl is installed. */
export const curlPrograms: ProgramLookup = shellProgramsWith(undefined, ashWithCurl)
/** The same of an image of which nothing is known. */
export const toolPrograms: ProgramLookup = shellProgramsWith(undefined, ashWithTools)

function worldOf(task: ProcessContext, trust: Trust | undefined, trusted: Trusted): ShellWorld {
  const { kernel, files, user, hostname, processes } = task
  const assumed = (name: ByteText, args: readonly ByteText[]): WorldProgram | undefined => {
    const kind = trust?.assumed(name, args, files)
    if (kind === undefined) return undefined
    return function* doesItsDuty({ isRead }) {
      trusted.started = true
      served.add(task)
      if (isRead) trusted.read = true
      if (kind === 'serves') yield* forever()
      yield* sleep(workMs)
      return 0
    }
  }
  return {
    kernel,
    files,
    user,
    hostname,
    processes,
    epochNow: () => task.epochNow(),
    randomBytes: (count) => task.randomBytes(count),
    takeMemory: (bytes) => task.useMemory(bytes),
    changed: (directory) => task.changed(directory),
    watch: (paths) => task.watch(paths),
    main: {
      out: { write: (bytes) => task.writeLog('stdout', bytes) },
      err: { write: (bytes) => task.writeLog('stderr', bytes) },
    },
    program: () => undefined,
    network: () => task.network,
    ...(trust === undefined
      ? {}
      : {
          assumed,
          takesUsers: trust.takesUsers,
          prepares: (name: ByteText, args: readonly ByteText[]) => {
            for (const directory of trust.places(name, args, files)) files.mkdirAll(directory, 0o755)
          },
          trustsOutside: (isRead: boolean) => {
            if (isRead) trusted.read = true
          },
        }),
  }
}

/** How long a program takes of which nothing is known, where it ends at all. */
const workMs: VirtualMs = 1000

function streamsOf(task: ProcessContext, budget: Budget): Streams {
  const sink = (stream: 'stdout' | 'stderr'): Sink => ({
    write(bytes) {
      budget.spendShown(bytes.length)
      task.write(stream, bytes)
    },
  })
  return new Streams(new Input(task.stdin, task.input?.source), sink('stdout'), sink('stderr'))
}

function baseOf(
  task: ProcessContext,
  dialect: Dialect,
  trust?: Trust,
  trusted: Trusted = { started: false, read: false },
): ShellBase {
  const environment = new Map<string, ByteText>()
  for (const [name, value] of task.env) environment.set(name, toByteText(value))
  const { pid, workingDir: directory, kernel } = task
  const budget = new Budget(standardLimits, () => kernel.now())
  return { world: worldOf(task, trust, trusted), dialect, budget, pid, directory, environment }
}

/** A shell of nothing, in which a single command is run. */
function plainShell(task: ProcessContext, dialect: Dialect, trust: Trust | undefined, trusted: Trusted): Shell {
  const shell = new Shell({ name: 'sh', positional: [], ...baseOf(task, dialect, trust, trusted) })
  shell.isReplaced = true
  task.kept = shell
  return shell
}

/** A tool by itself. One that only sleeps, as very many containers do all their life, needs no shell around it. */
function runTool(task: ProcessContext, dialect: Dialect, trust?: Trust): ProgramRun {
  const [path = '', ...args] = task.argv
  const isSleep = path.slice(path.lastIndexOf('/') + 1) === 'sleep'
  const ms = isSleep && trust?.assumed('sleep', args, task.files) === undefined ? sleepMsOf(args) : Number.NaN
  return Number.isNaN(ms) ? runInShell(task, dialect, trust) : sleepFor(ms)
}

function* sleepFor(ms: number): ProgramRun {
  if (ms === Number.POSITIVE_INFINITY) yield* forever()
  if (ms > 0) yield* sleep(ms)
  return 0
}

function runInShell(task: ProcessContext, dialect: Dialect, trust?: Trust): ProgramRun {
  const [path = '', ...args] = task.argv.map(toByteText)
  const argv = [path.slice(path.lastIndexOf('/') + 1), ...args]
  return runAlone(task, argv, { started: false, read: false }, dialect, trust)
}

function runScript(task: ProcessContext, dialect: Dialect, trust?: Trust): ProgramRun {
  const argv = task.argv.map(toByteText)
  const read = trust !== undefined && usesArrays(argv.slice(0, 1), task.files)
  return runAlone(task, argv, { started: false, read }, dialect, trust)
}

/** A single command, in a shell of nothing. */
function* runAlone(
  task: ProcessContext,
  argv: readonly ByteText[],
  trusted: Trusted,
  dialect: Dialect,
  trust: Trust | undefined,
): ProgramRun {
  const shell = plainShell(task, dialect, trust, trusted)
  const streams = streamsOf(task, shell.budget)
  const code = yield* guarded(shell, streams, engine.runProgram(argv, shell, streams))
  return yield* endOf(code, trusted, trust)
}

function* runShell(task: ProcessContext, dialect: Dialect, trust?: Trust): ProgramRun {
  const [command = 'sh', ...args] = task.argv.map(toByteText)
  const trusted: Trusted = { started: false, read: trust !== undefined && usesArrays(args, task.files) }
  const base = baseOf(task, dialect, trust, trusted)
  const streams = streamsOf(task, base.budget)
  const { input } = task
  const started = yield* startShell(command, args, base, streams, input !== undefined)
  if (typeof started === 'number') return started
  task.kept = started.shell
  const run =
    started.isLive === true && input !== undefined
      ? interact(started.shell, streams, input)
      : runStarted(started, streams, engine)
  const code = yield* guarded(started.shell, streams, run)
  return yield* endOf(code, trusted, trust)
}

/**
 * How a command ends that may have started what nobody knows: having ended well it would have gone on in it; one that read what such a program
 * printed, and printed nothing here, need not have come to the failure that it came to.
 */
function* endOf(code: number, trusted: Trusted, trust: Trust | undefined): ProgramRun {
  if (trust === undefined) return code
  const isOpen = code === 0 ? trusted.started && trust.goesOn : trusted.read
  if (isOpen && trust.duty === 'serve') yield* forever()
  return isOpen ? 0 : code
}
