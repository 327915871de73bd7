import { normalizeByMax, type ScorePlugin } from '../framework.ts'
import { preferenceSelector } from '../node-selector.ts'

/** Preferred node affinity. Source: framework/plugins/nodeaffinity. */
export const nodeAffinityScore: ScorePlugin = {
  name: 'NodeAffinity',
  prepare({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    if (preferred.length === 0) return undefined
    const terms = preferred.map(({ weight, preference }) => ({ weight, selector: preferenceSelector(preference) }))
    return {
      score({ labels }) {
        let score = 0
        for (const { weight, selector } of terms) if (selector?.matches(labels)) score += weight
        return score
      },
      normalize: (scores) => normalizeByMax(scores, false),
    }
  },
}
