import type { Container, Pod, PodSpec } from '../../api/types/core.ts'

/**
 * Names of the Secrets that a Pod's kubelet looks after, each once, in the order of the visit: pull secrets,
 * containers' environments, volumes. Source: pkg/api/v1/pod/util.go, VisitPodSecretNames (facts/kubelet.md 1.2).
 */
export function secretNamesOf(pod: Pod): ReadonlySet<string> {
  return remembered(knownSecrets, pod, visitSecrets)
}

/** What a spec names never changes: each is visited once, however often its Pod is registered. */
const knownSecrets = new WeakMap<PodSpec, ReadonlySet<string>>()
const knownConfigMaps = new WeakMap<PodSpec, ReadonlySet<string>>()

function remembered(
  known: WeakMap<PodSpec, ReadonlySet<string>>,
  pod: Pod,
  visit: (pod: Pod) => ReadonlySet<string>,
): ReadonlySet<string> {
  const before = known.get(pod.spec)
  if (before !== undefined) return before
  const names = visit(pod)
  known.set(pod.spec, names)
  return names
}

function visitSecrets(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (name: string | undefined) => {
    if (name !== undefined && name !== '') names.add(name)
  }
  for (const reference of pod.spec.imagePullSecrets ?? []) add(reference.name)
  for (const container of allContainers(pod)) {
    for (const source of container.envFrom ?? []) add(source.secretRef?.name)
    for (const variable of container.env ?? []) add(variable.valueFrom?.secretKeyRef?.name)
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(volume.secret?.secretName)
    for (const source of volume.projected?.sources ?? []) add(source.secret?.name)
    for (const plugin of pluginsWithSecretRef) {
      const source = volume[plugin] as { readonly secretRef?: { readonly name?: string } } | undefined
      add(source?.secretRef?.name)
    }
    const azure = volume.azureFile as { readonly secretName?: string } | undefined
    add(azure?.secretName)
    const csi = volume.csi as { readonly nodePublishSecretRef?: { readonly name?: string } } | undefined
    add(csi?.nodePublishSecretRef?.name)
  }
  return names
}

const pluginsWithSecretRef = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const

/** Names of the ConfigMaps, likewise. Source: pkg/api/v1/pod/util.go, VisitPodConfigmapNames. */
export function configMapNamesOf(pod: Pod): ReadonlySet<string> {
  return remembered(knownConfigMaps, pod, visitConfigMaps)
}

function visitConfigMaps(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (name: string | undefined) => {
    if (name !== undefined && name !== '') names.add(name)
  }
  for (const container of allContainers(pod)) {
    for (const source of container.envFrom ?? []) add(source.configMapRef?.name)
    for (const variable of container.env ?? []) add(variable.valueFrom?.configMapKeyRef?.name)
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(volume.configMap?.name)
    for (const source of volume.projected?.sources ?? []) add(source.configMap?.name)
  }
  return names
}

/** Init containers first, as the kubelet visits them. */
export function allContainers(pod: Pod): readonly Container[] {
  const init = pod.spec.initContainers
  return init === undefined || init.length === 0 ? pod.spec.containers : [...init, ...pod.spec.containers]
}
