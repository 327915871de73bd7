import type { Steps } from '../kernel/steps.ts'
import { kubectl } from '../kubectl/cli/run.ts'
import type { KubectlHost } from '../kubectl/host.ts'
import { byteTextToBytes, fromByteText, toByteText } from '../shell/byte-text.ts'
import type { ProgramCall, WorldProgram } from '../shell/engine/shell.ts'

/** What a kubectl of a command line is called with, beside its arguments. */
export type KubectlSurroundings = Pick<KubectlHost, 'stdin' | 'env'> & Pick<ProgramCall, 'directory'>

/** kubectl as a program of a shell: what it waits for, the command line waits for. */
export function kubectlProgram(hostOf: HostOf): WorldProgram {
  return (call) => runKubectl(hostOf, call)
}

type HostOf = (call: KubectlSurroundings) => KubectlHost

function* runKubectl(hostOf: HostOf, call: ProgramCall): Steps<number> {
  const argv = call.args.map(fromByteText)
  // Read only where it is asked for, so that kubectl takes nothing from a loop's own input.
  const input = readsInput(argv) && call.stdin.isConnected ? yield* call.stdin.all(() => {}) : undefined
  const env = new Map<string, string>()
  for (const [name, value] of call.environment) env.set(name, fromByteText(value))
  const stdin = input === undefined ? undefined : byteTextToBytes(input)
  const host = hostOf({ stdin, env, directory: call.directory })
  return yield* kubectl(argv, host, (fd, text, bytes) => (fd === 1 ? call.out : call.err)(bytes ?? toByteText(text)))
}

/** Whether any argument means standard input. */
function readsInput(argv: readonly string[]): boolean {
  return argv.some(
    (arg) =>
      arg === '-' ||
      arg === '/dev/stdin' ||
      arg === '-f-' ||
      arg.endsWith('=-') ||
      arg.endsWith('=/dev/stdin') ||
      /^-[it]*i[it]*$/.test(arg) ||
      arg.startsWith('--stdin'),
  )
}
