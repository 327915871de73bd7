import { type Amounts, amountOf } from '../../../api/amounts.ts'
import { equalJson } from '../../../api/json.ts'
import { canonicalQuantity, compareQuantities, quantityValue } from '../../../api/quantity.ts'
import { middleStructs } from '../../../api/structs/middle-structs.ts'
import { shownDiff } from '../../../api/structs/shown.ts'
import { goSyntax } from '../../../api/structs/syntax.ts'
import type { KubeObject, LabelSelector } from '../../../api/types/meta.ts'
import { dns1123Subdomain } from '../../../api/validation/formats.ts'
import { validateLabelSelector } from '../../../api/validation/label-validation.ts'
import { annotation } from '../../../api/validation/pod-validation.ts'
import { validateNodeSelector } from '../../../api/validation/scheduling-validation.ts'
import { isUnset, sortedKeys, type Validator } from '../../../api/validation/validator.ts'
import { persistentSourceValidators } from '../../../api/validation/volume-source-validation.ts'
import { sourceDefaults, withDefaults } from '../../../api/volume-defaults.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { storage } from '../../../versions/storage.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { type ClaimSource, validateSources, withBothSources, withKnownSource } from './claim-sources.ts'
import {
  persistentVolumeClaimColumns,
  persistentVolumeClaimColumnsWithAttributes,
  persistentVolumeColumns,
  persistentVolumeColumnsWithAttributes,
} from './columns.ts'
import { errorsOf } from './settings.ts'
import { ageCell } from './workload-rows.ts'

/** PersistentVolumes and claims. Source: pkg/apis/core/validation/validation.go, pkg/apis/core/v1/defaults.go. */

type Source = Readonly<Record<string, unknown>>

interface PersistentVolume extends KubeObject {
  readonly spec?: Source & {
    readonly capacity?: Amounts
    readonly accessModes?: readonly string[]
    readonly claimRef?: { readonly namespace?: string; readonly name?: string }
    readonly volumeAttributesClassName?: string
    readonly persistentVolumeReclaimPolicy?: string
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly nodeAffinity?: { readonly required?: Parameters<typeof validateNodeSelector>[2] }
  }
  readonly status?: { readonly phase?: string; readonly reason?: string; readonly lastPhaseTransitionTime?: string }
}

interface PersistentVolumeClaim extends KubeObject {
  readonly spec?: {
    readonly accessModes?: readonly string[]
    readonly selector?: LabelSelector
    readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts }
    readonly volumeName?: string
    readonly volumeAttributesClassName?: string
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly dataSource?: ClaimSource | null
    readonly dataSourceRef?: ClaimSource | null
  }
  readonly status?: { readonly phase?: string; readonly accessModes?: readonly string[]; readonly capacity?: Amounts }
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce']
const volumeModes = ['Block', 'Filesystem']
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** In the original's order, with the names that its errors give them. */
const sources = [
  ['hostPath', 'hostPath', 'hostPath'],
  ['gcePersistentDisk', 'gcePersistentDisk', 'persistentDisk'],
  ['awsElasticBlockStore', 'awsElasticBlockStore', 'awsElasticBlockStore'],
  ['glusterfs', 'glusterfs', 'glusterfs'],
  ['flocker', 'flocker', 'flocker'],
  ['nfs', 'nfs', 'nfs'],
  ['rbd', 'rbd', 'rbd'],
  ['quobyte', 'quobyte', 'quobyte'],
  ['cephfs', 'cephFS', 'cephfs'],
  ['iscsi', 'iscsi', 'iscsi'],
  ['cinder', 'cinder', 'cinder'],
  ['fc', 'fc', 'fc'],
  ['flexVolume', 'flexVolume', 'flexVolume'],
  ['azureFile', 'azureFile', 'azureFile'],
  ['vsphereVolume', 'vsphereVolume', 'vsphereVolume'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'photonPersistentDisk'],
  ['portworxVolume', 'portworxVolume', 'portworxVolume'],
  ['azureDisk', 'azureDisk', 'azureDisk'],
  ['scaleIO', 'scaleIO', 'scaleIO'],
  ['local', 'local', 'local'],
  ['storageos', 'storageos', 'storageos'],
  ['csi', 'csi', 'csi'],
] as const

function validateModes(v: Validator, field: string, modes: readonly string[]): void {
  const known = has(v.minor, apiServer.readWriteOncePod) ? [...accessModes, 'ReadWriteOncePod'] : accessModes
  for (const mode of modes) if (!known.includes(mode)) v.notSupported(field, mode, known)
}

