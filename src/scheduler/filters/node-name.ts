import { factAt } from '../../versions/version.ts'
import { type FilterPlugin, failure } from '../framework.ts'
import { nodeNameReason } from '../version-facts.ts'

/** Source: framework/plugins/nodename. Pods that name a node never come to the queue; extenders of it might. */
export const nodeName: FilterPlugin = {
  name: 'NodeName',
  prepare({ pod }, _view, minor) {
    const wanted = pod.spec.nodeName
    if (!wanted) return undefined
    const refusal = failure(factAt(nodeNameReason, minor), false)
    return { filter: (node) => (node.name === wanted ? undefined : refusal) }
  },
}
