import { setImmediate as later } from 'node:timers'
import { loadScenario } from '../scenario/load.ts'
import type { SimOptions } from '../sim/options.ts'
import type { Sim } from '../sim/sim.ts'
import type { PlayerHost } from './model/player.ts'
import type { Recipe } from './world/recipe.ts'
import { type Ran, runWorld } from './world/run-world.ts'

/** What the player's host is made of. */
export interface HostParts {
  readonly createSim: (options: SimOptions) => Sim
  /** Writes a new file; says why not where it can't. */
  readonly write: (name: string, text: string) => string | undefined
}

/** How long a slice may take: short enough for a hand that presses a key, long enough to cost nothing. */
const sliceMs = 12
const progressEveryMs = 100
/** Events between two looks at the clock. */
const eventsALook = 64

/** The player's host on this machine: worlds run in slices between which keys are heard. */
export function createPlayerHost({ createSim, write }: HostParts): PlayerHost {
  const run: PlayerHost['run'] = (recipe, { progress, done }) => runSliced(recipe, createSim, { progress, done })
  return {
    run,
    save(name, text, done) {
      const loaded = loadScenario(text, name, { readBeside: () => undefined })
      if (!loaded.ok) {
        done(`not saved: ${loaded.errors[0].message}`)
        return
      }
      const recipe: Recipe = {
        scenario: loaded.value,
        seed: loaded.value.seed,
        knobs: {},
        doings: [],
        until: undefined,
      }
      run(recipe, {
        progress: () => {},
        done: ({ result }) => done(result.outcome === 'passed' ? written(name, text) : refused(result)),
      })
    },
  }

  function written(name: string, text: string): string {
    const problem = write(name, text)
    return problem === undefined ? `saved as ${name}; podsim run ${name} passes` : `not saved: ${problem}`
  }
}

function refused({ outcome, steps, reason }: Ran['result']): string {
  const failed = steps.flatMap(({ expectations }) => expectations).find(({ passed }) => !passed)
  const why = failed === undefined ? (reason ?? outcome) : `${failed.expected}; found: ${failed.found}`
  return `not saved, for it would not pass: ${why}`
}

function runSliced(
  recipe: Recipe,
  createSim: HostParts['createSim'],
  { progress, done }: Parameters<PlayerHost['run']>[1],
): () => void {
  let endsAt = performance.now() + sliceMs
  let toldAt = performance.now()
  let events = 0
  let sim: Sim | undefined
  let order: 'go' | 'stop' = 'go'
  const options = {
    createSim,
    started(made: Sim) {
      sim = made
    },
  }
  const slices = runWorld(recipe, options, () => ++events % eventsALook === 0 && performance.now() > endsAt)
  const step = (): void => {
    endsAt = performance.now() + sliceMs
    const next = slices.next(order)
    if (next.done === true) {
      if (order === 'go') done(next.value)
      return
    }
    const now = performance.now()
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
