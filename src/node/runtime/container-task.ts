import type { Unsubscribable } from 'rxjs'
import type { FileView } from '../../fs/node-fs.ts'
import type { Kernel, Timer } from '../../kernel/kernel.ts'
import { Once, type Receiver } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { ProcessContext, Program } from '../../shell/program.ts'
import type { ExecResult, RuntimeResult } from './cri.ts'

/** Fires when a name in a directory changes. */
export interface DirectoryWatch {
  /** Calls back once, at the next change; returns how to stop waiting. */
  once(files: FileView, directory: string, changed: () => void): () => void
}

/** Answers at the next change of a directory: not inside of the change, but after it. */
export class DirectoryChange extends Once<void> {
  readonly #kernel: Kernel
  readonly #watch: DirectoryWatch
  readonly #files: FileView
  readonly #directory: string

  constructor(kernel: Kernel, watch: DirectoryWatch, files: FileView, directory: string) {
    super()
    this.#kernel = kernel
    this.#watch = watch
    this.#files = files
    this.#directory = directory
  }

  override begin(receiver: Receiver<void>): Unsubscribable {
    let timer: Timer | undefined
    const stop = this.#watch.once(this.#files, this.#directory, () => {
      timer = this.#kernel.schedule(0, () => receiver.answered())
    })
    return {
      unsubscribe() {
        timer?.cancel()
        stop()
      },
    }
  }
}

export interface ProcessOptions {
  readonly kernel: Kernel
  readonly program: Program
  readonly context: ProcessContext
  readonly exited: (exitCode: number) => void
}

/** A process of one container, the main one or another. */
export class ContainerProcess implements Receiver<number, never> {
  readonly #options: ProcessOptions
  #run: Unsubscribable | undefined
  #isOver = false

  constructor(options: ProcessOptions) {
    this.#options = options
  }

  get context(): ProcessContext {
    return this.#options.context
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Lets it go as far as it gets before it first waits. */
  start(): void {
    const { kernel, program, context } = this.#options
    if (!this.#isOver) process(kernel, () => program.run(context)).begin(this)
  }

  /** Ends the process now, whatever it does. */
  kill(): void {
    this.#isOver = true
    this.#run?.unsubscribe()
  }

  begun(run: Unsubscribable): void {
    this.#run = run
  }

  answered(exitCode: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.exited(exitCode)
  }

  failed(refusal: never): void {
    throw refusal
  }
}

/**
 * Runs a command to its end at one instant. A command that would have to wait is refused: an exec has no time of its own.
 */
export function runToEnd(
  kernel: Kernel,
  program: Program,
  context: ProcessContext,
  output: () => ExecResult,
): RuntimeResult<ExecResult> {
  let code: number | undefined
  const running = new ContainerProcess({ kernel, program, context, exited: (exitCode) => (code = exitCode) })
  running.start()
  if (code !== undefined) return { ok: true, value: { ...output(), exitCode: code } }
  running.kill()
  return {
    ok: false,
    message: `podsim: "${context.argv.join(' ')}" would have to wait, but an exec runs at one instant of virtual time`,
  }
}
