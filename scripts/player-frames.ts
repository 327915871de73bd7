import { readScenarioFile } from '../src/cli/scenario-files.ts'
import { createSim } from '../src/index.ts'
import { createHeadlessPlayer } from '../src/ui/headless-player.ts'
import type { Recipe } from '../src/ui/world/recipe.ts'
import { ranWorld } from '../src/ui/world/run-world.ts'

/** A picture of the player: which scenario, how large a screen, which keys. */
export interface Picture {
  readonly scenario: string
  readonly columns: number
  readonly rows: number
  readonly keys: readonly string[]
}

/** The screen after the keys, as text without trailing blanks. */
export function playerScreen({ scenario, columns, rows, keys }: Picture): string {
  const { loaded } = readScenarioFile(scenario)
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  const [first] = loaded.value
  const recipe: Recipe = { scenario: first, seed: first.seed, knobs: {}, doings: [], until: undefined }
  const { recording } = ranWorld(recipe, { createSim })
  if (recording === undefined) throw new Error(`${scenario} did not run`)
  const world = { id: 0, name: 'main', recipe, recording, origin: undefined }
  const player = createHeadlessPlayer(
    world,
    { columns, rows },
    {
      run(wanted, { done }) {
        done(ranWorld(wanted, { createSim }))
        return () => {}
      },
      save: (_name, _text, done) => done('not saved: this is a picture'),
    },
  )
  for (const key of keys)
    if (key.length > 1 && key.startsWith('"')) player.type(key.slice(1, -1)).press('enter')
    else player.press(key)
  return player
    .lines()
    .map((line) => line.trimEnd())
    .join('\n')
}
