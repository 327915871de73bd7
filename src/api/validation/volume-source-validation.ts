import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { byteLength, dns1123Label, dns1123Subdomain, rangeText } from './formats.ts'
import { isUnset, sortedKeys, type Validator } from './validator.ts'

/**
 * Sources of volumes that have nothing to do with Secrets, of Pods and of PersistentVolumes.
 * Source: pkg/apis/core/validation/validation.go, validate*VolumeSource and validate*PersistentVolumeSource.
 */

type Source = Readonly<Record<string, unknown>>
/** The typed sources are objects with known members; these are read member by member. */
export type VolumeSourceValidator = (v: Validator, field: string, source: Source) => void

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const child = (value: unknown): Source | undefined =>
  typeof value === 'object' && value !== null ? (value as Source) : undefined // objects from JSON

/** Checks that members are there, in this order. */
function requires(...members: readonly string[]): VolumeSourceValidator {
  return (v, field, source) => {
    for (const member of members) {
      const value = source[member]
      if (isUnset(value) || (Array.isArray(value) && value.length === 0)) v.required(`${field}.${member}`)
    }
  }
}

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

function hostPath(v: Validator, field: string, source: Source): void {
  const path = text(source.path)
  if (path === '') {
    v.required(`${field}.path`)
    return
  }
  noBacksteps(v, `${field}.path`, path)
  if (source.type !== undefined && !hostPathTypes.includes(text(source.type))) {
    v.notSupported(`${field}.type`, source.type, hostPathTypes)
  }
}

function noBacksteps(v: Validator, field: string, path: string): void {
  if (path.split('/').includes('..')) v.invalid(field, path, "must not contain '..'")
}

function gitRepo(v: Validator, field: string, source: Source): void {
  requires('repository')(v, field, source)
  const directory = text(source.directory)
  if (directory.startsWith('/')) v.invalid(`${field}.directory`, directory, 'must be a relative path')
  noBacksteps(v, `${field}.directory`, directory)
}

/** A disk with a partition from 0 to 255; the text says 1 to 255, as the original's does. */
function partitioned(name: string): VolumeSourceValidator {
  return (v, field, source) => {
    requires(name)(v, field, source)
    const partition = Number(source.partition ?? 0)
    if (partition < 0 || partition > 255) v.invalid(`${field}.partition`, partition, rangeText(1, 255))
  }
}

function nfs(v: Validator, field: string, source: Source): void {
  requires('server', 'path')(v, field, source)
  const path = text(source.path)
  if (!path.startsWith('/')) v.invalid(`${field}.path`, path, 'must be an absolute path')
}

const iqnPattern = /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/
const euiPattern = /^eui.[a-zA-Z0-9]{16}$/
const naaPattern = /^naa.[a-zA-Z0-9]{32}$/

function isIscsiName(name: string): boolean {
  if (name.startsWith('iqn')) return iqnPattern.test(name)
  return name.startsWith('eui') ? euiPattern.test(name) : naaPattern.test(name)
}

/** `unknownText` differs between the source of a Pod and that of a PersistentVolume. */
function iscsiOf(unknownText: string, inPersistentVolume: boolean): VolumeSourceValidator {
  const checkName = (v: Validator, field: string, name: string) => {
    if (!/^(iqn|eui|naa)/.test(name)) v.invalid(field, name, unknownText)
    else if (!isIscsiName(name)) v.invalid(field, name, 'must be valid format')
  }
  return (v, field, source) => {
    requires('targetPortal')(v, field, source)
    const iqn = text(source.iqn)
    if (iqn === '') v.required(`${field}.iqn`)
    else checkName(v, `${field}.iqn`, iqn)
    const lun = Number(source.lun ?? 0)
    if (lun < 0 || lun > 255) v.invalid(`${field}.lun`, lun, rangeText(0, 255))
    const secret = child(source.secretRef)
    if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && secret === undefined) {
      v.required(`${field}.secretRef`)
    }
    if (inPersistentVolume && secret !== undefined) requires('name')(v, `${field}.secretRef`, secret)
    if (source.initiatorName !== undefined) checkName(v, `${field}.initiatorname`, text(source.initiatorName))
  }
}

