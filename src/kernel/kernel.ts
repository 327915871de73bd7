import { throwingBugs, throwNotedBug } from './bugs.ts'
import { defineHandler, type Handler, handlerOf } from './handler.ts'
import { invariant } from './invariant.ts'
import type { VirtualMs } from './time.ts'
import { maxRows, none, TimingWheel } from './timing-wheel.ts'

/** One scheduled piece of work. */
export interface Timer {
  /** Instant at which the work is due. */
  readonly at: VirtualMs
  /** Takes the work off the queue in O(1). Does nothing once it ran or was cancelled. */
  cancel(): void
}

/** Names one event that was posted: the generation of a row of the wheel times `maxRows`, and the row. */
export type Ticket = number

/**
 * Virtual time, one thread. Events run in the order (time, sequence): two events of one instant run in the order in
 * which they were asked for. A bug in what an event does (kernel/bugs.ts) ends the run with that event.
 */
export interface Kernel {
  /** Time of the event being run, in whole ms since the start. Moves only between events, never backwards. */
  now(): VirtualMs
  /** Runs `work` in `delayMs` (a whole number, at least 0), after everything that was already due at that instant. */
  schedule(delayMs: VirtualMs, work: () => void): Timer
  /**
   * The same for a handler and its argument, without an object for the event: where very many are pending. What it
   * returns takes the event off the queue by `cancel`.
   */
  post<A>(delayMs: VirtualMs, handler: Handler<A>, argument: A): Ticket
  /** O(1). Does nothing once the event ran or was cancelled. */
  cancel(ticket: Ticket): void
  /** Runs all that is due until `endMs`, that instant included, and leaves the clock there. */
  runUntil(endMs: VirtualMs): void
  /**
   * Runs events one at a time until `condition` holds (asked before the first and after each event) or nothing is due
   * until `endMs`. Returns whether it held; if not, the clock stands at `endMs`.
   */
  runUntilTrue(condition: () => boolean, endMs: VirtualMs): boolean
  /** Runs the next event. Returns false, without moving the clock, when the queue is empty. */
  step(): boolean
  /** Instant of the next event, or undefined when the queue is empty. */
  nextAt(): VirtualMs | undefined
  /** How many events wait. */
  readonly pending: number
  /** How many events have run. */
  readonly events: number
  /** From now on at most `maxEvents` events may run; more end the run with an `EventBudgetError`. */
  limitEvents(maxEvents: number): void
  /**
   * Sequence number of the journal record that the running work follows from, 0 when there is none. Work inherits it
   * when it is scheduled; the journal sets it as it appends, so that whatever is scheduled next is caused by that record.
   */
  cause: number
}

/** Limits that turn a livelock into an error. */
export interface KernelOptions {
  /** Events that may run at one instant before the run is called a livelock. Default one million. */
  readonly maxEventsPerInstant?: number
  /** What the record with this sequence number was about, to name a cycle with. */
  readonly describeCause?: (seq: number) => string | undefined
}

/** The simulation ran more events than it was allowed to: it does not say whether it is right or wrong. */
export class EventBudgetError extends Error {
  override readonly name = 'EventBudgetError'
}

export function createKernel(options: KernelOptions = {}): Kernel {
  return new WheelKernel(options)
}

/** Names one entry of the wheel: short-lived, unless the caller keeps it to cancel. */
class ScheduledTimer implements Timer {
  readonly at: VirtualMs
  private readonly wheel: TimingWheel
  private readonly row: number
  private readonly generation: number

  constructor(at: VirtualMs, wheel: TimingWheel, row: number) {
    this.at = at
    this.wheel = wheel
    this.row = row
    this.generation = wheel.generationOf(row)
  }

  cancel(): void {
    this.wheel.remove(this.row, this.generation)
  }
}

const callWork = defineHandler('work', (work: () => void) => work())

class WheelKernel implements Kernel {
  cause = 0
  private readonly wheel = new TimingWheel()
  private time = 0
  /** Events that ran before the present instant. */
  private ran = 0
  private ranAtInstant = 0
  private maxEvents = Number.POSITIVE_INFINITY
  private allowed = Number.POSITIVE_INFINITY
  private readonly maxEventsPerInstant: number
  private readonly describeCause: (seq: number) => string | undefined
  private readonly suspects: string[] = []

