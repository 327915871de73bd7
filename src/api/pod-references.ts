import type { Container, ContainerStatus, Pod, PodSpec, PodStatus, Volume } from './types/core.ts'

/** Where in a Pod's spec something is referred to. */
export type ReferencePlace =
  | { readonly in: 'imagePullSecrets' }
  | { readonly in: 'env'; readonly container: Container; readonly variable: string }
  /** `prefix` is put before each variable's name. */
  | { readonly in: 'envFrom'; readonly container: Container; readonly prefix: string }
  /** `plugin`: credentials of a volume's driver, which no container sees. */
  | {
      readonly in: 'volume'
      readonly volume: string
      readonly as: 'secret' | 'projected' | 'configMap' | 'claim' | 'plugin'
    }

/** One object of the Pod's namespace that its spec refers to. */
export type PodReference = ReferencePlace & {
  readonly kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim'
  readonly name: string
}

/** Whether an init container is to run as long as the Pod. Source: container/helpers.go, IsRestartableInitContainer. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always'
}

/** Whether some init container of the Pod is to run as long as it does. */
export function hasSidecars({ spec }: Pick<Pod, 'spec'>): boolean {
  return spec.initContainers?.some(isSidecar) ?? false
}

/**
 * Everything that a Pod's spec refers to by name, in the order in which Kubernetes visits it: pull secrets, environments of
 * containers, volumes. One object may come several times. Whoever asks which Secrets a Pod uses asks here: kubelet, node
 * authorizer, admission, delays, invariants.
 * Source: pkg/api/v1/pod/util.go, VisitPodSecretNames and VisitPodConfigmapNames (facts/kubelet.md 1.2).
 */
export function referencesOf({ spec }: Pod): readonly PodReference[] {
  const found: PodReference[] = []
  for (const { name } of spec.imagePullSecrets ?? [])
    if (name) found.push({ kind: 'Secret', name, in: 'imagePullSecrets' })
  for (const container of spec.initContainers ?? []) addReferencesOfContainer(container, found)
  for (const container of spec.containers ?? []) addReferencesOfContainer(container, found)
  for (const container of spec.ephemeralContainers ?? []) addReferencesOfContainer(container, found)
  for (const volume of spec.volumes ?? []) addReferencesOfVolume(volume, found)
  return found
}

function addReferencesOfContainer(container: Container, found: PodReference[]): void {
  for (const { secretRef, configMapRef, prefix = '' } of container.envFrom ?? []) {
    if (secretRef?.name) found.push({ kind: 'Secret', name: secretRef.name, in: 'envFrom', container, prefix })
    if (configMapRef?.name) found.push({ kind: 'ConfigMap', name: configMapRef.name, in: 'envFrom', container, prefix })
  }
  for (const { name: variable, valueFrom } of container.env ?? []) {
    const secret = valueFrom?.secretKeyRef?.name
    const map = valueFrom?.configMapKeyRef?.name
    if (secret) found.push({ kind: 'Secret', name: secret, in: 'env', container, variable })
    if (map) found.push({ kind: 'ConfigMap', name: map, in: 'env', container, variable })
  }
}

/** Volume sources whose `secretRef.name` is a Secret of the Pod's namespace. */
const sourcesWithSecretRef = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const

function addReferencesOfVolume(volume: Volume, found: PodReference[]): void {
  addName(found, volume, 'Secret', volume.secret?.secretName, 'secret')
  addName(found, volume, 'ConfigMap', volume.configMap?.name, 'configMap')
  for (const source of volume.projected?.sources ?? []) {
    addName(found, volume, 'Secret', source.secret?.name, 'projected')
    addName(found, volume, 'ConfigMap', source.configMap?.name, 'projected')
  }
  for (const source of sourcesWithSecretRef)
    addName(found, volume, 'Secret', member(member(volume[source], 'secretRef'), 'name'), 'plugin')
  addName(found, volume, 'Secret', member(volume.azureFile, 'secretName'), 'plugin')
  addName(found, volume, 'Secret', member(member(volume.csi, 'nodePublishSecretRef'), 'name'), 'plugin')
  addName(found, volume, 'PersistentVolumeClaim', member(volume.persistentVolumeClaim, 'claimName'), 'claim')
}

function addName(
  found: PodReference[],
  { name: volume }: Volume,
  kind: PodReference['kind'],
  name: unknown,
  as: (ReferencePlace & { in: 'volume' })['as'],
): void {
  if (isName(name)) found.push({ kind, name, in: 'volume', volume, as })
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

interface NamesOfSpec {
  readonly Secret: readonly string[]
  readonly ConfigMap: readonly string[]
}

/** What a spec names never changes: those that were asked of last are visited once, and who asks of a Pod does so again and again. */
const known = new Map<PodSpec, NamesOfSpec>()
const knownAtMost = 512
const noNames: readonly string[] = []

function namesOf(pod: Pod): NamesOfSpec {
  const before = known.get(pod.spec)
  if (before !== undefined) return before
  const references = referencesOf(pod)
  const names = { Secret: namesOfKind(references, 'Secret'), ConfigMap: namesOfKind(references, 'ConfigMap') }
  if (known.size === knownAtMost) known.clear()
  known.set(pod.spec, names)
  return names
}

/** Lists, for most Pods refer to a handful of objects, and to nothing of one of the kinds: that list they have in common. */
function namesOfKind(references: readonly PodReference[], kind: PodReference['kind']): readonly string[] {
  let names = noNames
  for (const reference of references)
    if (reference.kind === kind && !names.includes(reference.name)) names = names.concat(reference.name)
  return names
}

/** Names of the Secrets that a Pod's spec refers to, each once, in the order of the visit. */
export function secretNamesOf(pod: Pod): readonly string[] {
  return namesOf(pod).Secret
}

/** Names of the ConfigMaps, likewise. */
export function configMapNamesOf(pod: Pod): readonly string[] {
  return namesOf(pod).ConfigMap
}

/** Init containers first and ephemeral ones last, as the kubelet visits them. */
export function allContainers({ spec }: Pick<Pod, 'spec'>): readonly Container[] {
  const { initContainers = noContainers, containers, ephemeralContainers = noContainers } = spec
  if (initContainers.length + ephemeralContainers.length === 0) return containers
  return [...initContainers, ...containers, ...ephemeralContainers]
}

/** What a status says of all containers, in the same order of lists. */
export function allContainerStatuses(status: PodStatus | undefined): readonly ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status ?? {}
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses]
}

const noContainers: readonly Container[] = []

/** Whether a container was added to the Pod while it ran. */
export function isEphemeral({ spec }: Pick<Pod, 'spec'>, name: string): boolean {
  return spec.ephemeralContainers?.some((one) => one.name === name) ?? false
}

/** A field of something whose shape is not known. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key] // just seen to be an object with that key
}
