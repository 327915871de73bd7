import type { Scenario } from '../../scenario/model.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import type { Recipe } from '../world/recipe.ts'
import type { Recording } from '../world/recording.ts'
import { unrun } from '../world/unrun.ts'
import { arrived, knobsWish, type Wish } from './forking.ts'
import type { Command } from './keys.ts'
import { firstState, type PlayState, worldOf } from './play-state.ts'
import { greeted } from './teaching.ts'

/** How the player begins: with what the scenario is about, while the scenario runs. What is pressed meanwhile waits for it. */

/** The player of a scenario that has not run yet. */
export function opening(scenario: Scenario, seed: string = scenario.seed): PlayState {
  const recipe: Recipe = { scenario, seed, knobs: {}, doings: [], until: undefined }
  const first = firstState({ id: 0, name: 'main', recipe, recording: unrun(recipe), origin: undefined })
  return { ...greeted(first), isOpening: true, running: { what: 'the scenario', at: 0 } }
}

/** The scenario, and the worlds that it compares. */
export function openWish(state: PlayState): Wish {
  const { recipe } = worldOf(state)
  return { what: 'the scenario', recipes: [recipe, ...comparing(state).recipes], purpose: { kind: 'open' } }
}

function comparing(state: PlayState): Wish {
  const { compare = [] } = worldOf(state).recipe.scenario.source
  return knobsWish(
    state,
    compare.map((strategy) => ({ strategy })),
    true,
  )
}

/** The player once it has run. */
export function opened(state: PlayState, [recording, ...others]: readonly Recording[]): PlayState {
  if (recording === undefined) return state
  const { isRevealed, canOffer } = state
  const first: PlayState = { ...firstState({ ...worldOf(state), recording }), isRevealed, canOffer }
  return greeted(others.length === 0 ? first : arrived(first, comparing(first), others))
}

/** A run that did not begin: the player is over, and has what came of it. */
export function notOpened(state: PlayState, result: ScenarioResult): PlayState {
  const world = worldOf(state)
  const worlds = [{ ...world, recording: { ...world.recording, result } }]
  return { ...state, worlds, running: undefined, isOver: true }
}

/** Whether a key has to wait: there is nothing to play yet. */
export function isTooEarly({ isOpening, overlay }: PlayState, command: Command | undefined): boolean {
  return isOpening && overlay === undefined && command !== 'quit' && command !== 'help' && command !== 'close'
}
