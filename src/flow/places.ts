import { allContainers, isEphemeral } from '../api/pod-references.ts'
import type { Container, KeyToPath, Pod } from '../api/types/core.ts'
import type { Never, Way } from './flow.ts'

/** One way in which a container of a Pod has a Secret. */
export interface Place {
  /** Empty for pulls, which are the kubelet's. */
  readonly container: string
  readonly isInit: boolean
  readonly way: Way
  /** Mount path, name of the variable, prefix of envFrom; of pulls `imagePullSecrets`. */
  readonly where: string
  readonly volume: string | undefined
  /** Keys that matter here; undefined: all. */
  readonly keys: readonly string[] | undefined
}

/** All places of a Secret in a Pod, container by container, init containers first; pulls last (U1, U4, E1, I2). */
export function placesOf(pod: Pod, secret: string): readonly Place[] {
  const init = new Set((pod.spec.initContainers ?? []).map(({ name }) => name))
  const volumes = volumesOf(pod, secret)
  const pulls = (pod.spec.imagePullSecrets ?? []).filter(({ name }) => name === secret)
  return [
    ...allContainers(pod).flatMap((container) => [
      ...mounted(container, volumes, init.has(container.name)),
      ...inEnvironment(container, secret, init.has(container.name)),
    ]),
    ...pulls.slice(0, 1).map((): Place => {
      const where = 'imagePullSecrets'
      return { container: '', isInit: false, way: 'pull', where, volume: undefined, keys: undefined }
    }),
  ]
}

/** Files of the Secret in the Pod's volumes: `items` of each, by the volume's name. */
function volumesOf(pod: Pod, secret: string): ReadonlyMap<string, readonly KeyToPath[] | undefined> {
  const volumes = new Map<string, readonly KeyToPath[] | undefined>()
  for (const { name, secret: source, projected } of pod.spec.volumes ?? []) {
    if (source?.secretName === secret) volumes.set(name, source.items)
    for (const { secret: part } of projected?.sources ?? []) if (part?.name === secret) volumes.set(name, part.items)
  }
  return volumes
}

function mounted(
  container: Container,
  volumes: ReadonlyMap<string, readonly KeyToPath[] | undefined>,
  isInit: boolean,
): readonly Place[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath = '', subPathExpr = '' }): Place[] => {
    if (!volumes.has(name)) return []
    const items = volumes.get(name)
    const has = { container: container.name, isInit, where: mountPath, volume: name }
    if (subPathExpr !== '') return [{ ...has, way: 'subPath', keys: undefined }]
    if (subPath !== '') return [{ ...has, way: 'subPath', keys: keysBelow(items, subPath) }]
    return [{ ...has, way: 'volume', keys: items?.length ? items.map(({ key }) => key) : undefined }]
  })
}

/** Keys of the file that a subPath is, or of the files in the directory that it is. */
function keysBelow(items: readonly KeyToPath[] | undefined, subPath: string): readonly string[] {
  if (items === undefined || items.length === 0) return [subPath]
  return items.filter(({ path }) => path === subPath || path.startsWith(`${subPath}/`)).map(({ key }) => key)
}

function inEnvironment(container: Container, secret: string, isInit: boolean): readonly Place[] {
  const has = { container: container.name, isInit, volume: undefined }
  const whole = (container.envFrom ?? []).filter(({ secretRef }) => secretRef?.name === secret)
  const single = (container.env ?? []).filter(({ valueFrom }) => valueFrom?.secretKeyRef?.name === secret)
  return [
    ...whole.map(({ prefix = '' }): Place => ({ ...has, way: 'envFrom', where: prefix, keys: undefined })),
    ...single.map(
      ({ name, valueFrom }): Place => ({
        ...has,
        way: 'env',
        where: name,
        keys: [valueFrom?.secretKeyRef?.key ?? ''],
      }),
    ),
  ]
}

/** Whether a change of these keys concerns a place. */
export function isConcerned({ keys }: Place, changed: readonly string[]): boolean {
  return keys === undefined || keys.some((key) => changed.includes(key))
}

/** What a cluster does where versions differ. */
export interface NeverFacts {
  /** Whether a container that is made anew gets another file of a subPath (1.19 on). Source: subpath_linux.go, doBindSubPath. */
  readonly renewsSubPaths: boolean
}

/** Why a running container never sees an update in a place; undefined: it does, at a refresh of the volume (U1, U4, E1). */
export function neverOf(place: Place, pod: Pod, facts: NeverFacts, isImmutable: boolean): Never | undefined {
  const renew = renewalOf(pod)
  if (place.way === 'pull')
    return {
      reason: 'credentials are read when an image is pulled, and no container sees them',
      until: 'the next pull',
      cure: `pull again: ${renew}, with imagePullPolicy: Always`,
    }
  if (place.isInit)
    return {
      reason: 'an init container runs once, before the others: it saw what was there then',
      until: 'a new Pod',
      cure: renew,
    }
  if (place.way !== 'volume' && isEphemeral(pod, place.container))
    return {
      reason: 'an ephemeral container is started once: it keeps what was there then',
      until: 'another ephemeral container, or a new Pod',
      cure: `kubectl debug ${pod.metadata.name}, which adds one more; or ${renew}`,
    }
  if (place.way === 'env' || place.way === 'envFrom')
    return {
      reason: 'the environment is fixed when the container is created',
      until: 'the container is made anew',
      cure: `${renew}; or mount the Secret as a volume and read the file again`,
    }
  if (place.way === 'subPath')
    return {
      reason: 'a subPath is bound to the file that was there when the container was created',
      until: facts.renewsSubPaths ? 'the container is made anew' : 'a new Pod',
      cure: `${renew}; or mount the whole volume, without subPath`,
    }
  if (!isImmutable) return undefined
  return {
    reason: 'the Secret is immutable: the node keeps the copy that it has',
    until: 'a new Pod, once no Pod of the node uses the old Secret',
    cure: `a Secret of another name; or delete the Secret, make it again and ${renew}`,
  }
}

/** How one gets a Pod made anew. */
function renewalOf(pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return `delete pod ${pod.metadata.name} and create it again`
  if (owner.kind === 'StatefulSet' || owner.kind === 'DaemonSet')
    return `kubectl rollout restart ${owner.kind.toLowerCase()}/${owner.name}`
  const hash = pod.metadata.labels?.['pod-template-hash']
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`))
    return `kubectl rollout restart deployment/${owner.name.slice(0, -hash.length - 1)}`
  return `kubectl delete pod ${pod.metadata.name}`
}
