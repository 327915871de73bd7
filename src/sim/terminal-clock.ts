import type { Unsubscribable } from 'rxjs'
import { throwingBugs } from '../kernel/bugs.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { Once, type Receiver } from '../kernel/once.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** One wait of a command line. */
interface Waiting {
  readonly until: () => boolean
  readonly deadline: VirtualMs
  readonly receiver: Receiver<boolean>
}

/**
 * The time of command lines. People look between events, never inside of one: what waits here goes on when all that was
 * due at its instant has happened.
 */
export class TerminalClock {
  readonly #kernel: Kernel
  #waiting: readonly Waiting[] = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Answers whether a condition came true within a time; it is asked at once and after each event. */
  until(condition: () => boolean, timeoutMs: VirtualMs): Once<boolean> {
    return new Condition(this, condition, timeoutMs)
  }

  /** Answers when that much time has passed. */
  after(ms: VirtualMs): Once<void> {
    return new Pause(this, ms)
  }

  /** For `Condition`. */
  enter(until: () => boolean, timeoutMs: VirtualMs, receiver: Receiver<boolean>): Unsubscribable {
    const waiting = { until, deadline: this.#kernel.now() + timeoutMs, receiver }
    this.#waiting = [...this.#waiting, waiting]
    return { unsubscribe: () => this.#leave(waiting) }
  }

  /** Lets the world and the command lines in it go on until `endMs`, or until `isOver`; says whether that came. */
  run(endMs: VirtualMs, isOver?: () => boolean): boolean {
    return throwingBugs(() => this.#run(endMs, isOver))
  }

  #run(endMs: VirtualMs, isOver: (() => boolean) | undefined): boolean {
    for (;;) {
      this.#answer()
      if (isOver?.() === true) return true
      if (this.#waiting.length === 0 && endMs !== Number.POSITIVE_INFINITY) {
        if (isOver !== undefined) return this.#kernel.runUntilTrue(isOver, endMs)
        this.#kernel.runUntil(endMs)
        return false
      }
      const limit = Math.min(endMs, ...this.#waiting.map(({ deadline }) => deadline))
      const next = this.#kernel.nextAt()
      if (next !== undefined && next <= limit) this.#advance(limit, isOver)
      else if (limit === Number.POSITIVE_INFINITY) return false
      else {
        this.#kernel.runUntil(limit)
        this.#expire()
        if (limit === endMs) {
          this.#answer()
          return isOver?.() === true
        }
      }
    }
  }

  /** One event, or all until the limit where nobody looks at each. */
  #advance(limit: VirtualMs, isOver: (() => boolean) | undefined): void {
    const isLooking = isOver !== undefined || this.#waiting.some(({ until }) => until !== never)
    if (isLooking || limit === Number.POSITIVE_INFINITY) this.#kernel.step()
    else this.#kernel.runUntil(limit)
  }

  /** Answers those whose condition holds, in the order in which they came. */
  #answer(): void {
    for (let held = this.#find(({ until }) => until()); held !== undefined; held = this.#find(({ until }) => until())) {
      this.#leave(held)
      held.receiver.answered(true)
    }
  }

  /** Answers those whose time is over. */
  #expire(): void {
    const now = this.#kernel.now()
    const isLate = ({ deadline }: Waiting): boolean => deadline <= now
    for (let late = this.#find(isLate); late !== undefined; late = this.#find(isLate)) {
      this.#leave(late)
      late.receiver.answered(late.until())
    }
  }

  #find(test: (waiting: Waiting) => boolean): Waiting | undefined {
    return this.#waiting.find(test)
  }

  #leave(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== waiting)
  }
}

class Condition extends Once<boolean> {
  readonly #clock: TerminalClock
  readonly #until: () => boolean
  readonly #timeoutMs: VirtualMs
  constructor(clock: TerminalClock, until: () => boolean, timeoutMs: VirtualMs) {
    super()
    this.#clock = clock
    this.#until = until
    this.#timeoutMs = timeoutMs
  }

  override begin(receiver: Receiver<boolean>): Unsubscribable {
    return this.#clock.enter(this.#until, this.#timeoutMs, receiver)
  }
}

class Pause extends Once<void> {
  readonly #clock: TerminalClock
  readonly #ms: VirtualMs
  constructor(clock: TerminalClock, ms: VirtualMs) {
    super()
    this.#clock = clock
    this.#ms = ms
  }

  override begin(receiver: Receiver<void>): Unsubscribable {
    const answered = (): void => receiver.answered()
    return this.#clock.enter(never, this.#ms, { answered, failed: (refusal) => receiver.failed(refusal as never) })
  }
}

const never = (): boolean => false
