import type { Pod, PodCondition } from '../api/types/core.ts'
import { type Asked, type Client, resources } from '../client/client.ts'

/** Source: pkg/scheduler/scheduler.go; pkg/apis/core/types.go. */
export type FailureReason = 'Unschedulable' | 'SchedulerError'

/** The longest note of an event. Source: pkg/apis/core/validation/events.go, NoteLengthLimit. */
const noteLengthMax = 1024

/** Source: scheduler.go, truncateMessage. The limit is in bytes; the texts are ASCII but for names of resources. */
export function truncatedNote(message: string): string {
  if (message.length <= noteLengthMax) return message
  const suffix = ' ...'
  return message.slice(0, noteLengthMax - suffix.length) + suffix
}

/** What the scheduler writes into a Pod's status. */
export interface StatusChange {
  readonly condition?: Pick<PodCondition, 'reason' | 'message' | 'observedGeneration'> & { readonly now: string }
  /** `''` takes the nomination back. */
  readonly nominatedNodeName?: string
}

/**
 * The request that writes the PodScheduled condition or the nomination; undefined if they are there already. Up to v1.18 the whole status is
 * PUT with the version that the scheduler knows, so that it may meet a conflict, which is not retried.
 */
export function statusWrite(
  client: Client,
  pod: Pod,
  change: StatusChange,
  usesPatch: boolean,
): Asked<Pod> | undefined {
  const status = changedStatus(pod, change)
  if (status === undefined) return undefined
  if (!usesPatch) return client.update<Pod>(resources.pods, { ...pod, status }, { subresource: 'status' })
  const { name, namespace = '' } = pod.metadata
  const body: Record<string, unknown> = {}
  if (change.condition !== undefined) {
    body.conditions = status.conditions?.filter(({ type }) => type === 'PodScheduled')
  }
  if (change.nominatedNodeName !== undefined) body.nominatedNodeName = change.nominatedNodeName || null
  const type = 'application/strategic-merge-patch+json'
  const key = { namespace, name }
  return client.patch<Pod>(resources.pods, key, type, { status: body }, { subresource: 'status' })
}

/** Undefined: nothing would change. Source: pkg/api/v1/pod/util.go, UpdatePodCondition. */
function changedStatus(pod: Pod, { condition, nominatedNodeName }: StatusChange): Pod['status'] {
  const status = pod.status ?? {}
  const known = status.conditions?.find(({ type }) => type === 'PodScheduled')
  const isNewCondition =
    condition !== undefined &&
    !(known?.status === 'False' && known.reason === condition.reason && known.message === condition.message)
  const isNewNode = nominatedNodeName !== undefined && nominatedNodeName !== (status.nominatedNodeName ?? '')
  if (!isNewCondition && !isNewNode) return undefined
  const { nominatedNodeName: _, ...rest } = status
  const node = nominatedNodeName ?? status.nominatedNodeName
  const withNode = node ? { ...rest, nominatedNodeName: node } : rest
  if (condition === undefined || !isNewCondition) return withNode
  const next: PodCondition = {
    type: 'PodScheduled',
    ...(condition.observedGeneration === undefined ? {} : { observedGeneration: condition.observedGeneration }),
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: known?.status === 'False' ? (known.lastTransitionTime ?? null) : condition.now,
    ...(condition.reason === undefined ? {} : { reason: condition.reason }),
    ...(condition.message === undefined ? {} : { message: condition.message }),
  }
  const others = status.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? []
  return { ...withNode, conditions: known === undefined ? [...others, next] : replaced(status.conditions, next) }
}

function replaced(conditions: readonly PodCondition[] | undefined, next: PodCondition): readonly PodCondition[] {
  return (conditions ?? []).map((condition) => (condition.type === next.type ? next : condition))
}
