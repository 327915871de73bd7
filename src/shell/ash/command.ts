import { errorText } from '../../fs/error-text.ts'
import type { ByteText } from '../bytes-text.ts'
import { toBytes } from '../bytes-text.ts'
import type { Wait } from '../program.ts'
import type { ToolContext, ToolRun } from '../tool.ts'
import { appletTool, isSimulatedTool, refusedApplets } from '../tools/applets.ts'
import { builtins } from './builtins.ts'
import { type Capture, expandText, expandWords } from './expansion.ts'
import { redirect } from './redirect.ts'
import { type InputStream, maxShellDepth, type Run, type ShellIo, type ShellState, tooDeep } from './state.ts'
import type { Node, Script } from './syntax.ts'

/** How a command runs what is inside of it. */
export interface ShellEngine {
  readonly capture: (state: ShellState, io: ShellIo) => Capture
  readonly runScript: (script: Script, state: ShellState, io: ShellIo) => Run
  readonly runNode: (node: Node, state: ShellState, io: ShellIo) => Run
}

/** Builtins whose assignments stay in the shell. Source: POSIX, special built-in utilities. */
const specialBuiltins = new Set([
  ':',
  '.',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'unset',
  'break',
  'continue',
])

/** Assignments, words, redirections: a builtin, a function, a tool, or a name that nothing answers to. */
export function* runSimpleCommand(
  node: Extract<Node, { kind: 'simple' }>,
  state: ShellState,
  io: ShellIo,
  engine: ShellEngine,
): Run {
  const capture = engine.capture(state, io)
  const argv = yield* expandWords(node.words, state, capture)
  const redirected = yield* redirect(node.redirects, state, io, capture)
  if (!redirected.ok) return { code: 1 }
  const [name] = argv
  const isLasting = name === undefined || specialBuiltins.has(name)
  const saved = new Map<string, string | undefined>()
  let assigned = false
  for (const { name: variable, value } of node.assignments) {
    if (state.readOnly.has(variable)) {
      io.err(toBytes(`${state.name}: ${variable}: is read only\n`))
      return { code: 2, jump: { kind: 'exit', levels: 0 } }
    }
    if (!saved.has(variable)) saved.set(variable, state.variables.get(variable))
    state.variables.set(variable, yield* expandText(value, state, capture))
    assigned = true
  }
  if (name === undefined) return { code: assigned || node.redirects.length > 0 ? captureCode(node, state) : 0 }
  if (state.traces) io.err(toBytes(`+ ${argv.join(' ')}\n`))
  const wasExported = new Set(state.exported)
  if (!isLasting) for (const variable of saved.keys()) state.exported.add(variable)
  const outcome = yield* runNamed(name, argv, state, redirected.io, engine)
  if (!isLasting)
    for (const [variable, value] of saved) {
      if (value === undefined) state.variables.delete(variable)
      else state.variables.set(variable, value)
      if (!wasExported.has(variable)) state.exported.delete(variable)
    }
  return outcome
}

/** The code of an assignment is that of the last command substitution in it. */
function captureCode({ assignments }: Extract<Node, { kind: 'simple' }>, state: ShellState): number {
  const captures = assignments.some(({ value }) => value.some((part) => part.kind === 'command'))
  return captures ? state.lastCode : 0
}

function* runNamed(name: string, argv: readonly string[], state: ShellState, io: ShellIo, engine: ShellEngine): Run {
  const body = state.functions.get(name)
  if (body !== undefined) return yield* runFunction(body, argv.slice(1), state, io, engine)
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined
  if (builtin !== undefined) return yield* builtin({ argv, state, io, engine, runTool: runToolByName })
  return { code: yield* runToolByName(argv, state, io) }
}

function* runFunction(body: Node, args: readonly string[], state: ShellState, io: ShellIo, engine: ShellEngine): Run {
  if (state.depth >= maxShellDepth) return tooDeep(state, io)
  const before = state.positional
  state.positional = args
  state.depth++
  const outcome = yield* engine.runNode(body, state, io)
  state.depth--
  state.positional = before
  return outcome.jump?.kind === 'return' ? { code: outcome.code } : outcome
}

/** Runs a program that is no part of the shell. Texts: busybox shell/ash.c, shellexec. */
export function* runToolByName(argv: readonly string[], state: ShellState, io: ShellIo): Generator<Wait, number, void> {
  const [name = ''] = argv
  const found = name.includes('/') ? toolOfPath(name, state) : name
  if (typeof found === 'number') {
    io.err(toBytes(`${state.name}: ${name}: ${found === 126 ? errorText('EACCES') : 'not found'}\n`))
    return found
  }
  if (refusedApplets.has(found)) {
    io.err(toBytes(`${state.name}: podsim does not simulate ${found}\n`))
    return 126
  }
  if (!isSimulatedTool(found)) {
    io.err(toBytes(`${state.name}: ${name}: not found\n`))
    return 127
  }
  const run = appletTool(found, toolContext(found, argv.slice(1), state, io.stdin, io))
  return typeof run === 'number' ? run : yield* run
}

/** `/bin/cat` is cat, if there is no other file; a file that is no program cannot be run. */
function toolOfPath(path: string, state: ShellState): string | number {
  const base = path.slice(path.lastIndexOf('/') + 1)
  if (/^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(path) && (isSimulatedTool(base) || refusedApplets.has(base)))
    return base
  const { files } = state.task
  const at = path.startsWith('/') ? path : `${state.cwd}/${path}`
  return files.stat(at).ok ? 126 : 127
}

export function toolContext(
  name: string,
  args: readonly string[],
  state: ShellState,
  stdin: InputStream,
  io: { readonly out: (bytes: ByteText) => void; readonly err: (bytes: ByteText) => void },
): ToolContext {
  return {
    name,
    args,
    task: state.task,
    files: state.task.files,
    cwd: state.cwd,
    env: state.environment(),
    stdin: () => stdin.all(),
    out: (text) => io.out(toBytes(text)),
    outBytes: (bytes) => io.out(bytes),
    err: (text) => io.err(toBytes(text)),
    run: (argv): ToolRun => runToolByName(argv, state, { ...io, stdin }),
  }
}
