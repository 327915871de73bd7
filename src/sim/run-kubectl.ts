import type { Unsubscribable } from 'rxjs'
import type { Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import { kubectl } from '../kubectl/cli/run.ts'
import type { KubectlHost } from '../kubectl/host.ts'
import type { CommandResult } from '../looks/containers.ts'
import { interruptedCode, type RunningLine } from '../shell/command-line.ts'
import type { TerminalClock } from './terminal-clock.ts'

/** One kubectl command line outside of any shell, whose host waits by this clock, in one. */
export function runKubectl(
  kernel: Kernel,
  clock: TerminalClock,
  argv: readonly string[],
  host: KubectlHost,
): CommandResult {
  const running = startKubectl(kernel, argv, host)
  goOn(running, clock)
  return running.result()
}

/** Lets the world go on until a command has ended, or nothing can happen any more; `isOver` ends that before. Says whether it has ended. */
export function goOn(running: RunningLine, clock: TerminalClock, isOver: () => boolean = () => false): boolean {
  const hasEnded = (): boolean => running.exitCode !== undefined
  if (!hasEnded() && !clock.run(Number.POSITIVE_INFINITY, () => hasEnded() || isOver())) running.stop()
  return hasEnded()
}

/** Starts one kubectl command line outside of any shell: it goes as far as it gets without time passing. */
export function startKubectl(kernel: Kernel, argv: readonly string[], host: KubectlHost): RunningLine {
  return new KubectlLine(kernel, argv, host)
}

class KubectlLine implements RunningLine {
  readonly #written = { 1: '', 2: '' }
  readonly #run: Unsubscribable
  #exitCode: number | undefined

  constructor(kernel: Kernel, argv: readonly string[], host: KubectlHost) {
    const body = () =>
      kubectl(argv, host, (fd, text) => {
        this.#written[fd] += text
      })
    this.#run = process(kernel, body).subscribe((code) => {
      this.#exitCode = code
    })
  }

  get exitCode(): number | undefined {
    return this.#exitCode
  }

  result(): CommandResult {
    return { stdout: this.#written[1], stderr: this.#written[2], exitCode: this.#exitCode ?? 0 }
  }

  stop(): void {
    if (this.#exitCode !== undefined) return
    this.#run.unsubscribe()
    this.#exitCode = interruptedCode
  }
}
