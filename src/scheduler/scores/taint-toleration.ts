import { normalizeByMax, type ScorePlugin } from '../framework.ts'
import { isTolerated } from '../tolerations.ts'

/** Soft taints that are not tolerated are bad. Source: framework/plugins/tainttoleration. */
export const taintTolerationScore: ScorePlugin = {
  name: 'TaintToleration',
  prepare({ pod }, view) {
    if (view.nodesWithSoftTaints.size === 0) return undefined
    const tolerations = pod.spec.tolerations?.filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
    return {
      score: ({ taints }) =>
        taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations)).length,
      normalize: (scores) => normalizeByMax(scores, true),
    }
  },
}
