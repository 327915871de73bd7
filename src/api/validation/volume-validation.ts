import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { compareQuantities } from '../quantity.ts'
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeFile,
  KeyToPath,
  SecretVolumeSource,
  Volume,
  VolumeProjection,
} from '../types/core.ts'
import { validateEphemeral } from './claim-template-validation.ts'
import { validateFieldRef, validateResourceFieldRef } from './env-validation.ts'
import { dns1123Label } from './formats.ts'
import { isUnset, type Validator } from './validator.ts'
import { podSourceValidators, type VolumeSourceValidator } from './volume-source-validation.ts'

/** Volumes of a Pod (V3, V5). Source: pkg/apis/core/validation/validation.go. */

const fileModeText = 'must be a number between 0 and 0777 (octal), both inclusive'

const volumeFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]

/**
 * Checks all volumes and gives those that are right, by name: a mount of a volume that is wrong is told to be not found.
 * Source: ValidateVolumes.
 */
export function validateVolumes(v: Validator, field: string, volumes: readonly Volume[]): ReadonlyMap<string, Volume> {
  const known = new Map<string, Volume>()
  for (const [index, volume] of volumes.entries()) {
    const path = `${field}[${index}]`
    const before = v.errors.length
    validateVolumeSource(v, path, volume)
    if (isUnset(volume.name)) v.required(`${path}.name`)
    else v.each(`${path}.name`, volume.name, dns1123Label(volume.name, v.minor))
    if (known.has(volume.name)) v.duplicate(`${path}.name`, volume.name)
    if (v.errors.length === before) known.set(volume.name, volume)
  }
  return known
}

/** In the original's order, with the names of fields as its errors write them (`persistentDisk`, `downwarAPI`, ...). */
const sourceValidators: readonly (readonly [key: string, clash: string, path: string, check: VolumeSourceValidator])[] =
  [
    ['hostPath', 'hostPath', 'hostPath', podSourceValidators.hostPath],
    ['gitRepo', 'gitRepo', 'gitRepo', podSourceValidators.gitRepo],
    ['gcePersistentDisk', 'gcePersistentDisk', 'persistentDisk', podSourceValidators.gcePersistentDisk],
    ['awsElasticBlockStore', 'awsElasticBlockStore', 'awsElasticBlockStore', podSourceValidators.awsElasticBlockStore],
    ['secret', 'secret', 'secret', validateSecretSource],
    ['nfs', 'nfs', 'nfs', podSourceValidators.nfs],
    ['iscsi', 'iscsi', 'iscsi', podSourceValidators.iscsi],
    ['glusterfs', 'glusterfs', 'glusterfs', podSourceValidators.glusterfs],
    ['flocker', 'flocker', 'flocker', podSourceValidators.flocker],
    [
      'persistentVolumeClaim',
      'persistentVolumeClaim',
      'persistentVolumeClaim',
      podSourceValidators.persistentVolumeClaim,
    ],
    ['rbd', 'rbd', 'rbd', podSourceValidators.rbd],
    ['cinder', 'cinder', 'cinder', podSourceValidators.cinder],
    ['cephfs', 'cephFS', 'cephfs', podSourceValidators.cephfs],
    ['quobyte', 'quobyte', 'quobyte', podSourceValidators.quobyte],
    ['downwardAPI', 'downwarAPI', 'downwardAPI', validateDownwardSource],
    ['fc', 'fc', 'fc', podSourceValidators.fc],
    ['flexVolume', 'flexVolume', 'flexVolume', podSourceValidators.flexVolume],
    ['configMap', 'configMap', 'configMap', validateConfigMapSource],
    ['azureFile', 'azureFile', 'azureFile', podSourceValidators.azureFile],
    ['vsphereVolume', 'vsphereVolume', 'vsphereVolume', podSourceValidators.vsphereVolume],
    ['photonPersistentDisk', 'photonPersistentDisk', 'photonPersistentDisk', podSourceValidators.photonPersistentDisk],
    ['portworxVolume', 'portworxVolume', 'portworxVolume', podSourceValidators.portworxVolume],
    ['azureDisk', 'azureDisk', 'azureDisk', podSourceValidators.azureDisk],
    ['storageos', 'storageos', 'storageos', podSourceValidators.storageos],
    ['projected', 'projected', 'projected', validateProjectedSource],
    ['scaleIO', 'scaleIO', 'scaleIO', podSourceValidators.scaleIO],
    ['csi', 'csi', 'csi', podSourceValidators.csi],
  ]