function fc(v: Validator, field: string, source: Source): void {
  const targets = list(source.targetWWNs)
  const ids = list(source.wwids)
  if (targets.length === 0 && ids.length === 0) {
    v.required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')
  }
  if (targets.length > 0 && ids.length > 0) {
    const value = `[]string{${targets.map((target) => JSON.stringify(target)).join(', ')}}`
    v.invalidGo(`${field}.targetWWNs`, value, 'targetWWNs and wwids can not be specified simultaneously')
  }
  if (targets.length === 0) return
  if (source.lun === undefined) {
    v.required(`${field}.lun`, 'lun is required if targetWWNs is specified')
    return
  }
  const lun = Number(source.lun)
  if (lun < 0 || lun > 255) v.invalid(`${field}.lun`, lun, rangeText(0, 255))
}

function quobyte(v: Validator, field: string, source: Source): void {
  const registry = text(source.registry)
  const pairText = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') v.required(`${field}.registry`, pairText)
  else if (byteLength(text(source.tenant)) >= 65) {
    v.required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters')
  } else {
    for (const pair of registry.split(',')) {
      if (!/^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair)) v.invalid(`${field}.registry`, registry, pairText)
    }
  }
  requires('volume')(v, field, source)
}

function glusterfsPersistent(v: Validator, field: string, source: Source): void {
  requires('endpoints', 'path')(v, field, source)
  if (source.endpointsNamespace === undefined) return
  const namespace = text(source.endpointsNamespace)
  const path = `${field}.endpointsNamespace`
  if (namespace === '') {
    v.invalid(path, namespace, 'if the endpointnamespace is set, it must be a valid namespace name')
  } else v.each(path, namespace, dns1123Label(namespace, v.minor))
}

function flocker(v: Validator, field: string, source: Source): void {
  const name = text(source.datasetName)
  const uuid = text(source.datasetUUID)
  if (name === '' && uuid === '') v.required(field, 'one of datasetName and datasetUUID is required')
  if (name !== '' && uuid !== '') {
    v.invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')
  }
  if (name.includes('/')) v.invalid(`${field}.datasetName`, name, "must not contain '/'")
}

/** Members, and those of the reference to a Secret when there is one. */
function withSecretRef(members: readonly string[], ofReference: readonly string[]): VolumeSourceValidator {
  return (v, field, source) => {
    requires(...members)(v, field, source)
    const reference = child(source.secretRef)
    if (reference !== undefined) requires(...ofReference)(v, `${field}.secretRef`, reference)
  }
}

