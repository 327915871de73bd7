import { label, maxNodeScore, type ScorePlugin } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { nodeMatcher } from '../node-selector.ts'
import { hasAllTopologyKeys, spreadConstraints } from '../topology-constraints.ts'

/** Soft topology spread constraints. Source: framework/plugins/podtopologyspread/scoring.go. */
export const podTopologySpreadScore: ScorePlugin = {
  name: 'PodTopologySpread',
  prepare(pod, view, nodes) {
    const constraints = spreadConstraints(pod, 'ScheduleAnyway')
    if (constraints.length === 0) return undefined
    const counted = new Set(nodes.filter((node) => hasAllTopologyKeys(node, constraints)))
    const matches = nodeMatcher(pod.pod.spec)
    const counts = constraints.map(({ topologyKey, selector }) => {
      const values = new Map<string, number>()
      for (const node of counted) values.set(label(node.labels, topologyKey) ?? '', 0)
      const matching = view.matchingPods(pod.namespace, selector)
      for (const info of view.nodes()) {
        const isCandidate = info.node !== undefined && (matches === undefined || matches(info.node))
        if (!isCandidate || !hasAllTopologyKeys(info, constraints)) continue
        const value = label(info.labels, topologyKey) ?? ''
        const known = values.get(value)
        if (known !== undefined) values.set(value, known + (matching.get(info.name) ?? 0))
      }
      return values
    })
    return {
      score(node) {
        if (!counted.has(node)) return 0
        return constraints.reduce(
          (sum, { topologyKey }, at) => sum + (counts[at]?.get(label(node.labels, topologyKey) ?? '') ?? 0),
          0,
        )
      },
      normalize: (scores, list) => normalize(scores, list, counted),
    }
  },
}

function normalize(scores: Float64Array, nodes: readonly NodeInfo[], counted: ReadonlySet<NodeInfo>): void {
  let total = 0
  let min = Number.POSITIVE_INFINITY
  nodes.forEach((node, at) => {
    if (!counted.has(node)) return
    total += scores[at] ?? 0
    min = Math.min(min, scores[at] ?? 0)
  })
  const range = total - min
  nodes.forEach((node, at) => {
    if (range === 0) scores[at] = maxNodeScore
    else if (!counted.has(node)) scores[at] = 0
    else scores[at] = Math.trunc(maxNodeScore * ((total - (scores[at] ?? 0)) / range))
  })
}