/** Source: ValidatePersistentVolumeSpec. */
function validateVolume(v: Validator, { spec = {} }: PersistentVolume): void {
  const modes = spec.accessModes ?? []
  if (modes.length === 0) v.required('spec.accessModes')
  validateModes(v, 'spec.accessModes', modes)
  validateCapacity(v, spec.capacity)
  const policy = spec.persistentVolumeReclaimPolicy
  if (!isUnset(policy) && !reclaimPolicies.includes(policy)) {
    v.notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies)
  }
  if (spec.nodeAffinity !== undefined) {
    if (spec.nodeAffinity.required === undefined) {
      v.required('spec.nodeAffinity.required', 'must specify required node constraints')
    } else validateNodeSelector(v, 'spec.nodeAffinity.required', spec.nodeAffinity.required)
  }
  validateVolumeSources(v, spec)
  const storageClass = spec.storageClassName
  if (!isUnset(storageClass)) v.each('spec.storageClassName', storageClass, dns1123Subdomain(storageClass, v.minor))
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode)) {
    v.notSupported('spec.volumeMode', spec.volumeMode, volumeModes)
  }
}

function validateCapacity(v: Validator, capacity: Amounts | undefined): void {
  const names = sortedKeys(capacity)
  if (names.length === 0) v.required('spec.capacity')
  if (amountOf(capacity, 'storage') === undefined || names.length > 1) {
    const shown = has(v.minor, apiServer.showsValuesAsJson)
      ? JSON.stringify(capacity === undefined ? null : Object.fromEntries(names.map((name) => [name, capacity[name]])))
      : names.length === 0
        ? 'core.ResourceList(nil)'
        : `core.ResourceList{${names.map((name) => `"${name}"`).join(', ')}}`
    const body = `Unsupported value: ${shown}: supported values: "storage"`
    v.add([{ type: 'FieldValueNotSupported', field: 'spec.capacity', body }])
  }
  for (const name of names) {
    const amount = capacity?.[name] ?? '0'
    const path = `spec.capacity[${name}]`
    if (compareQuantities(amount, '0') < 0) v.invalid(path, quantityValue(amount), 'must be a valid resource quantity')
    if (compareQuantities(amount, '0') <= 0) v.invalid(path, canonicalQuantity(amount), 'must be greater than zero')
  }
}

function validateVolumeSources(v: Validator, spec: NonNullable<PersistentVolume['spec']>): void {
  let found = 0
  for (const [key, clash, path] of sources) {
    const source = spec[key] as Source | undefined // sources are objects by their schema
    if (source === undefined) continue
    if (found > 0) {
      v.forbidden(`spec.${clash}`, 'may not specify more than 1 volume type')
      continue
    }
    found++
    persistentSourceValidators[key](v, `spec.${path}`, source)
    if (key === 'local' && spec.nodeAffinity === undefined) {
      v.required('spec.nodeAffinity', 'Local volume requires node affinity')
    }
  }
  if (found === 0) v.required('spec', 'must specify a volume type')
  const hostPath = spec.hostPath as { readonly path?: string } | undefined // as above
  const isRoot = hostPath?.path !== undefined && /^\/[/.]*$/.test(hostPath.path)
  if (isRoot && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    v.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")
  }
}