function flexVolume(v: Validator, field: string, source: Source): void {
  requires('driver')(v, field, source)
  for (const key of sortedKeys(child(source.options))) {
    const namespace = `.${key.split('/', 1)[0]?.toLowerCase() ?? ''}`
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      v.invalid(`${field}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')
    }
  }
}

function azureFilePersistent(v: Validator, field: string, source: Source): void {
  requires('secretName', 'shareName')(v, field, source)
  if (source.secretNamespace === '') v.required(`${field}.secretNamespace`)
}

function azureDisk(v: Validator, field: string, source: Source): void {
  requires('diskName', 'diskURI')(v, field, source)
  const uri = text(source.diskURI)
  const { cachingMode, kind } = source
  const modes = ['None', 'ReadOnly', 'ReadWrite']
  const kinds = ['Dedicated', 'Managed', 'Shared']
  if (cachingMode !== undefined && !modes.includes(text(cachingMode))) {
    v.notSupported(`${field}.cachingMode`, cachingMode, modes)
  }
  if (kind !== undefined && !kinds.includes(text(kind))) v.notSupported(`${field}.kind`, kind, kinds)
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/')) {
    const form = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
    v.notSupported(`${field}.diskURI`, uri, [form])
  }
  if (kind !== undefined && kind !== 'Managed' && !uri.startsWith('https://')) {
    v.notSupported(`${field}.diskURI`, uri, [
      'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd',
    ])
  }
}

function storageos(ofReference: readonly string[]): VolumeSourceValidator {
  return (v, field, source) => {
    const name = text(source.volumeName)
    if (name === '') v.required(`${field}.volumeName`)
    else v.each(`${field}.volumeName`, name, dns1123Label(name, v.minor))
    const namespace = text(source.volumeNamespace)
    if (namespace !== '') v.each(`${field}.volumeNamespace`, namespace, dns1123Label(namespace, v.minor))
    const reference = child(source.secretRef)
    if (reference !== undefined) requires(...ofReference)(v, `${field}.secretRef`, reference)
  }
}

/** Source: ValidateCSIDriverName. */
function validateCsiDriverName(v: Validator, field: string, name: string): void {
  if (name === '') {
    v.required(field)
    if (has(v.minor, apiServer.missingDriversAreEnough)) return
  }
  if (byteLength(name) > 63) v.tooLong(field, 63)
  v.each(field, name, dns1123Subdomain(name.toLowerCase(), v.minor))
}

function csi(v: Validator, field: string, source: Source): void {
  validateCsiDriverName(v, `${field}.driver`, text(source.driver))
  const reference = child(source.nodePublishSecretRef)
  if (reference === undefined) return
  const name = text(reference.name)
  // The blank in the path is the original's.
  const blank = has(v.minor, apiServer.namesSecretsOfDrivers) ? '' : ' '
  if (name === '') v.required(`${field}.nodePublishSecretRef${blank}.name`)
  else v.each(`${field}.name`, name, dns1123Subdomain(name, v.minor))
}

function csiPersistent(v: Validator, field: string, source: Source): void {
  validateCsiDriverName(v, `${field}.driver`, text(source.driver))
  requires('volumeHandle')(v, field, source)
  for (const [member, written] of [
    ['controllerPublishSecretRef', 'controllerPublishSecretRef'],
    ['controllerExpandSecretRef', 'controllerExpandSecretRef'],
    ['nodePublishSecretRef', 'nodePublishSecretRef '],
  ] as const) {
    const reference = child(source[member])
    if (reference === undefined) continue
    for (const part of ['name', 'namespace']) {
      const value = text(reference[part])
      if (value === '') v.required(`${field}.${written}.${part}`)
      else v.each(`${field}.${part}`, value, dns1123Label(value, v.minor))
    }
  }
}

const shared = {
  hostPath,
  gcePersistentDisk: partitioned('pdName'),
  awsElasticBlockStore: partitioned('volumeID'),
  nfs,
  flocker,
  fc,
  quobyte,
  rbd: requires('monitors', 'image'),
  cephfs: requires('monitors'),
  flexVolume,
  vsphereVolume: requires('volumePath'),
  photonPersistentDisk: requires('pdID'),
  portworxVolume: requires('volumeID'),
  azureDisk,
  scaleIO: requires('gateway', 'system', 'volumeName'),
} as const

export const podSourceValidators = {
  ...shared,
  gitRepo,
  iscsi: iscsiOf('must be valid format starting with iqn, eui, or naa', false),
  glusterfs: requires('endpoints', 'path'),
  persistentVolumeClaim: requires('claimName'),
  cinder: withSecretRef(['volumeID'], ['name']),
  azureFile: requires('secretName', 'shareName'),
  storageos: storageos(['name']),
  csi,
} as const satisfies Record<string, VolumeSourceValidator>

/** Local volumes. Source: validateLocalVolumeSource. */
function local(v: Validator, field: string, source: Source): void {
  const path = text(source.path)
  if (path === '') v.required(`${field}.path`)
  else noBacksteps(v, `${field}.path`, path)
}

export const persistentSourceValidators = {
  ...shared,
  iscsi: iscsiOf('must be valid format', true),
  glusterfs: glusterfsPersistent,
  cinder: withSecretRef(['volumeID'], ['name', 'namespace']),
  azureFile: azureFilePersistent,
  local,
  storageos: storageos(['name', 'namespace']),
  csi: csiPersistent,
} as const satisfies Record<string, VolumeSourceValidator>
