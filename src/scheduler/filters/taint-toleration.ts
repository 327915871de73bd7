import type { Taint } from '../../api/types/core.ts'
import { factAt } from '../../versions/version.ts'
import { type Failure, type FilterPlugin, failure } from '../framework.ts'
import { untoleratedTaint } from '../tolerations.ts'
import { taintReason } from '../version-facts.ts'

const isHard = ({ effect }: Taint) => effect === 'NoSchedule' || effect === 'NoExecute'

/** The first hard taint that is not tolerated rules a node out. Source: framework/plugins/tainttoleration. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  prepare({ pod }, _view, minor) {
    const reasonOf = factAt(taintReason, minor)
    const refusals = new Map<string, Failure>()
    return {
      filter({ taints }) {
        if (taints.length === 0) return undefined
        const taint = untoleratedTaint(taints, pod.spec.tolerations, isHard)
        if (taint === undefined) return undefined
        const reason = reasonOf(`{${taint.key}: ${taint.value ?? ''}}`)
        const refusal = refusals.get(reason) ?? failure(reason, false)
        refusals.set(reason, refusal)
        return refusal
      },
    }
  },
}
