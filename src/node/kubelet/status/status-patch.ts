import { jsonEqual } from '../../../api/json-equal.ts'
import type { PodCondition, PodStatus } from '../../../api/types/core.ts'
import { extended } from '../../../kernel/extended.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The strategic merge patch that makes one status another, or undefined if they are the same. Built directly: conditions
 * merge by type, podIPs by ip, the rest is replaced. Source: pkg/util/pod/pod.go, preparePatchBytesForPodStatus.
 */
export function statusPatch(uid: string, before: PodStatus, after: PodStatus): object | undefined {
  const status: Record<string, unknown> = {}
  const old = before as Fields
  const now = after as Fields
  for (const key of Object.keys(now)) {
    if (key === 'conditions' || key === 'podIPs' || now[key] === undefined) continue
    if (!jsonEqual(old[key], now[key])) status[key] = now[key]
  }
  for (const key of Object.keys(old))
    if (key !== 'conditions' && key !== 'podIPs' && old[key] !== undefined && now[key] === undefined) status[key] = null
  patchConditions(status, before.conditions ?? [], after.conditions ?? [])
  patchIps(status, before.podIPs ?? [], after.podIPs ?? [])
  if (Object.keys(status).length === 0) return undefined
  return { metadata: { uid }, status }
}

function patchConditions(
  status: Record<string, unknown>,
  before: readonly PodCondition[],
  after: readonly PodCondition[],
): void {
  const changed: object[] = []
  for (const condition of after) {
    const old = before.find(({ type }) => type === condition.type)
    const difference = old === undefined ? condition : conditionDifference(old, condition)
    if (difference !== undefined) changed.push(difference)
  }
  for (const { type } of before)
    if (!after.some((condition) => condition.type === type)) changed.push({ $patch: 'delete', type })
  if (changed.length === 0) return
  status['$setElementOrder/conditions'] = after.map(({ type }) => ({ type }))
  status.conditions = changed
}

function conditionDifference(before: PodCondition, after: PodCondition): object | undefined {
  const difference: Record<string, unknown> = {}
  const old = before as unknown as Fields
  const now = after as unknown as Fields
  // lastProbeTime is written as null and never set: it is no difference.
  for (const key of ['status', 'reason', 'message', 'lastTransitionTime'])
    if (old[key] !== now[key]) difference[key] = now[key] ?? null
  return Object.keys(difference).length === 0 ? undefined : extended(difference, { type: after.type })
}

function patchIps(
  status: Record<string, unknown>,
  before: readonly { readonly ip?: string }[],
  after: readonly { readonly ip?: string }[],
): void {
  if (jsonEqual(before, after)) return
  const gone = before.filter(({ ip }) => !after.some((one) => one.ip === ip))
  status['$setElementOrder/podIPs'] = after.map(({ ip }) => ({ ip }))
  status.podIPs = [...after, ...gone.map(({ ip }) => ({ $patch: 'delete', ip }))]
}
