import type { SimOptions } from '../../sim/options.ts'
import type { Sim } from '../../sim/sim.ts'
import type { PlayerHost } from '../model/player.ts'
import type { Recipe } from './recipe.ts'
import { runWorld, type WorldOptions } from './run-world.ts'

/** What runs of worlds need of their host, be it Node.js or a browser. */
export interface SliceHost {
  readonly createSim: (options: SimOptions) => Sim
  /** Does something once whoever waits (keys, a screen) had a turn. */
  readonly later: (work: () => void) => void
  /** The host's milliseconds, from any beginning. */
  readonly clock: () => number
}

/** How long a slice may take: short enough for a hand that presses a key, long enough to cost nothing. */
const sliceMs = 12
const progressEveryMs = 100
/** Events between two looks at the clock. */
const eventsALook = 64

/** Runs a recipe in slices between which the host goes on. Returns how to stop it. */
export function runSliced(
  recipe: Recipe,
  { createSim, later, clock }: SliceHost,
  { progress, done }: Parameters<PlayerHost['run']>[1],
  more: Pick<WorldOptions, 'recorder' | 'stopAt'> = {},
): () => void {
  let endsAt = clock() + sliceMs
  let toldAt = clock()
  let events = 0
  let sim: Sim | undefined
  let order: 'go' | 'stop' = 'go'
  const options: WorldOptions = {
    ...more,
    createSim,
    started(made: Sim) {
      sim = made
    },
  }
  const slices = runWorld(recipe, options, () => ++events % eventsALook === 0 && clock() > endsAt)
  const step = (): void => {
    endsAt = clock() + sliceMs
    const next = slices.next(order)
    if (next.done === true) {
      if (order === 'go') done(next.value)
      return
    }
    const now = clock()
    if (now - toldAt > progressEveryMs && order === 'go') {
      toldAt = now
      progress(sim?.now() ?? 0)
    }
    later(step)
  }
  later(step)
  return () => {
    order = 'stop'
  }
}
