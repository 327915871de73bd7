import type { DeploymentStatus, WorkloadCondition } from '../../api/types/workload-specs.ts'
import { extended } from '../../kernel/extended.ts'

/** Source: pkg/controller/deployment/util/deployment_util.go, the reasons at its top. */
export const reasons = {
  updated: 'ReplicaSetUpdated',
  createFailed: 'ReplicaSetCreateError',
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  available: 'NewReplicaSetAvailable',
  timedOut: 'ProgressDeadlineExceeded',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
  minimumAvailable: 'MinimumReplicasAvailable',
  minimumUnavailable: 'MinimumReplicasUnavailable',
} as const

export function getCondition(status: DeploymentStatus | undefined, type: string): WorkloadCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type)
}

export function newCondition(
  type: string,
  status: WorkloadCondition['status'],
  reason: string,
  message: string,
  now: string,
): WorkloadCondition {
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message }
}

/** Replaces what differs in status or reason; the time of the transition stays when the status does. */
export function setCondition(status: DeploymentStatus, condition: WorkloadCondition): DeploymentStatus {
  const current = getCondition(status, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return status
  const isSame = current !== undefined && current.status === condition.status
  const next = isSame ? { ...condition, lastTransitionTime: current.lastTransitionTime ?? null } : condition
  return extended(removeCondition(status, condition.type), { conditions: without(status, condition.type).concat(next) })
}

export function removeCondition(status: DeploymentStatus, type: string): DeploymentStatus {
  const { conditions: _all, ...rest } = status
  const left = without(status, type)
  return left.length === 0 ? rest : extended(rest, { conditions: left })
}

function without(status: DeploymentStatus, type: string): readonly WorkloadCondition[] {
  // As long as it has to be: what `filter` makes has room for a dozen more.
  return (status.conditions ?? []).filter((condition) => condition.type !== type).slice()
}
