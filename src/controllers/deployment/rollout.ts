import type { Deployment, ReplicaSet } from '../../api/types/workload-specs.ts'
import { type Client, resources } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { isNotFound } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { byCreation, eventReference } from '../objects.ts'
import {
  active,
  annotationKeys,
  hasHistoryLimit,
  isRollingUpdate,
  isSaturated,
  maxSurge,
  maxUnavailable,
  newReplicaCount,
  proportion,
  replicasOf,
  sumReplicas,
  sumStatus,
} from './arithmetic.ts'

export const deploymentKind = { apiVersion: 'apps/v1', kind: 'Deployment' } as const

/** `failed`: the sync ends and is tried again. */
export type Scaled = 'scaled' | 'unchanged' | 'failed'

export interface Scaler {
  scaleReplicaSet(set: ReplicaSet, size: number, deployment: Deployment): Steps<ReplicaSet | 'failed'>
  scaleProportionally(deployment: Deployment, fresh: ReplicaSet | undefined, old: readonly ReplicaSet[]): Steps<Scaled>
  scaleUp(sets: readonly (ReplicaSet | undefined)[], fresh: ReplicaSet, deployment: Deployment): Steps<Scaled>
  scaleDown(old: readonly ReplicaSet[], fresh: ReplicaSet, deployment: Deployment): Steps<Scaled>
  cleanUp(old: readonly ReplicaSet[], deployment: Deployment): Steps<Scaled>
}

