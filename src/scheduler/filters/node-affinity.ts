import { factAt } from '../../versions/version.ts'
import { type FilterPlugin, failure } from '../framework.ts'
import { nodeMatcher } from '../node-selector.ts'
import { nodeAffinityReason } from '../version-facts.ts'

/** nodeSelector and required node affinity. Source: framework/plugins/nodeaffinity. */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  prepare({ pod }, _view, minor) {
    const matches = nodeMatcher(pod.spec)
    if (matches === undefined) return undefined
    const refusal = failure(factAt(nodeAffinityReason, minor), false)
    return { filter: ({ node }) => (node !== undefined && matches(node) ? undefined : refusal) }
  },
}
