import type { Container, Pod, Volume } from '../../api/types/core.ts'

/**
 * Names of the Secrets that a Pod's spec refers to, each once: pull secrets, environment of init containers and
 * containers, volumes. Source: pkg/api/v1/pod/util.go, VisitPodSecretNames.
 */
export function podSecretNames(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (name: unknown) => {
    if (typeof name === 'string' && name !== '') names.add(name)
  }
  for (const reference of pod.spec.imagePullSecrets ?? []) add(reference.name)
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) add(source.secretRef?.name)
    for (const variable of container.env ?? []) add(variable.valueFrom?.secretKeyRef?.name)
  }
  for (const volume of pod.spec.volumes ?? []) addVolumeSecrets(volume, add)
  return names
}

/** Volume sources whose `secretRef.name` is a Secret of the Pod's namespace. */
const sourcesWithSecretRef = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const

function addVolumeSecrets(volume: Volume, add: (name: unknown) => void): void {
  add(volume.secret?.secretName)
  for (const source of volume.projected?.sources ?? []) add(source.secret?.name)
  add(member(volume.azureFile, 'secretName'))
  for (const source of sourcesWithSecretRef) add(member(member(volume[source], 'secretRef'), 'name'))
  add(member(member(volume.csi, 'nodePublishSecretRef'), 'name'))
}

/** Names of the ConfigMaps that a Pod's spec refers to. Source: pkg/api/v1/pod/util.go, VisitPodConfigmapNames. */
export function podConfigMapNames(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (name: string | undefined) => {
    if (name) names.add(name)
  }
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) add(source.configMapRef?.name)
    for (const variable of container.env ?? []) add(variable.valueFrom?.configMapKeyRef?.name)
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(volume.configMap?.name)
    for (const source of volume.projected?.sources ?? []) add(source.configMap?.name)
  }
  return names
}

/** Names of the PersistentVolumeClaims that a Pod's volumes refer to. */
export function podClaimNames(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>()
  for (const volume of pod.spec.volumes ?? []) {
    const name = member(volume.persistentVolumeClaim, 'claimName')
    if (typeof name === 'string') names.add(name)
  }
  return names
}

function* containersOf(pod: Pod): Iterable<Container> {
  yield* pod.spec.initContainers ?? []
  yield* pod.spec.containers
}

/** A field of something whose shape is not known. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key] // just seen to be an object with that key
}
