import { type Selector, selectorFromObject } from '../api/label-selector.ts'
import type { TopologySpreadConstraint } from '../api/types/core.ts'
import { label } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodFacts } from './pod-facts.ts'

/** A constraint with its selector parsed. Source: framework/plugins/podtopologyspread/common.go. */
export interface SpreadConstraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly selector: Selector
}

/** The hard (`DoNotSchedule`) or soft (`ScheduleAnyway`) constraints of a Pod. */
export function spreadConstraints(
  { pod }: PodFacts,
  whenUnsatisfiable: TopologySpreadConstraint['whenUnsatisfiable'],
): readonly SpreadConstraint[] {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map(({ maxSkew, topologyKey, labelSelector }) => ({
      maxSkew,
      topologyKey,
      selector: selectorFromObject(labelSelector),
    }))
}

export function hasAllTopologyKeys(node: NodeInfo, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => label(node.labels, topologyKey) !== undefined)
}
