import fc from 'fast-check'
import { InvariantViolation } from '../../src/invariants/invariant.ts'
import { type Plan, plans } from './plan.ts'
import { runPlan } from './run-plan.ts'
import { scenarioText } from './scenario-text.ts'

/** How many random plans one run of the suite tries; `PODSIM_SEEDS=100000` tries more. */
const count = Number(process.env.PODSIM_SEEDS ?? 1000)
/** One plan instead of all: what a failure names. */
const only = process.env.PODSIM_SEED

/** The seeds of one of `parts` parts, which run side by side. */
export function seedsOf(part: number, parts: number): readonly number[] {
  if (only !== undefined) return part === 0 ? [Number(only)] : []
  return Array.from({ length: Math.ceil((count - part) / parts) }, (_, i) => part + i * parts)
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
