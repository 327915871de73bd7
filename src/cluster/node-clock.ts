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
  const settings: { readonly since: VirtualMs; readonly aheadMs: number }[] = []
  const aheadAt = (time: VirtualMs): number => {
    for (let i = settings.length - 1; i >= 0; i--) {
      const setting = settings[i]
      if (setting !== undefined && setting.since <= time) return setting.aheadMs
    }
    return 0
  }
  const clock = {
    epochMs: calendar.epochMs,
    at: (time: VirtualMs): EpochMs => calendar.at(time) + (settings.length === 0 ? 0 : aheadAt(time)),
    set(aheadMs: number): void {
      settings.push({ since: kernel.now(), aheadMs })
      clock.epochMs = calendar.epochMs + aheadMs
    },
  }
  return clock
}
