import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Scenario } from '../../src/scenario/model.ts'
import { createHeadlessPlayer, type HeadlessPlayer } from '../../src/ui/headless-player.ts'
import type { PlayState } from '../../src/ui/model/play-state.ts'
import type { PlayerHost } from '../../src/ui/model/player.ts'
import type { Recipe } from '../../src/ui/world/recipe.ts'
import { ranWorld } from '../../src/ui/world/run-world.ts'
import type { World } from '../../src/ui/world/world.ts'

/** A scenario of a text, which must be right. */
export function scenarioFrom(text: string, file = 'lesson.yaml'): Scenario {
  const loaded = loadScenario(text, file, { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

/** The world of a scenario as it is. */
export function worldFrom(scenario: Scenario): World {
  const recipe: Recipe = { scenario, seed: scenario.seed, knobs: {}, doings: [], until: undefined }
  const { recording, result } = ranWorld(recipe, { createSim })
  if (recording === undefined) throw new Error(result.reason)
  return { id: 0, name: 'main', recipe, recording, origin: undefined }
}

/** Plays a world without a terminal. Forks run at once; what is saved is kept by its name. */
export function playedOn(
  of: Scenario | World | PlayState,
  size: { readonly columns: number; readonly rows: number },
): HeadlessPlayer & { readonly saved: ReadonlyMap<string, string> } {
  const saved = new Map<string, string>()
  const host: PlayerHost = {
    run(recipe, { done }) {
      done(ranWorld(recipe, { createSim }))
      return () => {}
    },
    save(name, text, done) {
      saved.set(name, text)
      done(`saved as ${name}`)
    },
  }
  return Object.assign(createHeadlessPlayer('recipe' in of || 'cursor' in of ? of : worldFrom(of), size, host), {
    saved,
  })
}
