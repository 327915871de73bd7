import type { Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import { kubectl } from '../kubectl/cli/run.ts'
import type { KubectlHost } from '../kubectl/host.ts'
import type { CommandResult } from '../looks/containers.ts'
import type { TerminalClock } from './terminal-clock.ts'

/** One kubectl command line outside of any shell, whose host waits by this clock: lets the world go on until it has ended, or nothing can happen any more. */
export function runKubectl(
  kernel: Kernel,
  clock: TerminalClock,
  argv: readonly string[],
  host: KubectlHost,
): CommandResult {
  const written = { 1: '', 2: '' }
  let exitCode: number | undefined
  const body = () =>
    kubectl(argv, host, (fd, text) => {
      written[fd] += text
    })
  const run = process(kernel, body).subscribe((code) => {
    exitCode = code
  })
  if (exitCode === undefined && !clock.run(Number.POSITIVE_INFINITY, () => exitCode !== undefined)) run.unsubscribe()
  return { stdout: written[1], stderr: written[2], exitCode: exitCode ?? 0 }
}
