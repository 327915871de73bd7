import type { Calendar, EpochMs } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** The wall clock of one machine, which may go wrong (L6). */
export interface NodeClock extends Calendar {
  /** From now on it is `aheadMs` ahead of the true time (behind, if negative). What was dated before keeps its date. */
  set(aheadMs: number): void
}

/**
 * Everything that a node dates is dated by its own wall clock: statuses, events, leases, log lines, the names of a volume's
 * time-stamped directories. Its periods are not: Go measures them with a monotonic clock.
 */
export function createNodeClock(kernel: Kernel, calendar: Calendar): NodeClock {
  return new MachineClock(kernel, calendar)
}

interface Setting {
  readonly since: VirtualMs
  readonly aheadMs: number
}

class MachineClock implements NodeClock {
  epochMs: EpochMs
  readonly #kernel: Kernel
  readonly #calendar: Calendar
  /** In order of time. */
  #settings: readonly Setting[] = neverSet

  constructor(kernel: Kernel, calendar: Calendar) {
    this.epochMs = calendar.epochMs
    this.#kernel = kernel
    this.#calendar = calendar
  }

  at(time: VirtualMs): EpochMs {
    const right = this.#calendar.at(time)
    return this.#settings.length === 0 ? right : right + this.#aheadAt(time)
  }

  set(aheadMs: number): void {
    this.#settings = [...this.#settings, { since: this.#kernel.now(), aheadMs }]
    this.epochMs = this.#calendar.epochMs + aheadMs
  }

  #aheadAt(time: VirtualMs): number {
    return this.#settings.findLast(({ since }) => since <= time)?.aheadMs ?? 0
  }
}

const neverSet: readonly Setting[] = []
