import { runToolByName } from './ash/command.ts'
import { runScript } from './ash/interpreter.ts'
import { parseScript } from './ash/parser.ts'
import { InputStream, type ShellIo, ShellState, stepBudget } from './ash/state.ts'
import { toBytes, toText } from './bytes-text.ts'
import type { ProcessContext, ProgramLookup, ProgramRun, Termination } from './program.ts'
import { isSimulatedTool, refusedApplets } from './tools/applets.ts'

/**
 * A container's first process is spared signals that it does not handle, and neither shell nor tools handle SIGTERM: the
 * container is killed when its grace period ran out (137). Source: Linux kernel/signal.c, SIGNAL_UNKILLABLE.
 */
const ignoresTerm: Termination = 'ignored'

/** Programs of a busybox: the shell and its tools, by any path in which they lie. */
export const busyboxPrograms: ProgramLookup = (argv) => {
  const [path = ''] = argv
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path.includes('/') && !/^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(path)) return undefined
  if (name === 'sh' || name === 'ash') return { run: runShell, onTerm: () => ignoresTerm }
  if (name === 'busybox') return busyboxPrograms(argv.slice(1))
  if (isSimulatedTool(name) || refusedApplets.has(name)) return { run: runTool, onTerm: () => ignoresTerm }
  return undefined
}

/** The same, with `sh` under the name that images with bash have too. */
export const shellPrograms: ProgramLookup = (argv) => {
  const name = argv[0]?.slice((argv[0].lastIndexOf('/') ?? -1) + 1)
  return name === 'bash' ? busyboxPrograms(['/bin/sh', ...argv.slice(1)]) : busyboxPrograms(argv)
}

function ioOf(task: ProcessContext): ShellIo {
  return {
    stdin: new InputStream(toBytes(task.stdin)),
    out: (bytes) => task.write('stdout', toText(bytes)),
    err: (bytes) => task.write('stderr', toText(bytes)),
  }
}

function* runTool(task: ProcessContext): ProgramRun {
  const name = task.argv[0]?.slice(task.argv[0].lastIndexOf('/') + 1) ?? ''
  const argv = [name, ...task.argv.slice(1)]
  return yield* runToolByName(argv, new ShellState(task, name, []), ioOf(task))
}

/** `sh -c SCRIPT [NAME ARG...]`, `sh FILE [ARG...]`, `sh` with the script on standard input. */
function* runShell(task: ProcessContext): ProgramRun {
  const [shell = 'sh', ...args] = task.argv
  const io = ioOf(task)
  const options = new Set<string>()
  while (/^-[a-z]+$/.test(args[0] ?? '')) for (const letter of (args.shift() ?? '').slice(1)) options.add(letter)
  const script = readScript(task, shell, args, options.has('c'))
  if (typeof script.text !== 'string') {
    io.err(toBytes(`${shell}: ${script.error}\n`))
    return script.code
  }
  const state = new ShellState(task, script.name, script.positional)
  state.exitsOnError = options.has('e')
  state.refusesUnset = options.has('u')
  state.traces = options.has('x')
  state.variables.set('PWD', state.cwd)
  const parsed = parseScript(script.text)
  if (!parsed.ok) {
    io.err(toBytes(`${state.name}: ${parsed.message}\n`))
    return 2
  }
  const waits = runScript(parsed.script, state, io)
  for (let step = waits.next(); ; step = waits.next()) {
    if (step.done === true) return step.value.code
    yield step.value
    state.budget.left = stepBudget
  }
}

interface FoundScript {
  readonly text?: string
  readonly name: string
  readonly positional: readonly string[]
  readonly error?: string
  readonly code: number
}

function readScript(task: ProcessContext, shell: string, args: readonly string[], isCommand: boolean): FoundScript {
  const [first, ...rest] = args
  if (isCommand) {
    const [name = shell, ...positional] = rest
    return first === undefined
      ? { name, positional, error: 'option requires an argument -- c', code: 2 }
      : { text: first, name, positional, code: 0 }
  }
  if (first === undefined) return { text: task.stdin, name: shell, positional: [], code: 0 }
  const path = first.startsWith('/') ? first : `${task.workingDir}/${first}`
  const content = task.files.readFile(path)
  if (!content.ok)
    return { name: shell, positional: [], error: `can't open '${first}': No such file or directory`, code: 127 }
  let bytes = ''
  for (const byte of content.value) bytes += String.fromCharCode(byte)
  return { text: toText(bytes), name: first, positional: rest, code: 0 }
}
