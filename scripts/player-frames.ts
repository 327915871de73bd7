import { readScenarioFile } from '../src/cli/scenario-files.ts'
import { createSim } from '../src/index.ts'
import { createHeadlessPlayer, type HeadlessPlayer } from '../src/ui/headless-player.ts'
import { frameOf } from '../src/ui/views/frame.ts'
import type { Recipe } from '../src/ui/world/recipe.ts'
import { ranWorld } from '../src/ui/world/run-world.ts'
import { frameSvg } from './frame-svg.ts'

/** A picture of the player: which scenario, how large a screen, which keys. */
export interface Picture {
  readonly scenario: string
  readonly columns: number
  readonly rows: number
  readonly keys: readonly string[]
}

/** The screen after the keys, as text without trailing blanks. */
export function playerScreen(picture: Picture): string {
  return played(picture)
    .lines()
    .map((line) => line.trimEnd())
    .join('\n')
}

/** The same as a picture in colours. */
export function playerSvg(picture: Picture, title: string): string {
  const { columns, rows } = picture
  const player = played(picture)
  const frame = frameOf(player.state(), player.look(), { columns, rows, isColoured: true })
  const [left = [], right = []] = frame.panes.map((column) => column.flat())
  const body = left.map((each, i) => each + (right[i] ?? ''))
  return frameSvg([frame.header, ...frame.sentence, ...body, frame.footer], title)
}

function played({ scenario, columns, rows, keys }: Picture): HeadlessPlayer {
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
}
