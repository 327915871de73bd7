import type { AutoscalerCondition, AutoscalerStatus } from '../../api/types/autoscaling.ts'

/** The status with a condition in place of the one of its type. Source: pkg/controller/podautoscaler/horizontal.go, setConditionInList. */
export function withCondition(
  status: AutoscalerStatus,
  { type, status: holds, reason, message }: Omit<AutoscalerCondition, 'lastTransitionTime'>,
  now: string,
): AutoscalerStatus {
  const before = status.conditions ?? []
  const old = before.find((one) => one.type === type)
  const lastTransitionTime = old?.status === holds ? old.lastTransitionTime : now
  const next: AutoscalerCondition = {
    type,
    status: holds,
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
  return {
    ...status,
    conditions: old === undefined ? [...before, next] : before.map((one) => (one === old ? next : one)),
  }
}
