import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { amountOf } from '../amounts.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import type { ObjectMeta } from '../types/meta.ts'
import type { PersistentVolumeClaim } from '../types/storage.ts'
import { dns1123Subdomain } from './formats.ts'
import { validateLabelSelector } from './label-validation.ts'
import { validateAnnotations, validateLabels } from './validate-meta.ts'
import { isUnset, type Validator } from './validator.ts'

/** Claims that are made for one Pod. Source: pkg/apis/core/validation/validation.go. */

interface ClaimTemplate {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec?: PersistentVolumeClaim['spec']
}

/** Source: validateEphemeralVolumeSource, and what validateVolumeSource says of the claim's name. */
export function validateEphemeral(v: Validator, field: string, volumeName: string, source: object): void {
  const { volumeClaimTemplate: template } = source as { readonly volumeClaimTemplate?: ClaimTemplate } // by its schema
  const path = `${field}.ephemeral.volumeClaimTemplate`
  if (template === undefined || template === null) v.required(path)
  else {
    v.add(validateAnnotations(template.metadata?.annotations, `${path}.metadata.annotations`, v.minor))
    v.add(validateLabels(template.metadata?.labels, `${path}.metadata.labels`, v.minor))
    validateSpec(v, `${path}.spec`, template.spec ?? {})
  }
  const { podName = '' } = v
  if (podName === '' || volumeName === '') return
  const claim = `${podName}-${volumeName}`
  const problems = dns1123Subdomain(claim, v.minor)
  v.each(
    `${field}.name`,
    volumeName,
    problems.map((problem) => `PVC name "${claim}": ${problem}`),
  )
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce']
const volumeModes = ['Block', 'Filesystem']

/** Source: ValidatePersistentVolumeClaimSpec. */
function validateSpec(v: Validator, field: string, spec: NonNullable<ClaimTemplate['spec']>): void {
  const modes = spec.accessModes ?? []
  if (modes.length === 0) v.required(`${field}.accessModes`, 'at least 1 access mode is required')
  validateLabelSelector(v, `${field}.selector`, spec.selector)
  const known = has(v.minor, apiServer.readWriteOncePod) ? [...accessModes, 'ReadWriteOncePod'] : accessModes
  for (const mode of modes) if (!known.includes(mode)) v.notSupported(`${field}.accessModes`, mode, known)
  const size = amountOf(spec.resources?.requests, 'storage')
  if (size === undefined) v.required(`${field}.resources[storage]`)
  else if (compareQuantities(size, '0') <= 0)
    v.invalid(`${field}.resources[storage]`, canonicalQuantity(size), 'must be greater than zero')
  const storageClass = spec.storageClassName
  if (!isUnset(storageClass)) v.each(`${field}.storageClassName`, storageClass, dns1123Subdomain(storageClass, v.minor))
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode))
    v.notSupported(`${field}.volumeMode`, spec.volumeMode, volumeModes)
}