function sourcesOf({ spec = {} }: PersistentVolume): Readonly<Record<string, unknown>> {
  return Object.fromEntries(sources.flatMap(([key]) => (spec[key] === undefined ? [] : [[key, spec[key]]])))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A volume stays what it is; the Secret of its controller may be named later. Source: ValidatePersistentVolumeUpdate. */
function validateSourceUpdate(v: Validator, next: PersistentVolume, old: PersistentVolume): void {
  const [before, given] = [sourcesOf(old), sourcesOf(next)]
  const secret = 'controllerExpandSecretRef'
  const { csi } = given as { csi?: Source } // an object by its schema
  const mayName = csi?.[secret] !== undefined && isObject(before.csi) && Reflect.get(before.csi, secret) === undefined
  const { [secret]: _later, ...named } = csi ?? {}
  const now = mayName ? { ...given, csi: named } : given
  if (equalJson(now, before)) return
  if (!has(v.minor, apiServer.differencesAreTerse)) {
    v.forbidden('spec.persistentvolumesource', 'is immutable after creation')
    return
  }
  const text = 'spec.persistentvolumesource is immutable after creation'
  const diff = shownDiff('core.PersistentVolumeSource', now, before, v.minor)
  v.forbidden('spec.persistentvolumesource', `${text}\n${diff}`)
}

/** Since when it is in its phase, unless the caller says that. Source: pkg/registry/core/persistentvolume/strategy.go. */
function withPhaseTime(next: PersistentVolume, context: RegistryContext, old?: PersistentVolume): PersistentVolume {
  if (!has(context.minor, storage.volumesTellPhaseTimes)) return next
  const { phase, lastPhaseTransitionTime: given } = next.status ?? {}
  const before = old?.status?.lastPhaseTransitionTime
  if (given !== undefined && given !== before) return next
  const isNew = old === undefined || phase !== old.status?.phase
  const time = isNew ? rfc3339(context.calendar.at(context.kernel.now())) : before
  return time === undefined ? next : { ...next, status: { ...next.status, lastPhaseTransitionTime: time } }
}

export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  resource: { group: '', version: 'v1', resource: 'persistentvolumes' },
  kind: 'PersistentVolume',
  namespaced: false,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults: (volume) => {
    const { spec = {} } = volume
    const filled: Record<string, unknown> = { ...spec }
    for (const [key, defaults] of sourceDefaults) {
      if (filled[key] !== undefined) filled[key] = withDefaults(filled[key] as Source, defaults) // as above
    }
    filled.persistentVolumeReclaimPolicy = spec.persistentVolumeReclaimPolicy || 'Retain'
    filled.volumeMode = spec.volumeMode ?? 'Filesystem'
    return { ...volume, spec: filled, status: { ...volume.status, phase: volume.status?.phase || 'Pending' } }
  },
  prepareForCreate: (volume, context) => withPhaseTime({ ...volume, status: { phase: 'Pending' } }, context),
  prepareForStatusUpdate: (next, old, context) =>
    withPhaseTime({ ...old, metadata: next.metadata, status: next.status ?? {} }, context, old),
  validate: (volume, context) => errorsOf(context, (v) => validateVolume(v, volume)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateVolume(v, next)
      validateVolume(v, next) // as the original does
      validateSourceUpdate(v, next, old)
      if (next.spec?.volumeMode !== old.spec?.volumeMode) {
        v.invalid('volumeMode', next.spec?.volumeMode, 'field is immutable')
      }
      if (old.spec?.nodeAffinity !== undefined && !equalJson(next.spec?.nodeAffinity, old.spec.nodeAffinity)) {
        const now = next.spec?.nodeAffinity
        if (now === undefined) v.invalid('nodeAffinity', now, 'field is immutable')
        else v.invalidGo('nodeAffinity', goSyntax('core.VolumeNodeAffinity', now, middleStructs), 'field is immutable')
      }
    }),
  table: {
    columns: persistentVolumeColumns,
    columnsOf: (minor) => (hasAttributes(minor) ? persistentVolumeColumnsWithAttributes : persistentVolumeColumns),
    row: (volume, context) => {
      const { spec = {}, status, metadata } = volume
      const claim = spec.claimRef
      return [
        metadata.name,
        canonicalQuantity(amountOf(spec.capacity, 'storage') ?? '0'),
        modesCell(spec.accessModes),
        spec.persistentVolumeReclaimPolicy ?? '',
        metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
        claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
        annotation(metadata.annotations, classAnnotation) ?? spec.storageClassName ?? '',
        ...attributesCell(spec.volumeAttributesClassName, context),
        status?.reason ?? '',
        ageCell(volume, context),
        spec.volumeMode ?? '<unset>',
      ]
    },
  },
}

function hasAttributes(minor: number): boolean {
  return has(minor, storage.storageHasAttributesClasses)
}

function attributesCell(name: string | undefined, { minor }: RegistryContext): readonly string[] {
  return hasAttributes(minor) ? [name ?? '<unset>'] : []
}

/** Source: pkg/apis/core/helper/helpers.go, GetAccessModesAsString. */
function modesCell(modes: readonly string[] = []): string {
  const short = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }
  return Object.entries(short)
    .filter(([mode]) => modes.includes(mode))
    .map(([, letters]) => letters)
    .join(',')
}

/** Source: ValidatePersistentVolumeClaimSpec. `field` is that of the spec. */
export function validateClaim(v: Validator, field: string, { spec = {} }: PersistentVolumeClaim): void {
  const modes = spec.accessModes ?? []
  if (modes.length === 0) v.required(`${field}.accessModes`, 'at least 1 access mode is required')
  validateLabelSelector(v, `${field}.selector`, spec.selector)
  validateModes(v, `${field}.accessModes`, modes)
  const size = amountOf(spec.resources?.requests, 'storage')
  if (size === undefined) v.required(`${field}.resources[storage]`)
  else if (compareQuantities(size, '0') <= 0) {
    v.invalid(`${field}.resources[storage]`, canonicalQuantity(size), 'must be greater than zero')
  }
  const storageClass = spec.storageClassName
  if (!isUnset(storageClass)) v.each(`${field}.storageClassName`, storageClass, dns1123Subdomain(storageClass, v.minor))
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode)) {
    v.notSupported(`${field}.volumeMode`, spec.volumeMode, volumeModes)
  }
  validateSources(v, field, spec)
}

