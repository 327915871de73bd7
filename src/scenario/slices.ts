import type { VirtualMs } from '../kernel/time.ts'
import type { Sim } from '../sim/sim.ts'

/**
 * A run in slices: between two of them whoever drives it may look at the clock and the keyboard, tell how far it has come,
 * and stop it. What happens in the simulation does not depend on where the slices end.
 */
export type Slices<T> = Generator<undefined, T, SliceOrder>

export type SliceOrder = 'go' | 'stop'

/** Asked after every event; true ends the slice. */
export type SliceEnd = () => boolean

/** A slice is asked for its end before its first event, too: without any it would go nowhere. */
export function afterFirst(isOver: SliceEnd): SliceEnd {
  let hasRun = false
  return () => {
    if (hasRun) return isOver()
    hasRun = true
    return false
  }
}

/** For who wants no slices: all in one. */
export const endless: SliceEnd = () => false

/** The run was stopped from outside. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** Ends a slice: what is driven from outside goes on or stops here. */
export function* rest(): Slices<void> {
  if ((yield) === 'stop') throw new StoppedError('stopped')
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
    const isSliceOver = afterFirst(isOver)
    const stop = (): boolean => {
      holds = condition()
      return holds || isSliceOver()
    }
    const isStopped = sim.runUntil(stop, { within: Math.max(0, endsAt - sim.now()) })
    if (holds || !isStopped) return holds
    yield* rest()
  }
}
