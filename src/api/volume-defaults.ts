import { extended } from '../kernel/extended.ts'
import { defaultPullPolicy } from './image-name.ts'
import { keptIfSame, mappedIfOther } from './kept.ts'
import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from './types/core.ts'

type Source = Readonly<Record<string, unknown>>

/** Mode of files whose volume names none: 0644 (V5). Source: k8s.io/api core/v1/types.go, SecretVolumeSourceDefaultMode. */
export const defaultFileMode = 420

/**
 * A volume with its defaults: no source at all means an empty directory, so a typo in the source's name gives an empty
 * volume and no error. Source: pkg/apis/core/v1/defaults.go, SetDefaults_Volume and those of the sources.
 */
export function defaultVolume(volume: Volume): Volume {
  if (volume.secret !== undefined) return keptIfSame(volume, extended(volume, { secret: withMode(volume.secret) }))
  if (volume.configMap !== undefined)
    return keptIfSame(volume, extended(volume, { configMap: withMode(volume.configMap) }))
  if (volume.projected !== undefined) {
    const { sources } = volume.projected
    const projected = withMode(volume.projected)
    // A list that is not left out when it is empty comes back as null.
    if (sources === undefined || sources === null || sources.length === 0) {
      return { ...volume, projected: { ...projected, sources: null } as unknown as typeof projected }
    }
    const completed = keptIfSame(projected, { ...projected, sources: mappedIfOther(sources, defaultProjection) })
    return keptIfSame(volume, extended(volume, { projected: completed }))
  }
  if (volume.downwardAPI !== undefined) {
    return { ...volume, downwardAPI: withMode(withFieldVersions(volume.downwardAPI)) }
  }
  if (volume.emptyDir !== undefined) return volume
  return defaultOtherVolume(volume)
}

interface ImageSource {
  readonly reference?: string
  readonly pullPolicy?: string
}

/** Source: pkg/apis/core/v1/defaults.go, SetDefaults_PodSpec (gate ImageVolume). */
function withPullPolicy(image: ImageSource): ImageSource {
  return image.pullPolicy ? image : { ...image, pullPolicy: defaultPullPolicy(image.reference ?? '') }
}

function defaultOtherVolume(volume: Volume): Volume {
  let hasSource = false
  let changed: Record<string, unknown> | undefined
  for (const key of Object.keys(volume)) {
    if (key === 'name' || volume[key] === undefined) continue
    hasSource = true
    if (key === 'image') {
      changed ??= { ...volume }
      changed[key] = withPullPolicy(volume[key] as ImageSource) // a source is an object by its schema
      continue
    }
    if (key === 'ephemeral') {
      changed ??= { ...volume }
      changed[key] = withClaimDefaults(volume[key] as Source) // a source is an object by its schema
      continue
    }
    const defaults = sourceDefaults.get(key)
    if (defaults === undefined) continue
    changed ??= { ...volume }
    changed[key] = withDefaults(volume[key] as Source, defaults) // a source is an object by its schema
  }
  // The cast: only sources were changed, each into one of its own kind.
  return hasSource ? ((changed as Volume | undefined) ?? volume) : { ...volume, emptyDir: {} }
}

/** A claim that is made for one Pod has the defaults of claims. Source: zz_generated.defaults.go, SetDefaults_PersistentVolumeClaimSpec. */
function withClaimDefaults(source: Source): Source {
  const template = source.volumeClaimTemplate as { readonly spec?: Source } | undefined // an object by its schema
  if (template?.spec === undefined || template.spec.volumeMode !== undefined) return source
  return { ...source, volumeClaimTemplate: { ...template, spec: { ...template.spec, volumeMode: 'Filesystem' } } }
}

const iscsi: Source = { iscsiInterface: 'default' }
const rbd: Source = { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }
const scaleIO: Source = { storageMode: 'ThinProvisioned', fsType: 'xfs' }

/** Defaults of volume sources, for Pods and PersistentVolumes alike, by the field that holds the source. */
export const sourceDefaults: ReadonlyMap<string, Source> = new Map([
  ['hostPath', { type: '' }],
  ['iscsi', iscsi],
  ['rbd', rbd],
  ['scaleIO', scaleIO],
  ['azureDisk', { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }],
])

/** `source` with `defaults` for what is absent or empty. */
export function withDefaults(source: Source, defaults: Source): Source {
  const filled: Record<string, unknown> = { ...source }
  for (const [key, value] of Object.entries(defaults)) {
    if (filled[key] === undefined || filled[key] === '') filled[key] = value
  }
  return filled
}

function withMode<S extends { readonly defaultMode?: number }>(source: S): S {
  return source.defaultMode === undefined ? extended(source, { defaultMode: defaultFileMode }) : source
}

function defaultProjection(projection: VolumeProjection): VolumeProjection {
  const token = projection.serviceAccountToken
  if (token !== undefined && token.expirationSeconds === undefined) {
    return { ...projection, serviceAccountToken: { ...token, expirationSeconds: 3600 } }
  }
  if (projection.downwardAPI === undefined) return projection
  return { ...projection, downwardAPI: withFieldVersions(projection.downwardAPI) }
}

function withFieldVersions<S extends { readonly items?: readonly DownwardAPIVolumeFile[] }>(source: S): S {
  if (source.items === undefined) return source
  return {
    ...source,
    items: source.items.map((file) =>
      file.fieldRef === undefined || file.fieldRef.apiVersion
        ? file
        : { ...file, fieldRef: { ...file.fieldRef, apiVersion: 'v1' } },
    ),
  }
}
