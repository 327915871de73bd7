/** Command lines of a scenario, as `bash -c` would run them on the scenario's own files (C3). Nothing real is reached. */
import { fromByteText, toByteText } from './byte-text.ts'
import type { ShellHost, ShellResult } from './host.ts'
import { Interpreter } from './interpreter.ts'
import { parseShell } from './parser.ts'
import { BufferSink, ShellJump, ShellLimit, ShellState } from './state.ts'

/** Never throws: a script that goes too far ends with a line that says so. */
export function runShell(script: string, host: ShellHost): ShellResult {
  const out = new BufferSink()
  const err = new BufferSink()
  const state = new ShellState(host)
  const exitCode = contained(err, () => {
    const { script: parsed, error } = parseShell(toByteText(script))
    const status = parsed.length === 0 ? 0 : new Interpreter(state).run(parsed, { stdin: undefined, out, err })
    if (error === undefined) return status
    for (const line of error.lines) err.write(`bash: ${error.kind === 'expansion' ? '' : '-c: '}${line}\n`)
    if (error.kind === 'expansion') return 1
    return error.kind === 'ended' && parsed.length > 0 ? status : 2
  })
  return { stdout: fromByteText(out.text()), stderr: fromByteText(err.text()), exitCode }
}

function contained(err: BufferSink, work: () => number): number {
  try {
    return work()
  } catch (error) {
    if (error instanceof ShellJump) return error.kind === 'exit' || error.kind === 'return' ? error.value & 255 : 0
    if (error instanceof ShellLimit) {
      err.write(`podsim: the command line was stopped: ${error.message}\n`)
      return 1
    }
    // The host's stack is one more limit; what ran into it is the script's own nesting.
    if (error instanceof RangeError) {
      err.write('podsim: the command line was stopped: it nests too deeply\n')
      return 1
    }
    throw error
  }
}
