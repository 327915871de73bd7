import { type ScenarioResult, stepPassed } from '../scenario/result.ts'

/** Something that a run broke and that may not break, whatever happens. */
export interface Broken {
  /** The same for the same thing in every run. */
  readonly id: string
  /** What must never be, or which invariant did not hold. */
  readonly what: string
  readonly found: string
  readonly kind: 'never' | 'invariant' | 'podsim'
  /** `file:line:column` of what the scenario says; undefined: podsim's own. */
  readonly at: string | undefined
}

/** All that a run broke, podsim's own first: a cluster that is wrong says nothing of what it holds. */
export function brokenBy(result: ScenarioResult): readonly Broken[] {
  const { outcome, invariant, reason = '', steps, scenario } = result
  const [what = '', ...rest] = reason.split('\n')
  const found = rest.join('\n')
  const own: Broken[] = []
  if (invariant !== undefined) own.push({ id: `invariant ${invariant}`, what, found, kind: 'invariant', at: undefined })
  if (outcome === 'broken') own.push({ id: 'podsim', what, found, kind: 'podsim', at: undefined })
  const nevers = steps
    .filter((step) => !stepPassed(step))
    .flatMap(({ expectations }) => expectations.filter(({ passed }) => !passed))
    .map(({ place, expected, found: seen }): Broken => {
      const at = `${place.file ?? scenario.file}:${place.line}:${place.column}`
      return { id: at, what: expected, found: seen, kind: 'never', at }
    })
  return [...own, ...nevers]
}
