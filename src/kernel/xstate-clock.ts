import type { Kernel, Timer } from './kernel.ts'

/** What XState's actors ask of a clock (xstate packages/core/src/system.ts, Clock). */
export interface XStateClock {
  setTimeout(work: (...args: unknown[]) => void, delayMs: number): number
  clearTimeout(id: number): void
}

/** XState on virtual time: delayed transitions (`after`) run as kernel events. */
export function xstateClock(kernel: Kernel): XStateClock {
  const timers = new Map<number, Timer>()
  let lastId = 0
  return {
    setTimeout(work, delayMs) {
      const id = ++lastId
      const run = () => {
        timers.delete(id)
        work()
      }
      timers.set(id, kernel.schedule(Math.max(0, Math.ceil(delayMs)), run))
      return id
    },
    clearTimeout(id) {
      timers.get(id)?.cancel()
      timers.delete(id)
    },
  }
}
