import { equalJson } from '../../api/json.ts'
import type {
  Deployment,
  DeploymentStatus,
  IntOrString,
  PodTemplateSpec,
  ReplicaSet,
} from '../../api/types/workload-specs.ts'
import { byCreation, controllerOf } from '../objects.ts'

/** The sums behind a rollout. Source: pkg/controller/deployment/util/deployment_util.go. */

export const templateHashLabel = 'pod-template-hash'

export const annotationKeys = {
  revision: 'deployment.kubernetes.io/revision',
  history: 'deployment.kubernetes.io/revision-history',
  desired: 'deployment.kubernetes.io/desired-replicas',
  max: 'deployment.kubernetes.io/max-replicas',
} as const

export function replicasOf({ spec }: Deployment | ReplicaSet): number {
  return spec.replicas ?? 1
}

/** A count or a part of `total`. Source: apimachinery util/intstr, GetValueFromIntOrPercent. */
export function scaledValue(value: IntOrString | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const part = (Number.parseInt(value, 10) * total) / 100
  return roundUp ? Math.ceil(part) : Math.floor(part)
}

export function isRollingUpdate({ spec }: Deployment): boolean {
  return spec.strategy?.type !== 'Recreate'
}

/** Source: ResolveFenceposts: both cannot be 0, or nothing would move. */
function fenceposts(deployment: Deployment): readonly [surge: number, unavailable: number] {
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, replicasOf(deployment), true)
  const unavailable = scaledValue(maxUnavailable, replicasOf(deployment), false)
  return [surge, surge === 0 && unavailable === 0 ? 1 : unavailable]
}

export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment)[0] : 0
}

export function maxUnavailable(deployment: Deployment): number {
  if (!isRollingUpdate(deployment) || replicasOf(deployment) === 0) return 0
  return Math.min(fenceposts(deployment)[1], replicasOf(deployment))
}

export function sumReplicas(sets: readonly (ReplicaSet | undefined)[]): number {
  return sets.reduce((sum, set) => sum + (set === undefined ? 0 : replicasOf(set)), 0)
}

type Count = 'replicas' | 'readyReplicas' | 'availableReplicas'

export function sumStatus(sets: readonly (ReplicaSet | undefined)[], count: Count): number {
  return sets.reduce((sum, set) => sum + (set?.status?.[count] ?? 0), 0)
}

export function active(sets: readonly (ReplicaSet | undefined)[]): readonly ReplicaSet[] {
  return sets.filter((set): set is ReplicaSet => set !== undefined && replicasOf(set) > 0)
}

/** Source: EqualIgnoreHash. Absent and empty labels are the same. */
export function templatesEqual(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return equalJson(a.spec, b.spec) && equalJson(comparable(a), comparable(b))
}

function comparable({ metadata = {} }: PodTemplateSpec): object {
  const { labels = {}, annotations = {}, creationTimestamp: _made, ...rest } = metadata
  const { [templateHashLabel]: _hash, ...own } = labels
  return { ...rest, labels: own, annotations }
}

/** The oldest with the template of the Deployment. */
export function findNewReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...sets].sort(byCreation).find(({ spec }) => templatesEqual(spec.template, deployment.spec.template))
}

export function revisionOf({ metadata }: ReplicaSet): number {
  const revision = Number.parseInt(metadata.annotations?.[annotationKeys.revision] ?? '0', 10)
  return Number.isNaN(revision) ? 0 : revision
}

/** How many replicas the new ReplicaSet should have next. Source: NewRSNewReplicas. */
export function newReplicaCount(
  deployment: Deployment,
  sets: readonly (ReplicaSet | undefined)[],
  current: number,
): number {
  const wanted = replicasOf(deployment)
  if (!isRollingUpdate(deployment)) return wanted
  const most = wanted + scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge, wanted, true)
  const present = sumReplicas(sets)
  return present >= most ? current : current + Math.min(most - present, wanted - current)
}

export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const wanted = replicasOf(deployment)
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status ?? {}
  const isThere = updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted
  return isThere && observedGeneration >= (deployment.metadata.generation ?? 0)
}

export function isProgressing({ status: old = {} }: Deployment, next: DeploymentStatus): boolean {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = next
  const oldOnes = (old.replicas ?? 0) - (old.updatedReplicas ?? 0)
  return (
    updatedReplicas > (old.updatedReplicas ?? 0) ||
    replicas - updatedReplicas < oldOnes ||
    readyReplicas > (old.readyReplicas ?? 0) ||
    availableReplicas > (old.availableReplicas ?? 0)
  )
}

export function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  if (set === undefined) return false
  const wanted = replicasOf(deployment)
  const desired = Number(set.metadata.annotations?.[annotationKeys.desired] ?? 'none')
  return replicasOf(set) === wanted && desired === wanted && (set.status?.availableReplicas ?? 0) === wanted
}

/** The part of a change of size that falls to one ReplicaSet. Source: GetProportion, getReplicaSetFraction. */
export function proportion(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  const size = replicasOf(set)
  if (size === 0 || toAdd === 0 || toAdd === added) return 0
  const wanted = replicasOf(deployment)
  const annotated = Number.parseInt(set.metadata.annotations?.[annotationKeys.max] ?? '', 10)
  const whole = Number.isNaN(annotated) ? (deployment.status?.replicas ?? 0) : annotated
  const fraction = wanted === 0 ? -size : Math.round((size * (wanted + maxSurge(deployment))) / whole) - size
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added)
}

export function isControlledBy(set: ReplicaSet, { metadata }: Deployment): boolean {
  return controllerOf(set)?.uid === metadata.uid
}

/** No limit at all. Source: math.MaxInt32. */
const unlimited = 2_147_483_647

export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== unlimited
}

export function hasHistoryLimit({ spec }: Deployment): boolean {
  return spec.revisionHistoryLimit !== undefined && spec.revisionHistoryLimit !== unlimited
}