/** Source: ValidatePersistentVolumeClaimUpdate, metadata apart. */
function validateClaimUpdate(v: Validator, next: PersistentVolumeClaim, old: PersistentVolumeClaim): void {
  const before = old.spec ?? {}
  const isBound = next.status?.phase === 'Bound'
  const sizeOf = (claim: PersistentVolumeClaim) => amountOf(claim.spec?.resources?.requests, 'storage') ?? '0'
  const munged = {
    ...next.spec,
    ...(isBound
      ? {
          resources: {
            ...next.spec?.resources,
            requests: { ...next.spec?.resources?.requests, storage: sizeOf(old) },
          },
          ...(has(v.minor, storage.claimsMayChangeAttributes) ? classOfAttributes(before) : {}),
        }
      : {}),
  }
  // A claim that has no volume yet may be given one, and later one that has no class may be given that.
  const named = isUnset(before.volumeName) ? { ...before, volumeName: next.spec?.volumeName } : before
  const mayGetClass =
    has(v.minor, storage.claimsMayGetClasses) && classOf(old) === undefined && isUnset(next.spec?.volumeName)
  const reference = mayGetClass ? { ...named, storageClassName: next.spec?.storageClassName } : named
  if (!equalJson(munged, reference)) {
    const but = has(v.minor, storage.claimsMayChangeAttributes) ? ' and volumeAttributesClassName' : ''
    const text = `is immutable after creation except resources.requests${but} for bound claims`
    const diff = shownDiff('core.PersistentVolumeClaimSpec', munged, reference, v.minor)
    v.forbidden('spec', has(v.minor, apiServer.differencesAreTerse) ? `spec ${text}\n${diff}` : text)
  }
  if (compareQuantities(sizeOf(next), sizeOf(old)) < 0) {
    const field = 'spec.resources.requests.storage'
    const capacity = amountOf(old.status?.capacity, 'storage') ?? '0'
    if (!has(v.minor, storage.claimsMayShrinkAgain)) v.forbidden(field, 'field can not be less than previous value')
    else if (compareQuantities(sizeOf(next), capacity) <= 0)
      v.forbidden(field, 'field can not be less than status.capacity')
  }
  if (next.spec?.volumeMode !== before.volumeMode) {
    v.invalid('volumeMode', next.spec?.volumeMode, 'field is immutable')
  }
}

function classOfAttributes({ volumeAttributesClassName }: NonNullable<PersistentVolumeClaim['spec']>) {
  return { volumeAttributesClassName }
}

/** Undefined: it names none, which is something else than naming no class. */
function classOf({ metadata, spec }: PersistentVolumeClaim): string | undefined {
  return annotation(metadata.annotations, classAnnotation) ?? spec?.storageClassName
}

function withSources(claim: PersistentVolumeClaim, old: PersistentVolumeClaim | undefined, minor: number) {
  if (claim.spec === undefined) return claim
  const spec = withBothSources(withKnownSource(claim.spec, old?.spec), minor)
  return spec === claim.spec ? claim : { ...claim, spec }
}

export const persistentVolumeClaimStrategy: Strategy<PersistentVolumeClaim> = {
  resource: { group: '', version: 'v1', resource: 'persistentvolumeclaims' },
  kind: 'PersistentVolumeClaim',
  namespaced: true,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults: (claim) => ({
    ...claim,
    spec: { ...claim.spec, resources: claim.spec?.resources ?? {}, volumeMode: claim.spec?.volumeMode ?? 'Filesystem' },
    status: { ...claim.status, phase: claim.status?.phase || 'Pending' },
  }),
  prepareForCreate: (claim, { minor }) => ({ ...withSources(claim, undefined, minor), status: { phase: 'Pending' } }),
  prepareForUpdate: (next, old, { minor }) => withSources(next, old, minor),
  validate: (claim, context) => errorsOf(context, (v) => validateClaim(v, 'spec', claim)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateClaim(v, 'spec', next)
      validateClaim(v, 'spec', next) // as the original does
      validateClaimUpdate(v, next, old)
    }),
  table: {
    columns: persistentVolumeClaimColumns,
    columnsOf: (minor) =>
      hasAttributes(minor) ? persistentVolumeClaimColumnsWithAttributes : persistentVolumeClaimColumns,
    row: (claim, context) => {
      const { spec = {}, status, metadata } = claim
      const isBound = !isUnset(spec.volumeName)
      return [
        metadata.name,
        metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
        spec.volumeName ?? '',
        isBound ? canonicalQuantity(amountOf(status?.capacity, 'storage') ?? '0') : '',
        isBound ? modesCell(status?.accessModes) : '',
        annotation(metadata.annotations, classAnnotation) ?? spec.storageClassName ?? '',
        ...attributesCell(spec.volumeAttributesClassName, context),
        ageCell(claim, context),
        spec.volumeMode ?? '<unset>',
      ]
    },
  },
}
