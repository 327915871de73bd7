import { setImmediate as later } from 'node:timers'
import { loadScenario } from '../scenario/load.ts'
import type { SimOptions } from '../sim/options.ts'
import type { Sim } from '../sim/sim.ts'
import type { PlayerHost } from './model/player.ts'
import type { Recipe } from './world/recipe.ts'
import type { Ran } from './world/run-world.ts'
import { runSliced } from './world/sliced-run.ts'

/** What the player's host is made of. */
export interface HostParts {
  readonly createSim: (options: SimOptions) => Sim
  /** Writes a new file; says why not where it can't. */
  readonly write: (name: string, text: string) => string | undefined
  /** Told when a run takes long: it is worth more memory than a lesson is. */
  readonly busy?: () => void
  /** Offers clusters to clients from outside; undefined: nothing here can. */
  readonly offer?: PlayerHost['offer']
}

/** Processor time in which a lesson has run; what else the machine does makes no run a long one. */
const longRunMs = 2000

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The player's host on this machine: worlds run in slices between which keys are heard. */
export function createPlayerHost({ createSim, write, busy, offer }: HostParts): PlayerHost {
  const run: PlayerHost['run'] = (recipe, { progress, done }) => {
    const beganAt = processorMs()
    const told = (at: number): void => {
      if (processorMs() - beganAt > longRunMs) busy?.()
      progress(at)
    }
    return runSliced(recipe, { createSim, later, clock: () => performance.now() }, { progress: told, done })
  }
  return {
    ...(offer === undefined ? {} : { offer }),
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
