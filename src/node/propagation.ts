import { allContainers, type PodReference, referencesOf } from '../api/pod-references.ts'
import type { Container, Pod, Secret } from '../api/types/core.ts'

/** How a container gets something of a Secret. */
export type SecretRoute = 'volume' | 'subPath' | 'env' | 'envFrom'

/** One way in which one container of a Pod uses a Secret, and whether updates reach it while it runs. */
export interface SecretUse {
  readonly container: string
  readonly route: SecretRoute
  /** Mount path, or name of the variable; of envFrom the prefix. */
  readonly at: string
  /** Name of the Pod's volume, for volumes. */
  readonly volume?: string
  /** Why an update never reaches the running container; undefined: it does, at a refresh of the volume. */
  readonly never: string | undefined
}

/** Why updates do not come through, in words of facts/kubelet.md 1.4, 4.6 and 6.1. */
export const neverReasons = {
  subPath: 'a subPath is bound to the file that was there when the container was created',
  env: 'the environment is fixed when the container is created',
  immutable: 'the Secret is immutable: the node keeps the copy that it has',
} as const

/**
 * All uses of a Secret in a Pod, container by container: who will see an update, and who never will and why (U1, U4, E1).
 * `secret`: as the node has it, to know whether it is immutable there.
 */
export function secretUses(pod: Pod, secretName: string, secret?: Secret): readonly SecretUse[] {
  const references = [...referencesOf(pod)].filter(({ kind, name }) => kind === 'Secret' && name === secretName)
  const volumes = new Set(references.flatMap((at) => (at.in === 'volume' && at.as !== 'plugin' ? [at.volume] : [])))
  const frozen = secret?.immutable === true ? neverReasons.immutable : undefined
  return allContainers(pod).flatMap((container) => [
    ...mountedUses(container, volumes, frozen),
    ...environmentUses(container, references),
  ])
}

function mountedUses(
  container: Container,
  volumes: ReadonlySet<string>,
  frozen: string | undefined,
): readonly SecretUse[] {
  const uses: SecretUse[] = []
  for (const { name, mountPath, subPath, subPathExpr } of container.volumeMounts ?? []) {
    if (!volumes.has(name)) continue
    const isSubPath = (subPath ?? '') !== '' || (subPathExpr ?? '') !== ''
    uses.push({
      container: container.name,
      route: isSubPath ? 'subPath' : 'volume',
      at: mountPath,
      volume: name,
      never: isSubPath ? neverReasons.subPath : frozen,
    })
  }
  return uses
}

function environmentUses(container: Container, references: readonly PodReference[]): readonly SecretUse[] {
  const { name } = container
  const never = neverReasons.env
  return references.flatMap((at): readonly SecretUse[] => {
    if (at.in === 'envFrom' && at.container === container)
      return [{ container: name, route: 'envFrom', at: at.prefix, never }]
    if (at.in === 'env' && at.container === container)
      return [{ container: name, route: 'env', at: at.variable, never }]
    return []
  })
}

/**
 * Where the time of an update went, from the write to the new files. Instants in virtual ms; the write is found in the
 * journal by the Secret's resourceVersion.
 */
export interface UpdateDelay {
  /** Until the node's copy had it: API server and watch, or the age that the cached copy had to reach. */
  readonly toCacheMs: number
  /** Until the Pod's next sync. */
  readonly toSyncMs: number
  /** Until the volume manager had written it. */
  readonly toMountMs: number
}

/** The parts of a delay. A sync that was under way when the change came counts from the change on. */
export function updateDelay(times: {
  readonly writtenAt: number
  readonly cachedAt: number
  readonly syncedAt: number
  readonly visibleAt: number
}): UpdateDelay {
  const cachedAt = Math.min(Math.max(times.cachedAt, times.writtenAt), times.visibleAt)
  const syncedAt = Math.min(Math.max(times.syncedAt, times.writtenAt), times.visibleAt)
  // With Cache and Get the node reads only when a sync asks: then the copy is as old as the refresh itself.
  const isReadOnDemand = cachedAt > syncedAt
  const sync = isReadOnDemand ? syncedAt - times.writtenAt : syncedAt - cachedAt
  const cache = isReadOnDemand ? cachedAt - syncedAt : cachedAt - times.writtenAt
  return { toCacheMs: cache, toSyncMs: sync, toMountMs: times.visibleAt - times.writtenAt - cache - sync }
}
