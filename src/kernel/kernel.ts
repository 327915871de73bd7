import type { VirtualMs } from './time.ts'

/** One scheduled piece of work. */
export interface Timer {
  /** Instant at which the work is due. */
  readonly at: VirtualMs
  /** Takes the work off the queue in O(1). Does nothing once it ran or was cancelled. */
  cancel(): void
}

/**
 * Virtual time, one thread. Events run in the order (time, sequence): two events of one instant run in the order in
 * which they were asked for.
 */
export interface Kernel {
  /** Time of the event being run, in whole ms since the start. Moves only between events, never backwards. */
  now(): VirtualMs
  /** Runs `work` in `delayMs` (a whole number, at least 0), after everything that was already due at that instant. */
  schedule(delayMs: VirtualMs, work: () => void): Timer
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
  /**
   * Sequence number of the journal record that the running work follows from, 0 when there is none. Work inherits it
   * when it is scheduled; the journal sets it as it appends, so that whatever is scheduled next is caused by that record.
   */
  cause: number
}

interface Scheduled extends Timer {
  readonly sequence: number
  readonly work: () => void
  readonly cause: number
  done: boolean
}

export function createKernel(): Kernel {
  let queue: Scheduled[] = []
  let now = 0
  let sequence = 0
  const before = (a: Scheduled, b: Scheduled) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
  const pop = (): Scheduled | undefined => {
    const top = queue[0]
    const last = queue.pop()
    if (top === undefined || last === undefined || top === last) return top
    let hole = 0
    for (let child = 1; child < queue.length; child = 2 * hole + 1) {
      const right = queue[child + 1]
      const left = queue[child] as Scheduled
      const smallest = right !== undefined && before(right, left) ? right : left
      if (!before(smallest, last)) break
      queue[hole] = smallest
      hole = smallest === left ? child : child + 1
    }
    queue[hole] = last
    return top
  }
  const push = (event: Scheduled): void => {
    let hole = queue.length
    queue.push(event)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = queue[parent] as Scheduled
      if (!before(event, above)) break
      queue[hole] = above
      hole = parent
    }
    queue[hole] = event
  }
  const peek = (): Scheduled | undefined => {
    while (queue[0]?.done) pop()
    return queue[0]
  }
  const run = (event: Scheduled): void => {
    pop()
    event.done = true
    now = event.at
    kernel.cause = event.cause
    event.work()
  }
  const kernel: Kernel = {
    cause: 0,
    now: () => now,
    nextAt: () => peek()?.at,
    schedule(delayMs, work) {
      const event: Scheduled = {
        at: now + delayMs,
        sequence: sequence++,
        work,
        cause: kernel.cause,
        done: false,
        cancel() {
          event.done = true
        },
      }
      push(event)
      return event
    },
    step() {
      const event = peek()
      if (event !== undefined) run(event)
      return event !== undefined
    },
    runUntil(endMs) {
      for (let event = peek(); event !== undefined && event.at <= endMs; event = peek()) run(event)
      now = Math.max(now, endMs)
      kernel.cause = 0
    },
    runUntilTrue(condition, endMs) {
      let held = condition()
      for (let event = peek(); !held && event !== undefined && event.at <= endMs; event = peek()) {
        run(event)
        held = condition()
      }
      if (!held) now = Math.max(now, endMs)
      kernel.cause = 0
      return held
    },
  }
  queue = []
  return kernel
}
