import { has } from '../../versions/changes.ts'
import { scheduler } from '../../versions/scheduler.ts'
import { factAt } from '../../versions/version.ts'
import { type Failure, type FilterPlugin, failure, label, type PreparedFilter } from '../framework.ts'
import { nodeMatcher } from '../node-selector.ts'
import type { PodFacts } from '../pod-facts.ts'
import { hasAllTopologyKeys, type SpreadConstraint, spreadConstraints } from '../topology-constraints.ts'
import { topologySpreadReasons } from '../version-facts.ts'

/** For each constraint, the number of matching Pods by value of its topology. */
type Counts = readonly Map<string, number>[]

interface Refusals {
  readonly skew: Failure
  readonly missingLabel: Failure
}

/** Hard topology spread constraints. Source: framework/plugins/podtopologyspread/filtering.go. */
export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  prepare(pod, view, minor) {
    const constraints = spreadConstraints(pod, 'DoNotSchedule')
    if (constraints.length === 0) return undefined
    const matches = nodeMatcher(pod.pod.spec)
    const counts: Counts = constraints.map(() => new Map())
    const matching = constraints.map(({ selector }) => view.matchingPods(pod.namespace, selector))
    for (const info of view.nodes()) {
      const isCandidate = info.node !== undefined && (matches === undefined || matches(info.node))
      if (!isCandidate || !hasAllTopologyKeys(info, constraints)) continue
      constraints.forEach(({ topologyKey }, at) => {
        const value = label(info.labels, topologyKey) ?? ''
        const count = counts[at]
        count?.set(value, (count.get(value) ?? 0) + (matching[at]?.get(info.name) ?? 0))
      })
    }
    const { skew, missingLabel } = factAt(topologySpreadReasons, minor)
    return createState(pod, constraints, counts, {
      skew: failure(skew, true),
      missingLabel: failure(missingLabel, !has(minor, scheduler.missingLabelsAreNoConflict)),
    })
  },
}

function createState(
  pod: PodFacts,
  constraints: readonly SpreadConstraint[],
  counts: Counts,
  refusals: Refusals,
): PreparedFilter {
  let minima: number[] | undefined
  return {
    filter({ labels }) {
      minima ??= counts.map((values) => Math.min(...values.values()))
      for (let at = 0; at < constraints.length; at++) {
        const constraint = constraints[at]
        if (constraint === undefined) continue
        const value = label(labels, constraint.topologyKey)
        if (value === undefined) return refusals.missingLabel
        const self = constraint.selector.matches(pod.labels) ? 1 : 0
        const skew = (counts[at]?.get(value) ?? 0) + self - (minima[at] ?? 0)
        if (skew > constraint.maxSkew) return refusals.skew
      }
      return undefined
    },
    withPod(other, node, by) {
      if (other.namespace !== pod.namespace || !hasAllTopologyKeys(node, constraints)) return
      minima = undefined
      constraints.forEach(({ selector, topologyKey }, at) => {
        if (!selector.matches(other.labels)) return
        const value = label(node.labels, topologyKey) ?? ''
        const count = counts[at]
        count?.set(value, (count.get(value) ?? 0) + by)
      })
    },
    clone: () =>
      createState(
        pod,
        constraints,
        counts.map((values) => new Map(values)),
        refusals,
      ),
  }
}
