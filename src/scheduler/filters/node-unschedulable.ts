import { factAt } from '../../versions/version.ts'
import { type FilterPlugin, failure } from '../framework.ts'
import { isTolerated } from '../tolerations.ts'
import { unschedulableReason } from '../version-facts.ts'

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

/** Cordoned nodes take only Pods that tolerate it. Source: framework/plugins/nodeunschedulable. */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  prepare({ pod }, _view, minor) {
    if (isTolerated(unschedulableTaint, pod.spec.tolerations)) return undefined
    const refusal = failure(factAt(unschedulableReason, minor), false)
    return { filter: (node) => (node.isUnschedulable ? refusal : undefined) }
  },
}
