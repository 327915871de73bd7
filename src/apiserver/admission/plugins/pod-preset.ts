import { equalJson } from '../../../api/json.ts'
import type { Container, EnvFromSource, EnvVar, Pod, Volume, VolumeMount } from '../../../api/types/core.ts'
import type { KubeObject, LabelSelector, ResourceRef } from '../../../api/types/meta.ts'
import { matchesLabelSelector } from '../../../api/validation/label-validation.ts'
import { annotation, mirrorAnnotation } from '../../../api/validation/pod-validation.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { admitted, podOf } from './requests.ts'

/** Source: k8s.io/api settings/v1alpha1/types.go. */
export interface PodPreset extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector
    readonly env?: readonly EnvVar[]
    readonly envFrom?: readonly EnvFromSource[]
    readonly volumes?: readonly Volume[]
    readonly volumeMounts?: readonly VolumeMount[]
  }
}

const podPresets: ResourceRef = { group: 'settings.k8s.io', version: 'v1alpha1', resource: 'podpresets' }
/** Source: plugin/pkg/admission/podpreset/admission.go, annotationPrefix; pkg/apis/core/annotation_key_constants.go. */
const annotationPrefix = 'podpreset.admission.kubernetes.io'

/**
 * Adds to new Pods what the presets say that select them (P3): all of it, or nothing when anything clashes. Nobody is
 * told of a clash but the server's own log. The newest preset comes first; the original walks a map, in any order.
 * Source: plugin/pkg/admission/podpreset/admission.go.
 */
export const podPresetPlugin: AdmissionPlugin = {
  name: 'PodPreset',
  concerns: [{ resource: 'pods', operations: ['CREATE'] }],
  admit(request, lookup) {
    const pod = request.operation === 'CREATE' ? podOf(request) : undefined
    if (pod === undefined) return admitted(request.object)
    const { annotations, labels } = pod.metadata
    const isExcluded = annotation(annotations, `${annotationPrefix}/exclude`) === 'true'
    if (isExcluded || annotation(annotations, mirrorAnnotation) !== undefined) return admitted(pod)
    const presets = lookup
      .list<PodPreset>(podPresets, request.namespace)
      .filter(({ spec }) => matchesLabelSelector(spec?.selector ?? {}, labels))
      .sort((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
    if (presets.length === 0) return admitted(pod)
    return admitted(applyPresets(pod, presets))
  },
}

function applyPresets(pod: Pod, presets: readonly PodPreset[]): Pod {
  const merge = <T>(
    own: readonly T[] | undefined,
    added: (preset: PodPreset) => readonly T[] | undefined,
    keys: readonly ((item: T) => string)[],
  ) =>
    mergeLists(
      own ?? [],
      presets.flatMap((preset) => added(preset) ?? []),
      keys,
    )
  const volumes = merge(pod.spec.volumes, ({ spec }) => spec?.volumes, [nameOf])
  if (volumes === undefined) return pod
  let isClashing = false
  const apply = (container: Container): Container => {
    const env = merge(container.env, ({ spec }) => spec?.env, [nameOf])
    const mounts = merge(container.volumeMounts, ({ spec }) => spec?.volumeMounts, [nameOf, mountPathOf])
    if (env === undefined || mounts === undefined) {
      isClashing = true
      return container
    }
    // A clash of envFrom is not looked for before: then the container loses what it had.
    const { env: _env, envFrom: _from, volumeMounts: _mounts, ...rest } = container
    const envFrom = mergeEnvFrom(container.envFrom ?? [], presets)
    return {
      ...rest,
      ...(envFrom === undefined || envFrom.length === 0 ? {} : { envFrom }),
      ...(env.length === 0 ? {} : { env }),
      ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
    }
  }
  const containers = (pod.spec.containers ?? []).map(apply)
  const initContainers = pod.spec.initContainers?.map(apply)
  if (isClashing) return pod
  const annotations: Record<string, string> = { ...pod.metadata.annotations }
  for (const { metadata } of presets) {
    annotations[`${annotationPrefix}/podpreset-${metadata.name}`] = metadata.resourceVersion ?? ''
  }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: {
      ...pod.spec,
      ...(volumes.length === 0 ? {} : { volumes }),
      containers,
      ...(initContainers === undefined ? {} : { initContainers }),
    },
  }
}

const nameOf = ({ name }: { readonly name: string }): string => name
const mountPathOf = ({ mountPath }: VolumeMount): string => mountPath

/** Own items, then those added that are new by the first key; undefined when a key leads to different items. */
function mergeLists<T>(
  own: readonly T[],
  added: readonly T[],
  keys: readonly ((item: T) => string)[],
): readonly T[] | undefined {
  const known = keys.map((key) => new Map(own.map((item) => [key(item), item])))
  const merged = [...own]
  for (const item of added) {
    for (const [index, key] of keys.entries()) {
      const found = known[index]?.get(key(item))
      if (found === undefined) {
        known[index]?.set(key(item), item)
        if (index === 0) merged.push(item)
      } else if (!equalJson(found, item)) return undefined
    }
  }
  return merged
}

/** Source: mergeEnvFrom. Two presets may add the same source twice. */
function mergeEnvFrom(
  own: readonly EnvFromSource[],
  presets: readonly PodPreset[],
): readonly EnvFromSource[] | undefined {
  const keyOf = ({ prefix = '', configMapRef, secretRef }: EnvFromSource) =>
    JSON.stringify([prefix, configMapRef?.name ?? '', secretRef?.name ?? ''])
  const known = new Map(own.map((source) => [keyOf(source), source]))
  const merged = [...own]
  for (const source of presets.flatMap(({ spec }) => spec?.envFrom ?? [])) {
    const found = known.get(keyOf(source))
    if (found === undefined) merged.push(source)
    else if (!equalJson(found, source)) return undefined
  }
  return merged
}
