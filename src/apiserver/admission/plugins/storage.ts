import { change } from '../../../api/change.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { internalErrorStatus } from '../../../api/status.ts'
import type { KubeObject, ResourceRef } from '../../../api/types/meta.ts'
import { annotation } from '../../../api/validation/pod-validation.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest } from '../plugin.ts'
import { admitted, forbid, isFor, refused } from './requests.ts'

/** Admission of claims and volumes. Source: plugin/pkg/admission/storage. */

interface Claim extends KubeObject {
  readonly spec?: {
    readonly storageClassName?: string
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
  }
  readonly status?: { readonly phase?: string }
}

interface StorageClass extends KubeObject {
  readonly allowVolumeExpansion?: boolean
}

const storageClasses: ResourceRef = { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' }
/** Source: k8s.io/api core/v1, BetaStorageClassAnnotation. */
const classAnnotation = 'volume.beta.kubernetes.io/storage-class'
/** Source: pkg/apis/storage/v1/util/helpers.go. */
const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

function claimOf(request: AdmissionRequest): Claim | undefined {
  return isFor(request, '', 'persistentvolumeclaims') ? (request.object as Claim | undefined) : undefined // by resource
}

function classOf({ metadata, spec }: Claim): string | undefined {
  return annotation(metadata.annotations, classAnnotation) ?? spec?.storageClassName
}

/** Source: storageclass/setdefault/admission.go. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  concerns: [{ resource: 'persistentvolumeclaims', operations: ['CREATE'] }],
  admit(request, lookup) {
    const claim = request.operation === 'CREATE' ? claimOf(request) : undefined
    if (claim === undefined || classOf(claim) !== undefined) return admitted(request.object)
    const defaults = lookup
      .list(storageClasses, undefined)
      .filter(({ metadata }) => defaultAnnotations.some((key) => annotation(metadata.annotations, key) === 'true'))
    const [chosen] = defaults
    if (chosen === undefined) return admitted(claim)
    if (defaults.length > 1) {
      const { message = '' } = internalErrorStatus(`${defaults.length} default StorageClasses were found`)
      return refused(forbid(request, message))
    }
    return admitted(
      change(claim, (draft) => {
        draft.spec = { ...draft.spec, storageClassName: chosen.metadata.name }
      }),
    )
  },
}

/** Source: storageobjectinuseprotection/admission.go. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  concerns: [
    { resource: 'persistentvolumes', operations: ['CREATE'] },
    { resource: 'persistentvolumeclaims', operations: ['CREATE'] },
  ],
  admit(request) {
    if (request.operation !== 'CREATE' || request.object === undefined) return admitted(request.object)
    if (isFor(request, '', 'persistentvolumes')) return admitted(withFinalizer(request.object, 'pv-protection'))
    if (isFor(request, '', 'persistentvolumeclaims')) return admitted(withFinalizer(request.object, 'pvc-protection'))
    return admitted(request.object)
  },
}

function withFinalizer(object: KubeObject, name: string): KubeObject {
  const finalizer = `kubernetes.io/${name}`
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes(finalizer)) return object
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

/** Source: persistentvolume/resize/admission.go. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  concerns: [{ resource: 'persistentvolumeclaims', operations: ['UPDATE'] }],
  validate(request, lookup) {
    const claim = request.operation === 'UPDATE' ? claimOf(request) : undefined
    const old = request.oldObject as Claim | undefined // of the same resource
    if (claim === undefined || old === undefined) return undefined
    const size = ({ spec }: Claim) => spec?.resources?.requests?.storage ?? '0'
    if (compareQuantities(size(claim), size(old)) <= 0) return undefined
    if (old.status?.phase !== 'Bound') return forbid(request, 'Only bound persistent volume claims can be expanded')
    if (allowsExpansion(claim, old, lookup)) return undefined
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
    return forbid(request, why)
  },
}

function allowsExpansion(claim: Claim, old: Claim, lookup: AdmissionLookup): boolean {
  const name = classOf(claim) ?? ''
  if (name === '' || name !== classOf(old)) return false
  return lookup.get<StorageClass>(storageClasses, undefined, name)?.allowVolumeExpansion === true
}
