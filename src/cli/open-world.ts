import { createSim } from '../index.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import { arrived, knobsWish } from '../ui/model/forking.ts'
import { firstState, type PlayState } from '../ui/model/play-state.ts'
import { greeted } from '../ui/model/teaching.ts'
import type { Recipe } from '../ui/world/recipe.ts'
import { type Ran, runWorld } from '../ui/world/run-world.ts'
import { driveSlices, listenForStop } from './drive.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'

/** A scenario that has run, ready to be played. */
export interface Opened {
  readonly result: ScenarioResult
  /** Undefined where there is nothing to play: the run did not begin, or was stopped. */
  readonly state: PlayState | undefined
}

/** Runs a scenario to its end, and what it compares, with a word on how far it is when that takes long. */
export async function openScenario(scenario: Scenario, seed: string | undefined, output: Output): Promise<Opened> {
  const recipe: Recipe = { scenario, seed: seed ?? scenario.seed, knobs: {}, doings: [], until: undefined }
  const { result, recording } = await ranOn(recipe, output)
  if (recording === undefined || result.outcome === 'interrupted') return { result, state: undefined }
  const first = firstState({ id: 0, name: 'main', recipe, recording, origin: undefined })
  const { compare } = scenario.source
  if (compare === undefined) return { result, state: greeted(first) }
  const wish = knobsWish(
    first,
    compare.map((strategy) => ({ strategy })),
    true,
  )
  const recordings = []
  for (const each of wish.recipes) {
    const ran = await ranOn(each, output)
    if (ran.recording === undefined || ran.result.outcome === 'interrupted')
      return { result: ran.result, state: undefined }
    recordings.push(ran.recording)
  }
  return { result, state: greeted(arrived(first, wish, recordings)) }
}

async function ranOn(recipe: Recipe, output: Output): Promise<Ran> {
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  try {
    return await driveSlices((started, isOver) => runWorld(recipe, { createSim, started }, isOver), {
      ...{ what: recipe.scenario.file, output, stop },
    })
  } finally {
    stop.close()
  }
}