/** Moves sizes between the ReplicaSets of a Deployment. Source: pkg/controller/deployment/sync.go, rolling.go. */
export function createScaler(client: Client, recorder: EventRecorder, minor: number): Scaler {
  const scaleReplicaSet: Scaler['scaleReplicaSet'] = function* (set, size, deployment) {
    const before = replicasOf(set)
    const annotations = { ...set.metadata.annotations, ...replicaAnnotations(deployment) }
    const isAnnotated = Object.entries(annotations).every(([key, value]) => set.metadata.annotations?.[key] === value)
    if (before === size && isAnnotated) return set
    const next = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas: size } }
    const updated = yield* attempt(client.update<ReplicaSet>(resources.replicaSets, next))
    if (!updated.ok) return 'failed'
    if (before !== size) {
      const from = has(minor, controllers.tellsScaleFrom) ? ` from ${before}` : ''
      const message = `Scaled ${before < size ? 'up' : 'down'} replica set ${set.metadata.name}${from} to ${size}`
      recorder.event(eventReference(deployment, deploymentKind), 'Normal', 'ScalingReplicaSet', message)
    }
    return updated.value
  }

  /** Like the above, but a ReplicaSet of that size is left as it is, annotations and all. */
  const scaleTo = function* (set: ReplicaSet, size: number, deployment: Deployment): Steps<Scaled> {
    if (replicasOf(set) === size) return 'unchanged'
    return (yield* scaleReplicaSet(set, size, deployment)) === 'failed' ? 'failed' : 'scaled'
  }

  /** Shrinks old ReplicaSets, oldest first, by `shrink` each and `most` together. */
  const shrinkOld = function* (
    old: readonly ReplicaSet[],
    most: number,
    deployment: Deployment,
    shrink: (set: ReplicaSet) => number,
  ): Steps<{ readonly sets: readonly ReplicaSet[]; readonly count: number } | 'failed'> {
    const sets = [...old].sort(byCreation)
    let count = 0
    for (const [at, set] of sets.entries()) {
      if (count >= most) break
      const by = Math.min(most - count, shrink(set))
      if (replicasOf(set) === 0 || by === 0) continue
      const updated = yield* scaleReplicaSet(set, replicasOf(set) - by, deployment)
      if (updated === 'failed') return 'failed'
      sets[at] = updated
      count += by
    }
    return { sets, count }
  }

  return {
    scaleReplicaSet,
    *scaleProportionally(deployment, fresh, old) {
      const wanted = replicasOf(deployment)
      const newestFirst = [...old].sort(byCreation).reverse()
      const running = active([...newestFirst, fresh])
      const only = running.length === 0 ? (fresh ?? newestFirst[0]) : running.length === 1 ? running[0] : undefined
      if (only !== undefined) return yield* scaleTo(only, wanted, deployment)
      if (running.length === 0) return 'unchanged'
      if (isSaturated(deployment, fresh)) {
        for (const set of active(old)) if ((yield* scaleTo(set, 0, deployment)) === 'failed') return 'failed'
        return 'unchanged'
      }
      if (!isRollingUpdate(deployment)) return 'unchanged'
      for (const [set, size] of proportionalSizes(deployment, running))
        if ((yield* scaleReplicaSet(set, size, deployment)) === 'failed') return 'failed'
      return 'unchanged'
    },
    *scaleUp(sets, fresh, deployment) {
      const wanted = replicasOf(deployment)
      const size = replicasOf(fresh)
      if (size === wanted) return 'unchanged'
      return yield* scaleTo(fresh, size > wanted ? wanted : newReplicaCount(deployment, sets, size), deployment)
    },
    *scaleDown(old, fresh, deployment) {
      const running = active(old)
      if (running.length === 0) return 'unchanged'
      const least = replicasOf(deployment) - maxUnavailable(deployment)
      const newUnavailable = replicasOf(fresh) - (fresh.status?.availableReplicas ?? 0)
      const most = sumReplicas([...old, fresh]) - least - newUnavailable
      if (most <= 0) return 'unchanged'
      // Replicas that are not available go first: their going changes nothing for the better or worse.
      const unhealthy = yield* shrinkOld(running, most, deployment, (set) =>
        Math.max(0, replicasOf(set) - (set.status?.availableReplicas ?? 0)),
      )
      // A failure here is not told: the next change of a ReplicaSet brings the next sync.
      if (unhealthy === 'failed') return 'unchanged'
      const spare = sumStatus([...unhealthy.sets, fresh], 'availableReplicas') - least
      if (spare <= 0) return unhealthy.count > 0 ? 'scaled' : 'unchanged'
      const healthy = yield* shrinkOld(unhealthy.sets, spare, deployment, replicasOf)
      if (healthy === 'failed') return 'unchanged'
      return unhealthy.count + healthy.count > 0 ? 'scaled' : 'unchanged'
    },
    *cleanUp(old, deployment) {
      if (!hasHistoryLimit(deployment)) return 'unchanged'
      const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined).sort(byCreation)
      const excess = alive.length - (deployment.spec.revisionHistoryLimit ?? 0)
      for (const set of alive.slice(0, Math.max(0, excess))) {
        const { generation = 0, namespace = '', name } = set.metadata
        const isUsed = (set.status?.replicas ?? 0) !== 0 || replicasOf(set) !== 0
        if (isUsed || generation > (set.status?.observedGeneration ?? 0)) continue
        const gone = yield* attempt(client.delete(resources.replicaSets, { namespace, name }))
        if (!gone.ok && !isNotFound(gone.error)) return 'failed'
      }
      return 'unchanged'
    },
  }
}

export function replicaAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const wanted = replicasOf(deployment)
  return { [annotationKeys.desired]: String(wanted), [annotationKeys.max]: String(wanted + maxSurge(deployment)) }
}

/** Sizes that keep the shares of the ReplicaSets, largest first; what rounding leaves over goes to the largest. */
function proportionalSizes(
  deployment: Deployment,
  running: readonly ReplicaSet[],
): readonly (readonly [ReplicaSet, number])[] {
  const wanted = replicasOf(deployment)
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0
  const toAdd = allowed - sumReplicas(running)
  // Of equal sizes the newer grow first and the older shrink first.
  const age = toAdd > 0 ? -1 : 1
  const sets = [...running].sort((a, b) => replicasOf(b) - replicasOf(a) || age * byCreation(a, b))
  let added = 0
  const sizes = sets.map((set) => {
    const part = proportion(set, deployment, toAdd, added)
    added += part
    return [set, replicasOf(set) + part] as const
  })
  return sizes.map(([set, size], at) => [set, at === 0 ? Math.max(0, size + toAdd - added) : size] as const)
}
