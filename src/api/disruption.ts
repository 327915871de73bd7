import { has } from '../versions/changes.ts'
import { scheduler } from '../versions/scheduler.ts'
import type { Pod, PodCondition } from './types/core.ts'

/** Why a Pod is taken away. Source: core/v1 types.go, DisruptionTarget; the texts stand where each is told. */
export interface Disruption {
  readonly reason: string
  readonly message: string
}

/** The condition that tells it; undefined where the Pod tells it already. Source: pkg/api/v1/pod/util.go, UpdatePodCondition. */
export function disruptionCondition(
  { metadata, status }: Pod,
  { reason, message }: Disruption,
  now: string,
  minor: number,
): PodCondition | undefined {
  const known = status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
  const isSame = known?.status === 'True' && known.reason === reason && known.message === message
  if (isSame) return undefined
  const { generation } = metadata
  return {
    type: 'DisruptionTarget',
    ...(generation !== undefined && has(minor, scheduler.conditionsTellGenerations)
      ? { observedGeneration: generation }
      : {}),
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: known?.status === 'True' ? (known.lastTransitionTime ?? now) : now,
    reason,
    message,
  }
}
