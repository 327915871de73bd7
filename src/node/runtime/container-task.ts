import type { FileView } from '../../fs/node-fs.ts'
import type { Kernel, Timer } from '../../kernel/kernel.ts'
import type { ProcessContext, Program, ProgramRun, Wait } from '../../shell/program.ts'
import type { ExecResult, RuntimeResult } from './cri.ts'

/** Fires when a name in a directory changes. */
export interface DirectoryWatch {
  /** Calls back once, at the next change; returns how to stop waiting. */
  once(files: FileView, directory: string, changed: () => void): () => void
}

export interface ProcessOptions {
  readonly kernel: Kernel
  readonly program: Program
  readonly context: ProcessContext
  readonly watch: DirectoryWatch
  readonly exited: (exitCode: number) => void
}

/** The main process of one container: steps its program's coroutine and sleeps on the kernel between the steps. */
export class ContainerProcess {
  readonly #options: ProcessOptions
  readonly #run: ProgramRun
  #timer: Timer | undefined
  #unwatch: (() => void) | undefined
  #isOver = false

  constructor(options: ProcessOptions) {
    this.#options = options
    this.#run = options.program.run(options.context)
  }

  get context(): ProcessContext {
    return this.#options.context
  }

  step(): void {
    if (this.#isOver) return
    this.#timer = undefined
    this.#unwatch = undefined
    const { done, value } = this.#run.next()
    if (this.#isOver) return
    if (done === true) this.#end(value)
    else this.#wait(value)
  }

  /** Ends the process now, whatever it does. */
  kill(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#unwatch?.()
    this.#run.return(0)
  }

  #wait(wait: Wait): void {
    const step = () => this.step()
    switch (wait.kind) {
      case 'sleep':
        this.#timer = this.#options.kernel.schedule(wait.ms, step)
        return
      case 'change':
        this.#unwatch = this.#options.watch.once(this.context.files, wait.directory, () => {
          // Not inside of the change: the process is told of it, and runs after it.
          this.#timer = this.#options.kernel.schedule(0, step)
        })
        return
      case 'forever':
        return
    }
  }

  #end(exitCode: number): void {
    this.#isOver = true
    this.#options.exited(exitCode)
  }
}

/**
 * Runs a command to its end at one instant. A command that would have to wait is refused: an exec has no time of its own.
 */
export function runToEnd(
  program: Program,
  context: ProcessContext,
  output: () => ExecResult,
): RuntimeResult<ExecResult> {
  const run = program.run(context)
  let { done, value } = run.next()
  while (done !== true && typeof value === 'object' && value.kind === 'sleep' && value.ms === 0)
    ({ done, value } = run.next())
  if (typeof value === 'number') return { ok: true, value: { ...output(), exitCode: value } }
  run.return(0)
  const what =
    value.kind === 'sleep' ? value.what : value.kind === 'change' ? `waiting for ${value.directory}` : 'the command'
  return {
    ok: false,
    message: `podsim: "${context.argv.join(' ')}" would have to wait (${what}), but an exec runs at one instant of virtual time`,
  }
}
