import type { Pod } from '../../../api/types/core.ts'
import type { KubeletContext } from '../context.ts'
import { isTerminal } from '../status/status-manager.ts'

/**
 * Why the node does not take a Pod that was bound to it, if so: it has as many as it may have. (Other resources are the
 * scheduler's business here.) Source: pkg/kubelet/lifecycle/predicate.go, InsufficientResourceError.
 */
export function refusal(
  context: KubeletContext,
  pod: Pod,
): { readonly reason: string; readonly message: string } | undefined {
  const { maxPods } = context.config
  if (context.pods.size <= maxPods) return undefined
  let used = 0
  for (const other of context.pods.all()) {
    const status = context.statuses.get(other.metadata.uid ?? '') ?? other.status
    if (other !== pod && !isTerminal(status?.phase)) used++
  }
  if (used < maxPods) return undefined
  return {
    reason: 'OutOfpods',
    message: `Node didn't have enough resource: pods, requested: 1, used: ${used}, capacity: ${maxPods}`,
  }
}
