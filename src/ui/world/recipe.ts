import type { VirtualMs } from '../../kernel/time.ts'
import type { Scenario, Step } from '../../scenario/model.ts'
import type { Doing } from './doing.ts'
import { type Knobs, withKnobs } from './knobs.ts'

/**
 * All that a world comes from: the same recipe gives the same world, down to the byte. A fork is a recipe with a longer list
 * of doings, or with a knob turned.
 */
export interface Recipe {
  readonly scenario: Scenario
  readonly seed: string
  readonly knobs: Knobs
  /** In the order in which they are done. */
  readonly doings: readonly Doing[]
  /** The world goes on at least until then, beyond its scenario's last step; undefined: it ends with that. */
  readonly until: VirtualMs | undefined
}

/** Time that goes on after a doing, so that one sees what comes of it. */
export const afterwardsMs = 300_000

/** The recipe of a fork in which something more is done. */
export function withDoing(recipe: Recipe, doing: Doing): Recipe {
  return {
    ...recipe,
    doings: [...recipe.doings, doing],
    until: Math.max(recipe.until ?? 0, doing.at + afterwardsMs),
  }
}

/** The scenario as it runs: with the knobs as they are turned, and with time at its end. */
export function scenarioOf({ scenario, knobs, until }: Recipe): Scenario {
  const turned = withKnobs(scenario, knobs)
  if (until === undefined) return turned
  const end: Step = {
    place: scenario.steps.at(-1)?.place ?? { line: 1, column: 1 },
    time: { kind: 'at', ms: until },
    say: undefined,
    ask: undefined,
    action: undefined,
    output: undefined,
    expectations: [],
    capture: {},
    continues: false,
  }
  return { ...turned, steps: [...turned.steps, end] }
}
