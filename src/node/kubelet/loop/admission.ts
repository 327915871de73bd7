import type { Pod } from '../../../api/types/core.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import type { KubeletContext } from '../context.ts'
import { isCritical } from '../eviction/ranking.ts'
import { evictedReason, pressureMessage } from '../eviction/texts.ts'
import { qosClass } from '../status/qos.ts'
import { isTerminal } from '../status/status-manager.ts'

type Refusal = { readonly reason: string; readonly message: string }

/** Why the node does not take a Pod that was bound to it, if so. Source: pkg/kubelet/kubelet.go, canAdmitPod. */
export function refusal(context: KubeletContext, pod: Pod): Refusal | undefined {
  return (
    pressureRefusal(context, pod) ??
    groupsRefusal(context, pod) ??
    crowdRefusal(context, pod) ??
    lackRefusal(context, pod)
  )
}

/**
 * A node under pressure takes critical Pods; under that of memory alone also those that ask for something, and those
 * that tolerate it. Source: pkg/kubelet/eviction/eviction_manager.go, Admit.
 */
function pressureRefusal({ evictions: { conditions } }: KubeletContext, pod: Pod): Refusal | undefined {
  if (conditions.length === 0 || isCritical(pod)) return undefined
  const isOnlyMemory = conditions.length === 1 && conditions[0] === 'MemoryPressure'
  if (isOnlyMemory && (qosClass(pod) !== 'BestEffort' || toleratesMemoryPressure(pod))) return undefined
  return { reason: evictedReason, message: pressureMessage(conditions) }
}

function toleratesMemoryPressure({ spec: { tolerations = [] } }: Pod): boolean {
  return tolerations.some(
    ({ key = '', operator = 'Equal', value = '', effect = '' }) =>
      (key === '' ? operator === 'Exists' : key === 'node.kubernetes.io/memory-pressure') &&
      (operator === 'Exists' || value === '') &&
      (effect === '' || effect === 'NoSchedule'),
  )
}

/** Only from containerd 2 on runtimes can leave out an image's groups. Source: pkg/kubelet/lifecycle/predicate.go, Admit. */
function groupsRefusal({ minor }: KubeletContext, pod: Pod): Refusal | undefined {
  if (pod.spec.securityContext?.supplementalGroupsPolicy !== 'Strict') return undefined
  if (!has(minor, kubelet.refusesGroupPolicies) || has(minor, kubelet.containerd2)) return undefined
  return {
    reason: 'SupplementalGroupsPolicyNotSupported',
    message: 'SupplementalGroupsPolicy=Strict is not supported in this node',
  }
}

/** It has not what the Pod asks for. Critical Pods would make room for themselves (pkg/kubelet/preemption), which is not simulated. */
function lackRefusal({ resizes }: KubeletContext, pod: Pod): Refusal | undefined {
  return resizes.refused(resizes.allocated(pod), isCritical(pod))
}

/** It has as many as it may have. Source: lifecycle/predicate.go, InsufficientResourceError. */
function crowdRefusal(context: KubeletContext, pod: Pod): Refusal | undefined {
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
