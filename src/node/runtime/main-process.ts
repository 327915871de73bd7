import type { Unsubscribable } from 'rxjs'
import { defineHandler } from '../../kernel/handler.ts'
import type { Kernel, Ticket } from '../../kernel/kernel.ts'
import type { Receiver } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { Program } from '../../shell/program.ts'
import type { ContainerEntry } from './container.ts'

const start = defineHandler('start the main process of a container', (main: MainProcess) => main.start())

/**
 * The main process of a container that has started: it begins in an event of its own, and in the container's life, which it ends. One
 * object, for every container has one; nothing runs of a program that rests.
 */
export class MainProcess implements Receiver<number>, Unsubscribable {
  private readonly kernel: Kernel
  private readonly entry: ContainerEntry
  private readonly ended: (entry: ContainerEntry, exitCode: number) => void
  private timer: Ticket | undefined
  private run: Unsubscribable | undefined
  private isOver = false

  constructor(kernel: Kernel, entry: ContainerEntry, ended: (entry: ContainerEntry, exitCode: number) => void) {
    this.kernel = kernel
    this.entry = entry
    this.ended = ended
    this.timer = kernel.post(0, start, this)
  }

  start(): void {
    this.timer = undefined
    const { program, hasBegun } = this.entry
    // A container that was started has both.
    if (program === undefined || !hasBegun) this.answered(0)
    else if (program.rests === true) this.rest()
    else this.goOn(program)
  }

  private goOn(program: Program): void {
    const { context } = this.entry
    if (context !== undefined) process(this.kernel, () => program.run(context)).begin(this)
  }

  /** Until it is stopped nothing of it is needed. */
  private rest(): void {
    this.isOver = true
    this.entry.life.leave(this)
    this.entry.rests()
  }

  begun(run: Unsubscribable): void {
    this.run = run
  }

  answered(exitCode: number): void {
    if (this.isOver) return
    this.isOver = true
    this.entry.life.leave(this)
    this.ended(this.entry, exitCode)
  }

  failed(refusal: never): void {
    throw refusal
  }

  unsubscribe(): void {
    if (this.isOver) return
    this.isOver = true
    this.entry.life.leave(this)
    if (this.timer !== undefined) this.kernel.cancel(this.timer)
    this.run?.unsubscribe()
  }
}