/** Source: validateVolumeSource. */
function validateVolumeSource(v: Validator, field: string, volume: Volume): void {
  let sources = 0
  if (volume.emptyDir !== undefined) {
    sources++
    const { sizeLimit } = volume.emptyDir
    if (!isUnset(sizeLimit) && compareQuantities(sizeLimit, '0') < 0) {
      v.forbidden(`${field}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity')
    }
  }
  for (const row of sourceValidators) {
    // A volume has one of thirty kinds: only its row is taken apart.
    const source = volume[row[0]]
    if (source === undefined) continue
    const [key, clash, path, check] = row
    if (sources > 0) v.forbidden(`${field}.${clash}`, 'may not specify more than 1 volume type')
    else {
      sources++
      // A volume source is an object by its schema.
      check(v, `${field}.${path}`, source as Readonly<Record<string, unknown>>)
    }
    if (key === 'iscsi') checkIscsiNameLength(v, field, volume.name ?? '', source as Readonly<Record<string, unknown>>)
  }
  if (volume.ephemeral !== undefined) {
    if (sources > 0) v.forbidden(`${field}.ephemeral`, 'may not specify more than 1 volume type')
    else validateEphemeral(v, field, volume.name ?? '', volume.ephemeral as object) // as above
    sources++
  }
  if (volume.image !== undefined) {
    if (sources > 0) v.forbidden(`${field}.image`, 'may not specify more than 1 volume type')
    else validateImage(v, `${field}.image`, volume.image as { reference?: string; pullPolicy?: string }) // as above
    sources++
  }
  if (sources === 0) v.required(field, 'must specify a volume type')
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never']

/** Templates may leave the reference to whoever makes a Pod of them. Source: validateImageVolumeSource. */
function validateImage(
  v: Validator,
  field: string,
  { reference = '', pullPolicy }: { reference?: string; pullPolicy?: string },
): void {
  if (reference === '' && field.startsWith('spec.volumes')) v.required(`${field}.reference`, '')
  if (isUnset(pullPolicy)) v.required(`${field}.pullPolicy`)
  else if (!pullPolicies.includes(pullPolicy)) v.notSupported(`${field}.pullPolicy`, pullPolicy, pullPolicies)
}

function checkIscsiNameLength(
  v: Validator,
  field: string,
  name: string,
  source: Readonly<Record<string, unknown>>,
): void {
  if (source.initiatorName === undefined || `${name}:${source.targetPortal ?? ''}`.length <= 64) return
  v.invalid(
    `${field}.name`,
    name,
    'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
  )
}

function validateMode(v: Validator, field: string, mode: number | undefined): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) v.invalid(field, mode, fileModeText)
}

/** Source: validateSecretVolumeSource. The name's syntax is not checked. */
function validateSecretSource(v: Validator, field: string, source: SecretVolumeSource): void {
  if (isUnset(source.secretName)) v.required(`${field}.secretName`)
  validateMode(v, `${field}.defaultMode`, source.defaultMode)
  validateItems(v, `${field}.items`, source.items)
}

/** Source: validateConfigMapVolumeSource. */
function validateConfigMapSource(v: Validator, field: string, source: ConfigMapVolumeSource): void {
  if (isUnset(source.name)) v.required(`${field}.name`)
  validateMode(v, `${field}.defaultMode`, source.defaultMode)
  validateItems(v, `${field}.items`, source.items)
}

function validateItems(v: Validator, field: string, items: readonly KeyToPath[] | undefined): void {
  if (items === undefined) return
  for (const [index, item] of items.entries()) validateKeyToPath(v, `${field}[${index}]`, item)
}

/** Source: validateKeyToPath. */
function validateKeyToPath(v: Validator, field: string, { key, path = '', mode }: KeyToPath): void {
  if (isUnset(key)) v.required(`${field}.key`)
  if (path === '') v.required(`${field}.path`)
  validateNonReservedPath(v, `${field}.path`, path)
  validateMode(v, `${field}.mode`, mode)
}

/** Source: validateDownwardAPIVolumeSource. The missing index in the path is the original's. */
function validateDownwardSource(
  v: Validator,
  field: string,
  source: { readonly defaultMode?: number; readonly items?: readonly DownwardAPIVolumeFile[] },
): void {
  validateMode(v, `${field}.defaultMode`, source.defaultMode)
  for (const file of source.items ?? []) validateDownwardFile(v, field, file)
}

/** Source: validateDownwardAPIVolumeFile. */
function validateDownwardFile(v: Validator, field: string, file: DownwardAPIVolumeFile): void {
  const { path = '', fieldRef, resourceFieldRef } = file
  if (path === '') v.required(`${field}.path`)
  validateNonReservedPath(v, `${field}.path`, path)
  if (fieldRef !== undefined) {
    validateFieldRef(v, `${field}.fieldRef`, fieldRef, volumeFieldPaths)
    if (resourceFieldRef !== undefined) {
      v.invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
    }
  } else if (resourceFieldRef !== undefined) {
    validateResourceFieldRef(v, `${field}.resourceFieldRef`, resourceFieldRef, true)
  } else v.required(field, 'one of fieldRef and resourceFieldRef is required')
  validateMode(v, `${field}.mode`, file.mode)
}

interface ProjectedSource {
  readonly defaultMode?: number
  readonly sources?: readonly VolumeProjection[]
}

/** Source: validateProjectedVolumeSource, validateProjectionSources. */
function validateProjectedSource(v: Validator, field: string, projected: ProjectedSource): void {
  validateMode(v, `${field}.defaultMode`, projected.defaultMode)
  const paths = new Set<string>()
  const claim = (path: string | undefined, owner: string) => {
    if (isUnset(path)) return
    if (paths.has(path)) v.invalid(field, owner, 'conflicting duplicate paths')
    paths.add(path)
  }
  for (const [index, source] of (projected.sources ?? []).entries()) {
    const path = `${field}.sources[${index}]`
    let kinds = 0
    for (const kind of ['secret', 'configMap'] as const) {
      const named = source[kind]
      if (named === undefined) continue
      kinds++
      if (isUnset(named.name)) v.required(`${path}.${kind}.name`)
      for (const [position, item] of (named.items ?? []).entries()) {
        validateKeyToPath(v, `${path}.${kind}.items[${position}]`, item)
        claim(item.path, named.name ?? '')
      }
    }
    if (source.downwardAPI !== undefined) {
      kinds++
      for (const file of source.downwardAPI.items ?? []) {
        validateDownwardFile(v, `${path}.downwardAPI`, file)
        claim(file.path, file.path)
      }
    }
    if (source.serviceAccountToken !== undefined) {
      kinds++
      validateTokenProjection(v, field, `${path}.serviceAccountToken`, source.serviceAccountToken)
    }
    const perSource = has(v.minor, apiServer.checksTokenPaths) ? ' per source' : ''
    if (kinds > 1) v.forbidden(path, `may not specify more than 1 volume type${perSource}`)
  }
}

function validateTokenProjection(
  v: Validator,
  projected: string,
  field: string,
  { expirationSeconds = 0, path }: { readonly expirationSeconds?: number; readonly path?: string },
): void {
  if (expirationSeconds < 600) {
    v.invalid(`${field}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes')
  }
  if (expirationSeconds > 2 ** 32) {
    v.invalid(`${field}.expirationSeconds`, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')
  }
  // The path of this error is the original's: that of the volume.
  if (isUnset(path)) v.required(`${projected}.path`)
  else if (has(v.minor, apiServer.checksTokenPaths)) validateDescendingPath(v, `${projected}.path`, path)
}

/** Source: validateLocalDescendingPath. */
export function validateDescendingPath(v: Validator, field: string, path: string): void {
  if (path.startsWith('/')) v.invalid(field, path, 'must be a relative path')
  validateNoBacksteps(v, field, path)
}

/** Source: validatePathNoBacksteps. */
function validateNoBacksteps(v: Validator, field: string, path: string): void {
  if (hasBackstep(path)) v.invalid(field, path, "must not contain '..'")
}

/** Whether one of the parts of a path is `..`. */
export function hasBackstep(path: string): boolean {
  return path.includes('..') && path.split('/').includes('..')
}

/** Source: validateLocalNonReservedPath. */
function validateNonReservedPath(v: Validator, field: string, path: string): void {
  validateDescendingPath(v, field, path)
  if (path.startsWith('..') && !path.startsWith('../')) v.invalid(field, path, "must not start with '..'")
}
