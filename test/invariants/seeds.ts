import fc from 'fast-check'
import { InvariantViolation } from '../../src/invariants/invariant.ts'
import { type Plan, plans } from './plan.ts'
import { runPlan } from './run-plan.ts'
import { scenarioText } from './scenario-text.ts'

/** How many random plans one run of the suite tries; `npm run soak` tries more, in CI 50. */
const count = Number(process.env.PODSIM_SEEDS ?? 2)
/** One plan instead of all: what a failure names. */
const only = process.env.PODSIM_SEED

/** So many seeds make one test: a few seconds. */
const chunk = 20

/** The seeds of one of `parts` parts, which run side by side, in chunks. */
export function chunksOf(part: number, parts: number): readonly (readonly [first: number, seeds: readonly number[]])[] {
  if (only !== undefined) return [[Number(only), part === 0 ? [Number(only)] : []]]
  const seeds = Array.from({ length: Math.ceil((count - part) / parts) }, (_, i) => part + i * parts)
  return Array.from({ length: Math.ceil(seeds.length / chunk) }, (_, i) => {
    const some = seeds.slice(i * chunk, (i + 1) * chunk)
    return [some[0] ?? part, some]
  })
}

export function planOf(seed: number): Plan {
  const [plan] = fc.sample(plans, { seed, numRuns: 1 })
  if (plan === undefined) throw new Error('fast-check gave no plan')
  return plan
}

/** Runs the plan of a seed; throws what is wrong with the smallest plan that breaks the same invariant. */
export function tryPlan(seed: number): void {
  try {
    runPlan(planOf(seed))
  } catch (error) {
    throw new Error(report(seed, error), { cause: error })
  }
}

function report(seed: number, error: unknown): string {
  const idOf = (thrown: unknown) => (thrown instanceof InvariantViolation ? thrown.id : String(thrown))
  const breaksTheSame = (plan: Plan): boolean => {
    try {
      runPlan(plan)
      return false
    } catch (thrown) {
      return idOf(thrown) === idOf(error)
    }
  }
  const checked = fc.check(
    fc.property(plans, (plan) => !breaksTheSame(plan)),
    { seed, numRuns: 1 },
  )
  const [plan = planOf(seed)] = checked.counterexample ?? []
  return [
    `seed ${seed}: ${error instanceof Error ? error.message : String(error)}`,
    `repeat: PODSIM_SEED=${seed} npx vitest run test/invariants/random.test.ts`,
    'the smallest plan that breaks it, for podsim run:',
    scenarioText(plan, `breaks ${idOf(error)}`),
  ].join('\n')
}
