import type { Unsubscribable } from 'rxjs'
import { isBug, noteBug } from './bugs.ts'
import { defineHandler } from './handler.ts'
import { invariant } from './invariant.ts'
import type { Kernel, Ticket } from './kernel.ts'
import { begin, Once, type Receiver } from './once.ts'
import { checkpoint, endless, type Steps, type Waited } from './steps.ts'

/**
 * Work in progress on virtual time that reads from top to bottom. Subscribing starts it, up to where it first waits;
 * unsubscribing ends it there, and its `finally` blocks run. It goes on within the kernel's event that answers it, so
 * causes and order are those of the answer. `E` is what it may be refused with: what it lets through of `wait`.
 */
export function process<R, E = never>(kernel: Kernel, body: () => Steps<R>): Once<R, E> {
  return new Process<R, E>(kernel, body)
}

class Process<R, E> extends Once<R, E> {
  private readonly kernel: Kernel
  private readonly body: () => Steps<R>

  constructor(kernel: Kernel, body: () => Steps<R>) {
    super()
    this.kernel = kernel
    this.body = body
  }

  override begin(receiver: Receiver<R, E>): Unsubscribable {
    const run = new Run<R, E>(this.kernel, this.body(), receiver)
    receiver.begun?.(run)
    run.advance()
    return run
  }
}

const wake = defineHandler('wake a process', (run: Receiver<undefined>) => run.answered(undefined))

/** One run of a process. It is itself what it hands to requests and the kernel: waiting makes no closure. */
class Run<R, E> implements Receiver<unknown, unknown>, Unsubscribable {
  private readonly kernel: Kernel
  private readonly steps: Steps<R>
  private readonly receiver: Receiver<R, E>
  /** Of the sleep it is in. */
  private timer: Ticket | undefined
  private source: Unsubscribable | undefined
  private isOver = false
  private isRunning = false
  /** Between asking and the end of the call that asks, an answer goes round the loop instead of down the stack. */
  private isAsking = false
  private hasAnswer = false
  private isRefused = false
  private answer: unknown

  constructor(kernel: Kernel, steps: Steps<R>, receiver: Receiver<R, E>) {
    this.kernel = kernel
    this.steps = steps
    this.receiver = receiver
  }

  begun(source: Unsubscribable): void {
    this.source = source
  }

  answered(value: unknown): void {
    this.settle(value, false)
  }

  failed(refusal: unknown): void {
    if (isBug(refusal)) throw noteBug(refusal)
    this.settle(refusal, true)
  }

  unsubscribe(): void {
    if (this.isOver) return
    this.isOver = true
    if (this.timer !== undefined) this.kernel.cancel(this.timer)
    this.source?.unsubscribe()
    // Ended by somebody whom it called: it ends where it next waits.
    if (!this.isRunning) this.close()
  }

  advance(): void {
    while (!this.isOver) {
      const step = this.resume()
      if (step === undefined) return
      if (this.isOver) {
        if (step.done !== true) this.close()
        return
      }
      if (step.done === true) {
        this.isOver = true
        this.receiver.answered(step.value)
        return
      }
      if (!this.ask(step.value)) return
    }
  }

  private settle(answer: unknown, isRefused: boolean): void {
    if (this.isOver) return
    this.answer = answer
    this.isRefused = isRefused
    this.hasAnswer = true
    this.timer = undefined
    this.source = undefined
    if (!this.isAsking) this.advance()
  }

  /** Runs the body to where it waits next; undefined when it ended with a refusal. */
  private resume(): IteratorResult<Waited, R> | undefined {
    const { answer, isRefused } = this
    this.answer = undefined
    this.isRefused = false
    this.isRunning = true
    try {
      return isRefused ? this.steps.throw(answer) : this.steps.next(answer)
    } catch (error) {
      if (isBug(error)) throw noteBug(error)
      const isTold = !this.isOver
      this.isOver = true
      // What a body throws, if it is no bug, is what it was refused with.
      if (isTold) this.receiver.failed(error as E)
      return undefined
    } finally {
      this.isRunning = false
    }
  }

  /** Sets going what the body waits for. Returns whether the answer is there already. */
  private ask(what: Waited): boolean {
    if (typeof what === 'number') return this.pause(what)
    this.hasAnswer = false
    this.isAsking = true
    const source = begin(what, this)
    this.isAsking = false
    if (this.hasAnswer) return true
    if (this.isOver) source?.unsubscribe()
    else this.source = source
    return false
  }

  private pause(ms: number): boolean {
    if (ms === checkpoint) return true
    if (ms === endless) return false
    this.timer = this.kernel.post(ms, wake, this)
    return false
  }

  /** Runs the `finally` blocks that the body stands in. */
  private close(): void {
    try {
      const { done } = this.steps.return(undefined as R) // nobody hears the result of what was ended
      invariant(done === true, 'the finally block of a process does not wait')
    } catch (error) {
      throw isBug(error) ? noteBug(error) : error
    }
  }
}
