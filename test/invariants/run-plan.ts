import type { Sim, SimOptions } from '../../src/index.ts'
import { createObservedSim } from '../../src/sim/create-sim.ts'
import type { Plan } from './plan.ts'

/** A virtual hour: the steps take the first part of it, the rest is for everything to come to rest. */
const hourMs = 3_600_000

export function optionsOf({ version, strategy, nodes, syncFrequency }: Plan): SimOptions {
  return {
    version,
    nodes,
    seed: 'plan',
    kubelet: { configMapAndSecretChangeDetectionStrategy: strategy, syncFrequency },
    images: [{ name: 'private.example.com/app', pull: '300ms', private: { username: 'someone', password: 'right' } }],
  }
}

/** Runs a plan for its hour, with all invariants on unless `options` say otherwise. */
export function runPlan(plan: Plan, options: SimOptions = {}): Sim {
  const { sim, observer } = createObservedSim({ invariants: true, journal: 'summary', ...optionsOf(plan), ...options })
  for (const { waitS, action } of plan.steps) {
    if (waitS > 0) sim.runFor(waitS * 1000)
    if (action.kind === 'apply') sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(action.manifest) })
    else if (action.kind === 'kubectl') sim.kubectl(action.line.split(' '))
    else sim.fault(action.forS === undefined ? action.fault : { ...action.fault, for: action.forS * 1000 })
  }
  sim.runFor(hourMs - sim.now())
  observer?.settle()
  return sim
}
