import type { Unsubscribable } from 'rxjs'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { Clockwork } from './controller.ts'

/**
 * A loop that the original runs every so often, run only when there is something to look at: at the instants at which
 * the original would have looked. Asked for while it is running, it runs again one period later.
 */
export interface Ticks {
  /** Sets the phase, by an instant that belongs to the grid: now unless it is given. Looks at the next one. */
  begin(at?: VirtualMs): void
  /** The same, but that the first look is over and has found nothing. */
  goOnFrom(at: VirtualMs): void
  /** Looks at the next instant of the grid. */
  request(): void
  /** The next instant of the grid that is not over: now, if now is one and it has not been looked at. */
  next(): VirtualMs
  /** The first instant of the grid that is at or after `at`. */
  ceiling(at: VirtualMs): VirtualMs
}

export function createTicks(
  kernel: Pick<Kernel, 'now'>,
  clockwork: Pick<Clockwork, 'after'>,
  periodMs: VirtualMs,
  look: () => void,
): Ticks {
  let phase: VirtualMs | undefined
  let lastLook = -1
  let timer: Unsubscribable | undefined
  const ceiling = (at: VirtualMs): VirtualMs => {
    const from = phase ?? at
    return from + Math.ceil((at - from) / periodMs) * periodMs
  }
  const ticks: Ticks = {
    begin(at = kernel.now()) {
      phase = at
      ticks.request()
    },
    goOnFrom(at) {
      phase = at
    },
    next() {
      const now = kernel.now()
      return ceiling(now === lastLook ? now + 1 : now)
    },
    ceiling,
    request() {
      if (timer !== undefined || phase === undefined) return
      timer = clockwork.after(ticks.next() - kernel.now(), () => {
        timer = undefined
        lastLook = kernel.now()
        look()
      })
    },
  }
  return ticks
}
