import { label, maxNodeScore, type ScorePlugin } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { type AffinityTerm, type PodFacts, termSelects } from '../pod-facts.ts'

/** What a required term of an existing Pod counts. Source: apis/config, DefaultHardPodAffinityWeight. */
const hardPodAffinityWeight = 1

/** Preferred affinity both ways. Source: framework/plugins/interpodaffinity/scoring.go. */
export const interPodAffinityScore: ScorePlugin = {
  name: 'InterPodAffinity',
  prepare(pod, view) {
    const hasTerms = pod.affinity !== undefined || pod.antiAffinity !== undefined
    if (!hasTerms && view.nodesWithAffinityPods.size === 0) return undefined
    /** Topology key -> value -> sum of weights. */
    const sums = new Map<string, Map<string, number>>()
    for (const node of hasTerms ? view.nodes() : view.nodesWithAffinityPods) {
      const others = hasTerms ? node.pods : node.podsWithAffinity
      for (const other of others.values()) countPair(sums, pod, other, node)
    }
    if (sums.size === 0) return undefined
    return {
      score({ labels }) {
        let score = 0
        for (const [key, values] of sums) score += values.get(label(labels, key) ?? '') ?? 0
        return score
      },
      normalize: normalizeRange,
    }
  },
}

function countPair(sums: Map<string, Map<string, number>>, pod: PodFacts, other: PodFacts, node: NodeInfo): void {
  const add = (term: AffinityTerm, target: PodFacts, weight: number) => {
    const value = label(node.labels, term.topologyKey)
    if (value === undefined || !termSelects(term, target)) return
    const values = sums.get(term.topologyKey) ?? new Map<string, number>()
    sums.set(term.topologyKey, values)
    values.set(value, (values.get(value) ?? 0) + weight)
  }
  for (const term of pod.affinity?.preferred ?? []) add(term, other, term.weight)
  for (const term of pod.antiAffinity?.preferred ?? []) add(term, other, -term.weight)
  for (const term of other.affinity?.required ?? []) add(term, pod, hardPodAffinityWeight)
  for (const term of other.affinity?.preferred ?? []) add(term, pod, term.weight)
  for (const term of other.antiAffinity?.preferred ?? []) add(term, pod, -term.weight)
}

function normalizeRange(scores: Float64Array): void {
  let max = 0
  let min = 0
  for (const score of scores) {
    max = Math.max(max, score)
    min = Math.min(min, score)
  }
  for (let i = 0; i < scores.length; i++) {
    scores[i] = max === min ? 0 : Math.trunc(maxNodeScore * (((scores[i] ?? 0) - min) / (max - min)))
  }
}