  constructor(options: KernelOptions) {
    this.maxEventsPerInstant = options.maxEventsPerInstant ?? 1_000_000
    this.describeCause = options.describeCause ?? (() => undefined)
  }

  now(): VirtualMs {
    return this.time
  }

  nextAt(): VirtualMs | undefined {
    return this.wheel.nextAt()
  }

  get pending(): number {
    return this.wheel.size
  }

  get events(): number {
    return this.ran + this.ranAtInstant
  }

  schedule(delayMs: VirtualMs, work: () => void): Timer {
    // The first test is the quick one: it holds for all delays below 24 days.
    if ((delayMs | 0) !== delayMs || delayMs < 0) checkDelay(delayMs)
    const at = this.time + delayMs
    return new ScheduledTimer(at, this.wheel, this.wheel.insert(at, callWork.id, work, this.cause))
  }

  post<A>(delayMs: VirtualMs, handler: Handler<A>, argument: A): Ticket {
    if ((delayMs | 0) !== delayMs || delayMs < 0) checkDelay(delayMs)
    const { wheel } = this
    const row = wheel.insert(this.time + delayMs, handler.id, argument, this.cause)
    return wheel.generationOf(row) * maxRows + row
  }

  cancel(ticket: Ticket): void {
    const row = ticket % maxRows
    this.wheel.remove(row, (ticket - row) / maxRows)
  }

  limitEvents(maxEvents: number): void {
    this.allowed = maxEvents
    this.maxEvents = this.ran + this.ranAtInstant + maxEvents
  }

  step(): boolean {
    const row = this.wheel.take(Number.MAX_SAFE_INTEGER)
    if (row === none) return false
    throwingBugs(() => this.run(row))
    this.cause = 0
    return true
  }

  runUntil(endMs: VirtualMs): void {
    throwingBugs(() => this.runDue(endMs))
    this.time = Math.max(this.time, endMs)
    this.cause = 0
  }

  runUntilTrue(condition: () => boolean, endMs: VirtualMs): boolean {
    const held = throwingBugs(() => this.runDueUntil(condition, endMs))
    if (!held) this.time = Math.max(this.time, endMs)
    this.cause = 0
    return held
  }

  private runDue(endMs: VirtualMs): void {
    const { wheel } = this
    for (let row = wheel.take(endMs); row !== none; row = wheel.take(endMs)) this.run(row)
  }

  private runDueUntil(condition: () => boolean, endMs: VirtualMs): boolean {
    let held = condition()
    while (!held) {
      const row = this.wheel.take(endMs)
      if (row === none) break
      this.run(row)
      held = condition()
    }
    return held
  }

  private run(row: number): void {
    const { wheel } = this
    const handler = handlerOf(wheel.handlerOf(row))
    const argument = wheel.argumentOf(row)
    this.cause = wheel.causeOf(row)
    wheel.release(row)
    const { instant } = wheel
    if (instant !== this.time) this.moveTo(instant)
    else if (++this.ranAtInstant > this.maxEventsPerInstant - suspectsKept) this.suspect(handler, argument)
    handler.run(argument as never) // the argument that was posted with this handler
    throwNotedBug()
  }

  private moveTo(instant: VirtualMs): void {
    this.ran += this.ranAtInstant
    if (this.ran > this.maxEvents) throw new EventBudgetError(`more than ${this.allowed} events ran by ${this.time} ms`)
    this.time = instant
    this.ranAtInstant = 1
  }

  /** Close to the limit of one instant: notes who keeps running, and gives up at the limit. */
  private suspect(handler: Handler<never>, argument: unknown): void {
    const name = typeof argument === 'function' ? argument.name || 'unnamed work' : handler.name
    this.suspects.push(this.describeCause(this.cause) ?? name)
    if (this.ranAtInstant <= this.maxEventsPerInstant) return
    const cycle = [...new Set(this.suspects.slice(-suspectsKept))].join(' -> ')
    throw new EventBudgetError(
      `livelock: more than ${this.maxEventsPerInstant} events at ${this.time} ms without time moving; they repeat ${cycle}`,
    )
  }
}

function checkDelay(delayMs: VirtualMs): void {
  const isDelay = Number.isSafeInteger(delayMs) && delayMs >= 0
  invariant(isDelay, 'a delay is a whole number of ms, at least 0', delayMs)
}

/** How many of the last events name a livelock's cycle. */
const suspectsKept = 64
