import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import type { ToolContext } from '../tools/tool.ts'
import type { Engine } from './engine.ts'
import { startChild } from './jobs.ts'
import type { Shell } from './shell.ts'
import { Input, type Streams } from './streams.ts'

/** What a tool works with when a shell runs it. */
export function toolContext(
  name: string,
  args: readonly ByteText[],
  shell: Shell,
  streams: Streams,
  engine: Engine,
): ToolContext {
  return {
    name,
    args,
    shell,
    streams,
    voice: shell.dialect.name === 'bash' ? 'gnu' : 'busybox',
    prefix: `${name}: `,
    files: shell.world.files,
    stdin: streams.stdin,
    out: (bytes) => {
      shell.budget.spendBytes(bytes.length)
      streams.out.write(bytes)
    },
    err: (bytes) => streams.err.write(bytes),
    held: (length) => shell.budget.hold(length),
    run: (argv, change) => runChanged(name, argv, change, shell, streams, engine),
    start: (argv) =>
      startChild(shell, streams, argv.join(' '), (child, io) => engine.runProgram(argv, child, io, name), engine),
    engine,
  }
}

/** Runs a program with another input or environment. */
function* runChanged(
  caller: string,
  argv: readonly ByteText[],
  change: { readonly stdin?: ByteText; readonly environment?: ReadonlyMap<string, ByteText> } = {},
  shell: Shell,
  streams: Streams,
  engine: Engine,
): Steps<number> {
  const { stdin, environment } = change
  const io = stdin === undefined ? streams : streams.with({ stdin: new Input(stdin) })
  if (environment === undefined) return yield* engine.runProgram(argv, shell, io, caller)
  const child = shell.subshell()
  child.variables.clear()
  child.arrays.clear()
  child.exported.clear()
  for (const [name, value] of environment) {
    child.variables.set(name, value)
    child.exported.add(name)
  }
  return yield* engine.runProgram(argv, child, io, caller)
}
