import type { Deployment, DeploymentStatus, ReplicaSet, WorkloadCondition } from '../../api/types/workload-specs.ts'
import { extended } from '../../kernel/extended.ts'
import { epochOf, omitZero } from '../objects.ts'
import {
  hasProgressDeadline,
  isComplete,
  isProgressing,
  maxUnavailable,
  replicasOf,
  sumReplicas,
  sumStatus,
} from './arithmetic.ts'
import { getCondition, newCondition, reasons, removeCondition, setCondition } from './conditions.ts'

/** Source: pkg/controller/deployment/sync.go, calculateStatus. `now` as a timestamp. */
export function deploymentStatus(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  fresh: ReplicaSet | undefined,
  now: string,
): DeploymentStatus {
  const sets = [...old, fresh]
  const available = sumStatus(sets, 'availableReplicas')
  const { conditions, collisionCount } = deployment.status ?? {}
  const counted: DeploymentStatus = omitZero({
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sumStatus(sets, 'replicas'),
    updatedReplicas: sumStatus([fresh], 'replicas'),
    readyReplicas: sumStatus(sets, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sumReplicas(sets) - available),
  })
  const colliding = collisionCount === undefined ? counted : extended(counted, { collisionCount })
  const status = conditions === undefined ? colliding : extended(colliding, { conditions })
  const isAvailable = available >= replicasOf(deployment) - maxUnavailable(deployment)
  const condition = isAvailable
    ? newCondition('Available', 'True', reasons.minimumAvailable, 'Deployment has minimum availability.', now)
    : newCondition(
        'Available',
        'False',
        reasons.minimumUnavailable,
        'Deployment does not have minimum availability.',
        now,
      )
  return setCondition(status, condition)
}

/** Source: pkg/controller/deployment/progress.go, syncRolloutStatus. */
export function rolloutStatus(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  fresh: ReplicaSet | undefined,
  now: string,
): DeploymentStatus {
  const counted = deploymentStatus(deployment, old, fresh, now)
  return withFailure(
    hasProgressDeadline(deployment)
      ? withProgress(deployment, counted, fresh, now)
      : removeCondition(counted, 'Progressing'),
    [fresh, ...old],
  )
}

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  fresh: ReplicaSet | undefined,
  now: string,
): DeploymentStatus {
  const current = getCondition(deployment.status, 'Progressing')
  const isDone = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === reasons.available
  if (isDone) return status
  const subject =
    fresh === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${fresh.metadata.name}"`
  if (isComplete(deployment, status))
    return setCondition(
      status,
      newCondition('Progressing', 'True', reasons.available, `${subject} has successfully progressed.`, now),
    )
  if (isProgressing(deployment, status)) {
    const condition = newCondition('Progressing', 'True', reasons.updated, `${subject} is progressing.`, now)
    if (current === undefined) return setCondition(status, condition)
    const since = current.status === 'True' ? { lastTransitionTime: current.lastTransitionTime ?? null } : {}
    return setCondition(removeCondition(status, 'Progressing'), { ...condition, ...since })
  }
  if (hasTimedOut(deployment, status, now))
    return setCondition(
      status,
      newCondition('Progressing', 'False', reasons.timedOut, `${subject} has timed out progressing.`, now),
    )
  return status
}

function hasTimedOut({ spec }: Deployment, status: DeploymentStatus, now: string): boolean {
  const condition = getCondition(status, 'Progressing')
  if (condition === undefined || condition.reason === reasons.available) return false
  if (condition.reason === reasons.timedOut) return true
  const deadline = (epochOf(condition.lastUpdateTime) ?? 0) + (spec.progressDeadlineSeconds ?? 0) * 1000
  return deadline < (epochOf(now) ?? 0)
}

/** The failure of a ReplicaSet becomes that of the Deployment; the new one's counts before those of old ones. */
function withFailure(status: DeploymentStatus, sets: readonly (ReplicaSet | undefined)[]): DeploymentStatus {
  const failures = sets.flatMap((set) => set?.status?.conditions?.filter(({ type }) => type === 'ReplicaFailure') ?? [])
  const failure: WorkloadCondition | undefined = failures[0]
  if (failure === undefined) return removeCondition(status, 'ReplicaFailure')
  return setCondition(status, { ...failure, lastUpdateTime: failure.lastTransitionTime ?? null })
}
