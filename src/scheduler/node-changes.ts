import { equalJson } from '../api/json.ts'
import type { Node } from '../api/types/core.ts'

/**
 * Whether a change of a node may make room for a Pod that found none.
 * Source: pkg/scheduler/eventhandlers.go, nodeSchedulingPropertiesChange.
 */
export function mayHelp(old: Node, node: Node): boolean {
  const isUncordoned = (old.spec?.unschedulable ?? false) && !(node.spec?.unschedulable ?? false)
  return (
    isUncordoned ||
    !equalJson(old.status?.allocatable, node.status?.allocatable) ||
    !equalJson(old.metadata.labels, node.metadata.labels) ||
    !equalJson(old.spec?.taints, node.spec?.taints) ||
    !equalJson(conditionStates(old), conditionStates(node))
  )
}

function conditionStates(node: Node): object {
  return Object.fromEntries((node.status?.conditions ?? []).map(({ type, status }) => [type, status]))
}
