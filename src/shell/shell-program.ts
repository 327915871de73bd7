import { basename } from '../fs/path.ts'
import { type ByteText, toByteText } from './byte-text.ts'
import { Budget, standardLimits } from './engine/budget.ts'
import { ash, bash, type Dialect } from './engine/dialect.ts'
import { engine } from './engine/interpreter.ts'
import { deliver, guarded } from './engine/jobs.ts'
import { Shell, type ShellWorld } from './engine/shell.ts'
import { Input, type Sink, Streams } from './engine/streams.ts'
import type { ProcessContext, Program, ProgramLookup, ProgramRun } from './program.ts'
import { runShell as runStarted, type ShellBase, startShell } from './tools/nested-shell.ts'
import { findTool } from './tools/tools.ts'

/** Shells that run, for the signals that their containers get. */
const shells = new WeakMap<ProcessContext, Shell>()

/**
 * A container's first process is spared signals that it does not handle, and tools handle none, nor does a shell without a
 * trap: the container is killed when its grace period ran out (137). Source: Linux kernel/signal.c, SIGNAL_UNKILLABLE.
 */
const spared = { onTerm: () => 'ignored' as const }

const programOf = (dialect: Dialect, run: (task: ProcessContext, dialect: Dialect) => ProgramRun): Program => ({
  ...spared,
  run: (task) => run(task, dialect),
  signal(task, number) {
    const shell = shells.get(task)
    return shell !== undefined && deliver(shell, number)
  },
})

const ashShell = programOf(ash, runShell)
const bashShell = programOf(bash, runShell)
const busyboxTool = programOf(ash, runTool)
const scriptFile = programOf(ash, runScript)

/** Programs of a busybox: the shell and its tools, by any path in which they lie; scripts that lie in the container. */
export const busyboxPrograms: ProgramLookup = (argv, files) => {
  const [path = ''] = argv
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path.includes('/') && !/^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(path))
    return files?.stat(path).ok ? scriptFile : undefined
  if (name === 'sh' || name === 'ash') return ashShell
  if (name === 'busybox') return busyboxPrograms(argv.slice(1), files)
  return findTool(name, { dialect: ash }) === undefined ? undefined : busyboxTool
}

/** The same, with `bash` too, as images that are built on a distribution have it. */
export const shellPrograms: ProgramLookup = (argv, files) =>
  basename(argv[0] ?? '') === 'bash' ? bashShell : busyboxPrograms(argv, files)

function worldOf(task: ProcessContext): ShellWorld {
  const { kernel, files, user, hostname, processes } = task
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
    main: {
      out: { write: (bytes) => task.writeLog('stdout', bytes) },
      err: { write: (bytes) => task.writeLog('stderr', bytes) },
    },
    program: () => undefined,
  }
}

function streamsOf(task: ProcessContext, budget: Budget): Streams {
  const sink = (stream: 'stdout' | 'stderr'): Sink => ({
    write(bytes) {
      budget.spendShown(bytes.length)
      task.write(stream, bytes)
    },
  })
  return new Streams(new Input(task.stdin), sink('stdout'), sink('stderr'))
}

function baseOf(task: ProcessContext, dialect: Dialect): ShellBase {
  const environment = new Map<string, ByteText>()
  for (const [name, value] of task.env) environment.set(name, toByteText(value))
  const { pid, workingDir: directory, kernel } = task
  const budget = new Budget(standardLimits, () => kernel.now())
  return { world: worldOf(task), dialect, budget, pid, directory, environment }
}

/** A shell of nothing, in which a single command is run. */
function plainShell(task: ProcessContext, dialect: Dialect): Shell {
  return new Shell({ ...baseOf(task, dialect), name: 'sh', tellsLine: false, positional: [] })
}

function* runTool(task: ProcessContext, dialect: Dialect): ProgramRun {
  const shell = plainShell(task, dialect)
  const streams = streamsOf(task, shell.budget)
  const [path = '', ...args] = task.argv.map(toByteText)
  const argv = [path.slice(path.lastIndexOf('/') + 1), ...args]
  return yield* guarded(shell, streams, () => engine.runProgram(argv, shell, streams))
}

function* runScript(task: ProcessContext, dialect: Dialect): ProgramRun {
  const shell = plainShell(task, dialect)
  const streams = streamsOf(task, shell.budget)
  return yield* guarded(shell, streams, () => engine.runProgram(task.argv.map(toByteText), shell, streams))
}

function* runShell(task: ProcessContext, dialect: Dialect): ProgramRun {
  const [command = 'sh', ...args] = task.argv.map(toByteText)
  const base = baseOf(task, dialect)
  const streams = streamsOf(task, base.budget)
  const started = yield* startShell(command, args, base, streams)
  if (typeof started === 'number') return started
  shells.set(task, started.shell)
  return yield* guarded(started.shell, streams, () => runStarted(started, streams, engine))
}
