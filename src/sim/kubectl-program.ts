import { type Steps, wait } from '../kernel/steps.ts'
import { type KubectlProcess, startKubectl } from '../kubectl/cli/run.ts'
import type { KubectlHost } from '../kubectl/host.ts'
import { byteTextToBytes, fromByteText, toByteText } from '../shell/byte-text.ts'
import type { ProgramCall, WorldProgram } from '../shell/engine/shell.ts'
import type { TerminalClock } from './terminal-clock.ts'

/** What a kubectl of a command line is called with, beside its arguments. */
export type KubectlSurroundings = Pick<KubectlHost, 'stdin' | 'env'> & Pick<ProgramCall, 'directory'>

/** Exit code of what a signal has ended: 128 and SIGTERM. */
const endedCode = 143

/** kubectl as a program of a shell: what it waits for, the command line waits for. */
export function kubectlProgram(clock: TerminalClock, hostOf: (call: KubectlSurroundings) => KubectlHost): WorldProgram {
  return function* kubectl(call): Steps<number> {
    const argv = call.args.map(fromByteText)
    // Read only where it is asked for, so that kubectl takes nothing from a loop's own input.
    const input = readsInput(argv) && call.stdin.isConnected ? yield* call.stdin.all(() => {}) : undefined
    const env = new Map([...call.environment].map(([name, value]) => [name, fromByteText(value)]))
    const stdin = input === undefined ? undefined : byteTextToBytes(input)
    return yield* runToEnd(startKubectl(argv, hostOf({ stdin, env, directory: call.directory })), call, clock)
  }
}

/** Whether any argument means standard input. */
function readsInput(argv: readonly string[]): boolean {
  return argv.some(
    (arg) =>
      /(?:^|=)(?:-|\/dev\/stdin)$/.test(arg) ||
      arg === '-f-' ||
      /^-[it]*i[it]*$/.test(arg) ||
      arg.startsWith('--stdin'),
  )
}

/** What it writes goes on as it comes; when its process is ended, it is. */
function* runToEnd(running: KubectlProcess, call: ProgramCall, clock: TerminalClock): Steps<number> {
  let written = 0
  const pass = (): void => {
    for (; written < running.chunks.length; written++) {
      const chunk = running.chunks[written]
      if (chunk === undefined) continue
      if (chunk.fd === 1) call.out(toByteText(chunk.text))
      else call.err(toByteText(chunk.text))
    }
  }
  try {
    for (;;) {
      pass()
      if (running.waiting === undefined) return running.exitCode ?? 0
      const { until, timeoutMs } = running.waiting
      yield* wait(clock.until(until, timeoutMs))
      running.poll()
    }
  } finally {
    if (running.waiting !== undefined) running.stop(endedCode)
  }
}
