import { stringify } from 'yaml'
import type { Plan, PlanAction } from './plan.ts'
import { optionsOf } from './run-plan.ts'

/** A plan as a scenario file that `podsim run` repeats. */
export function scenarioText(plan: Plan, title: string): string {
  const { version, nodes, seed, kubelet, images } = optionsOf(plan)
  const steps = plan.steps.map(({ waitS, action }) => ({
    ...(waitS === 0 ? {} : { after: `${waitS}s` }),
    ...stepOf(action),
  }))
  return stringify(
    {
      title,
      seed,
      cluster: { version, nodes, kubelet, images },
      steps: [...steps, { at: '60m', say: 'Everything had time to come to rest.' }],
    },
    { lineWidth: 0 },
  )
}

function stepOf(action: PlanAction): object {
  // What is refused is part of the plan, not its end.
  if (action.kind === 'apply') return { apply: JSON.stringify(action.manifest), continue: true }
  if (action.kind === 'kubectl') return { kubectl: action.line, continue: true }
  const latency = 'latency' in action.fault ? { latency: `${action.fault.latency}ms` } : {}
  return { fault: { ...action.fault, ...latency, ...(action.forS === undefined ? {} : { for: `${action.forS}s` }) } }
}
