import type { NodeCondition } from '../../api/types/core.ts'
import { extended } from '../../kernel/extended.ts'

/** What a kubelet says of its node at a moment; what stays as it was keeps the time of its last change. */
export function conditionsAt(
  now: string,
  pressed: readonly string[],
  before: readonly NodeCondition[] | undefined,
): NodeCondition[] {
  return healthy.map((usual): NodeCondition => {
    const condition = pressed.includes(usual.type) ? (underPressure[usual.type] ?? usual) : usual
    const old = before?.find(({ type }) => type === condition.type)
    const since = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now
    return extended(condition, { lastHeartbeatTime: now, lastTransitionTime: since })
  })
}

/**
 * What a kubelet tells each time it makes the Node with which it would register, whether there is one already or not: nothing was said
 * of its conditions before. Source: pkg/kubelet/kubelet_node_status.go, registerWithAPIServer and initialNode; nodestatus/setters.go.
 */
export const initialEvents = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'] as const

/** Source: pkg/kubelet/nodestatus/setters.go. */
const healthy: readonly Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
  condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
  condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
  condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
]

/** What the same conditions say while the node runs short. */
const underPressure: Readonly<Record<string, (typeof healthy)[number]>> = {
  MemoryPressure: condition(
    'MemoryPressure',
    'True',
    'KubeletHasInsufficientMemory',
    'kubelet has insufficient memory available',
  ),
  DiskPressure: condition('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'),
}

/** Told when a pressure goes or is known again not to be, and when it comes. Source: pkg/kubelet/nodestatus/setters.go. */
export const pressureEvents = [
  { type: 'MemoryPressure', reasons: ['NodeHasSufficientMemory', 'NodeHasInsufficientMemory'] },
  { type: 'DiskPressure', reasons: ['NodeHasNoDiskPressure', 'NodeHasDiskPressure'] },
  { type: 'PIDPressure', reasons: ['NodeHasSufficientPID', 'NodeHasInsufficientPID'] },
] as const

function condition(type: string, status: 'True' | 'False', reason: string, message: string) {
  return { type, status, reason, message } as const
}
