import type { Container, Pod, PodSpec, Volume } from './types/core.ts'

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
export function* referencesOf(pod: Pod): Iterable<PodReference> {
  for (const { name } of pod.spec.imagePullSecrets ?? [])
    if (name) yield { kind: 'Secret', name, in: 'imagePullSecrets' }
  for (const container of containersVisited(pod.spec)) yield* referencesOfContainer(container)
  for (const volume of pod.spec.volumes ?? []) yield* referencesOfVolume(volume)
}

function* referencesOfContainer(container: Container): Iterable<PodReference> {
  for (const { secretRef, configMapRef, prefix = '' } of container.envFrom ?? []) {
    if (secretRef?.name) yield { kind: 'Secret', name: secretRef.name, in: 'envFrom', container, prefix }
    if (configMapRef?.name) yield { kind: 'ConfigMap', name: configMapRef.name, in: 'envFrom', container, prefix }
  }
  for (const { name: variable, valueFrom } of container.env ?? []) {
    const secret = valueFrom?.secretKeyRef?.name
    const map = valueFrom?.configMapKeyRef?.name
    if (secret) yield { kind: 'Secret', name: secret, in: 'env', container, variable }
    if (map) yield { kind: 'ConfigMap', name: map, in: 'env', container, variable }
  }
}

/** Volume sources whose `secretRef.name` is a Secret of the Pod's namespace. */
const sourcesWithSecretRef = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const

function* referencesOfVolume(volume: Volume): Iterable<PodReference> {
  const at = { in: 'volume', volume: volume.name } as const
  const secret = volume.secret?.secretName
  if (secret) yield { kind: 'Secret', name: secret, ...at, as: 'secret' }
  if (volume.configMap?.name) yield { kind: 'ConfigMap', name: volume.configMap.name, ...at, as: 'configMap' }
  for (const source of volume.projected?.sources ?? []) {
    if (source.secret?.name) yield { kind: 'Secret', name: source.secret.name, ...at, as: 'projected' }
    if (source.configMap?.name) yield { kind: 'ConfigMap', name: source.configMap.name, ...at, as: 'projected' }
  }
  for (const name of pluginSecrets(volume)) yield { kind: 'Secret', name, ...at, as: 'plugin' }
  const claim = member(volume.persistentVolumeClaim, 'claimName')
  if (isName(claim)) yield { kind: 'PersistentVolumeClaim', name: claim, ...at, as: 'claim' }
}

function pluginSecrets(volume: Volume): readonly string[] {
  return [
    ...sourcesWithSecretRef.map((source) => member(member(volume[source], 'secretRef'), 'name')),
    member(volume.azureFile, 'secretName'),
    member(member(volume.csi, 'nodePublishSecretRef'), 'name'),
  ].filter(isName)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** What a spec names never changes: each is visited once, however often somebody asks. */
const known = {
  Secret: new WeakMap<PodSpec, ReadonlySet<string>>(),
  ConfigMap: new WeakMap<PodSpec, ReadonlySet<string>>(),
}

function namesOf(pod: Pod, kind: 'Secret' | 'ConfigMap'): ReadonlySet<string> {
  const before = known[kind].get(pod.spec)
  if (before !== undefined) return before
  const names = new Set<string>()
  for (const reference of referencesOf(pod)) if (reference.kind === kind) names.add(reference.name)
  known[kind].set(pod.spec, names)
  return names
}

/** Names of the Secrets that a Pod's spec refers to, each once, in the order of the visit. */
export function secretNamesOf(pod: Pod): ReadonlySet<string> {
  return namesOf(pod, 'Secret')
}

/** Names of the ConfigMaps, likewise. */
export function configMapNamesOf(pod: Pod): ReadonlySet<string> {
  return namesOf(pod, 'ConfigMap')
}

/** Init containers first, as the kubelet visits them. */
export function allContainers(pod: Pod): readonly Container[] {
  const init = pod.spec.initContainers
  return init === undefined || init.length === 0 ? pod.spec.containers : [...init, ...pod.spec.containers]
}

function* containersVisited({
  initContainers = [],
  containers,
  ephemeralContainers = [],
}: PodSpec): Iterable<Container> {
  yield* initContainers
  yield* containers ?? []
  yield* ephemeralContainers
}

/** A field of something whose shape is not known. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key] // just seen to be an object with that key
}
