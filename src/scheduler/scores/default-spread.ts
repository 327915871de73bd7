import { maxNodeScore, type ScorePlugin } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'

/** Share of the zone in the score. Source: framework/plugins/defaultpodtopologyspread, zoneWeighting. */
const zoneWeighting = 2 / 3

/** Pods of one Service or controller are spread. Source: framework/plugins/defaultpodtopologyspread. */
export const defaultPodTopologySpread: ScorePlugin = {
  name: 'DefaultPodTopologySpread',
  prepare(pod, view) {
    if (pod.pod.spec.topologySpreadConstraints?.length) return undefined
    const selector = view.spreadSelector(pod)
    if (selector === undefined) return undefined
    const matching = view.matchingPods(pod.namespace, selector)
    return { score: ({ name }) => matching.get(name) ?? 0, normalize }
  },
}

function normalize(scores: Float64Array, nodes: readonly NodeInfo[]): void {
  const byZone = new Map<string, number>()
  let max = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? 0
    const zone = nodes[i]?.zone ?? ''
    max = Math.max(max, score)
    if (zone !== '') byZone.set(zone, (byZone.get(zone) ?? 0) + score)
  }
  const zoneMax = Math.max(0, ...byZone.values())
  for (let i = 0; i < scores.length; i++) {
    const zone = nodes[i]?.zone ?? ''
    let score: number = maxNodeScore
    if (max > 0) score = maxNodeScore * ((max - (scores[i] ?? 0)) / max)
    if (zone !== '') {
      const zoneScore = zoneMax > 0 ? maxNodeScore * ((zoneMax - (byZone.get(zone) ?? 0)) / zoneMax) : maxNodeScore
      score = score * (1 - zoneWeighting) + zoneWeighting * zoneScore
    }
    scores[i] = Math.trunc(score)
  }
}
