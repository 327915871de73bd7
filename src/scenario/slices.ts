import type { VirtualMs } from '../kernel/time.ts'
import type { Sim } from '../sim/sim.ts'

/**
 * A run in slices: between two of them whoever drives it may look at the clock and the keyboard, tell how far it has come,
 * and stop it. What happens in the simulation does not depend on where the slices end.
 */
export type Slices<T> = Generator<SliceNews, T, SliceOrder>

/** What comes when the run goes on: time in slices, or a command, which is done in one. */
export type SliceNews = 'time' | 'command'

export type SliceOrder = 'go' | 'stop'

/** Asked after every event; true ends the slice. */
export type SliceEnd = () => boolean

/** For who wants no slices: all in one. */
export const endless: SliceEnd = () => false

/** The run was stopped from outside. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** Ends a slice: what is driven from outside goes on or stops here. */
export function* rest(news: SliceNews): Slices<void> {
  if ((yield news) === 'stop') throw new StoppedError('stopped')
}

/** All of a run in one. */
export function drained<T>(slices: Slices<T>): T {
  for (;;) {
    const { done, value } = slices.next('go')
    if (done === true) return value
  }
}

/** Lets time pass. */
export function* pass(sim: Sim, ms: VirtualMs, isOver: SliceEnd): Slices<void> {
  if (isOver === endless) sim.runFor(ms)
  else yield* passUntil(sim, () => false, ms, isOver)
}

/** Lets time pass until `condition` holds, at most `ms`. Says whether it did. */
export function* passUntil(sim: Sim, condition: () => boolean, ms: VirtualMs, isOver: SliceEnd): Slices<boolean> {
  const endsAt = sim.now() + ms
  for (;;) {
    let holds = false
    let hasRun = false
    const stop = (): boolean => {
      holds = condition()
      // Asked before the first event too: a slice without any would go nowhere.
      if (holds || !hasRun) {
        hasRun = true
        return holds
      }
      return isOver()
    }
    const isStopped = sim.runUntil(stop, { within: Math.max(0, endsAt - sim.now()) })
    if (holds || !isStopped) return holds
    yield* rest('time')
  }
}
