import { goQuote } from '../../go/quote.ts'
import { byUnits, sortFew } from '../../kernel/sort-few.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { ObjectMeta, OwnerReference } from '../types/meta.ts'
import { type FieldError, forbidden, invalid, required, tooLong } from './field-errors.ts'
import { byteLength, dns1123Label, labelValue, qualifiedName } from './formats.ts'

/** Rules of metadata, which all kinds share. Source: apimachinery pkg/api/validation/objectmeta.go. */

/** All keys and values of the annotations together, in bytes. Source: objectmeta.go, totalAnnotationSizeLimitB. */
const annotationsMaxBytes = 262_144

/** Problems of a name; `isPrefix` is true for generateName. */
export type NameRule = (name: string, isPrefix: boolean) => readonly string[]

const none: readonly FieldError[] = []

/** Source: apimachinery pkg/api/validation/path/name.go, IsValidPathSegmentName and IsValidPathSegmentPrefix. */
export function pathSegmentName(name: string, isPrefix: boolean): readonly string[] {
  if (!isPrefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  const problems: string[] = []
  for (const illegal of ['/', '%']) if (name.includes(illegal)) problems.push(`may not contain '${illegal}'`)
  return problems
}

/**
 * Source: ValidateObjectMetaAccessor. `minor` words the messages. Maps and lists that are the very ones of `old` were
 * valid when they were stored and are not looked at again.
 */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  nameRule: NameRule,
  minor: number,
  old?: ObjectMeta,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const { name, generateName, namespace } = meta
  if (generateName !== undefined && generateName !== '') {
    for (const text of nameRule(generateName, true)) errors.push(invalid('metadata.generateName', generateName, text))
  }
  if (name === undefined || name === '') errors.push(required('metadata.name', 'name or generateName is required'))
  else for (const text of nameRule(name, false)) errors.push(invalid('metadata.name', name, text))
  if (namespaced) {
    if (namespace === undefined || namespace === '') errors.push(required('metadata.namespace'))
    else for (const text of dns1123Label(namespace, minor)) errors.push(invalid('metadata.namespace', namespace, text))
  } else if (namespace !== undefined && namespace !== '') {
    errors.push(forbidden('metadata.namespace', 'not allowed on this type'))
  }
  if (meta.generation !== undefined && meta.generation < 0) {
    errors.push(invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0'))
  }
  if (meta.labels !== old?.labels) pushAll(errors, validateLabels(meta.labels, 'metadata.labels', minor))
  if (meta.annotations !== old?.annotations) {
    pushAll(errors, validateAnnotations(meta.annotations, 'metadata.annotations', minor))
  }
  if (meta.ownerReferences !== old?.ownerReferences) {
    pushAll(errors, validateOwnerReferences(meta.ownerReferences, 'metadata.ownerReferences', minor))
  }
  if (meta.finalizers !== old?.finalizers) pushAll(errors, validateFinalizers(meta.finalizers, minor))
  return errors.length === 0 ? none : errors
}

/** Source: ValidateObjectMetaAccessorUpdate. Parts that are the very same object as before were valid then and are not looked at again. */
export function validateObjectMetaUpdate(next: ObjectMeta, old: ObjectMeta, minor: number): readonly FieldError[] {
  const errors: FieldError[] = []
  if (old.deletionTimestamp !== undefined && next.finalizers !== old.finalizers) {
    const before = new Set(old.finalizers)
    const extra = [...new Set(next.finalizers)].filter((finalizer) => !before.has(finalizer)).sort()
    if (extra.length > 0) {
      const list = `[]string{${extra.map(goQuote).join(', ')}}`
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
      errors.push(forbidden('metadata.finalizers', why))
    }
  }
  if ((next.resourceVersion ?? '') === '') {
    errors.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'))
  }
  if ((next.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid('metadata.generation', next.generation ?? 0, 'must not be decremented'))
  }
  for (const field of immutableFields) {
    const value = next[field]
    if ((value ?? '') !== (old[field] ?? '')) {
      errors.push(immutable(field, value, minor))
    }
  }
  if (next.labels !== old.labels) pushAll(errors, validateLabels(next.labels, 'metadata.labels', minor))
  if (next.annotations !== old.annotations) {
    pushAll(errors, validateAnnotations(next.annotations, 'metadata.annotations', minor))
  }
  if (next.ownerReferences !== old.ownerReferences) {
    pushAll(errors, validateOwnerReferences(next.ownerReferences, 'metadata.ownerReferences', minor))
  }
  return errors.length === 0 ? none : errors
}

const immutableFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** A time is shown as Go prints one, until values are shown as JSON. Source: apimachinery field/errors.go, ErrorBody; recorded v1.23, v1.36. */
function immutable(
  field: (typeof immutableFields)[number],
  value: ObjectMeta[(typeof immutableFields)[number]],
  minor: number,
): FieldError {
  const isTime = field === 'deletionTimestamp' && typeof value === 'string'
  if (isTime && !has(minor, apiServer.showsValuesAsJson)) {
    const shown = `${value.replace('T', ' ').replace('Z', '')} +0000 UTC`
    return { ...invalid(`metadata.${field}`, value, ''), body: `Invalid value: ${shown}: ${immutableText}` }
  }
  return invalid(`metadata.${field}`, value ?? (field.startsWith('deletion') ? null : ''), immutableText)
}

/** Source: objectmeta.go, FieldImmutableErrorMsg. */
export const immutableText = 'field is immutable'

/** Source: apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateLabels. */
export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
  minor: number,
): readonly FieldError[] {
  if (labels === undefined) return none
  const errors: FieldError[] = []
  for (const key of sortFew(Object.keys(labels), byUnits)) {
    for (const text of qualifiedName(key, minor)) errors.push(invalid(field, key, text))
    const value = labels[key] ?? ''
    for (const text of labelValue(value, minor)) errors.push(invalid(field, value, text))
  }
  return errors
}

/** Keys are judged in lower case, their sizes and those of the values together. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
  minor: number,
): readonly FieldError[] {
  if (annotations === undefined) return none
  const errors: FieldError[] = []
  let totalBytes = 0
  for (const key of sortFew(Object.keys(annotations), byUnits)) {
    for (const text of qualifiedName(key.toLowerCase(), minor)) errors.push(invalid(field, key, text))
    totalBytes += byteLength(key) + byteLength(annotations[key] ?? '')
  }
  if (totalBytes > annotationsMaxBytes) errors.push(tooLongSince(field, annotationsMaxBytes, minor))
  return errors
}

/** From v1.32 on the text is another one. Source: apimachinery pkg/util/validation/field/errors.go, TooLong. */
export function tooLongSince(field: string, maxBytes: number, minor: number): FieldError {
  return has(minor, apiServer.tellsTooLongInBytes)
    ? tooLong(field, maxBytes, `may not be more than ${maxBytes} bytes`)
    : tooLong(field, maxBytes)
}

function validateOwnerReferences(
  references: readonly OwnerReference[] | undefined,
  field: string,
  minor: number,
): readonly FieldError[] {
  if (references === undefined) return none
  const errors: FieldError[] = []
  let controller: string | undefined
  for (const reference of references) {
    const { apiVersion = '' } = reference as Partial<OwnerReference> // it may have been forgotten
    // What has two slashes is no version. Source: apimachinery pkg/runtime/schema/group_version.go, ParseGroupVersion.
    const version = apiVersion.split('/').length > 2 ? '' : apiVersion.slice(apiVersion.indexOf('/') + 1)
    // Before v1.34 these fields were named once more in the text. Source: apimachinery commit 5937fdff.
    const named = (part: string): string =>
      has(minor, apiServer.ownersAreNamedOnce) ? 'must not be empty' : `${part} must not be empty`
    if (version === '') errors.push(invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty'))
    for (const part of ['kind', 'name', 'uid'] as const) {
      if ((reference[part] ?? '') === '') errors.push(invalid(`${field}.${part}`, '', named(part)))
    }
    if (reference.apiVersion === 'v1' && reference.kind === 'Event') {
      errors.push(invalid(field, reference, '/v1, Kind=Event is disallowed from being an owner'))
    }
    if (reference.controller !== true) continue
    if (controller === undefined) controller = reference.name
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${reference.name}`
      errors.push(invalid(field, references, why))
    }
  }
  return errors
}

function validateFinalizers(finalizers: readonly string[] | undefined, minor: number): readonly FieldError[] {
  if (finalizers === undefined) return none
  const errors: FieldError[] = []
  for (const name of finalizers) {
    for (const text of qualifiedName(name, minor)) errors.push(invalid('metadata.finalizers', name, text))
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const why = 'finalizer orphan and foregroundDeletion cannot be both set'
    errors.push(invalid('metadata.finalizers', finalizers, why))
  }
  return errors
}

/** Names without a domain are reserved. Source: pkg/apis/core/validation/validation.go, validateKubeFinalizerName. */
export function validateKubeFinalizers(meta: ObjectMeta): readonly FieldError[] {
  if (meta.finalizers === undefined) return none
  const errors: FieldError[] = []
  meta.finalizers.forEach((name, at) => {
    if (name.includes('/') || standardFinalizers.has(name)) return
    const why = 'name is neither a standard finalizer name nor is it fully qualified'
    errors.push(invalid(`metadata.finalizers[${at}]`, name, why))
  })
  return errors
}

/** Source: pkg/apis/core/helper/helpers.go, standardFinalizers. */
const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

function pushAll(errors: FieldError[], more: readonly FieldError[]): void {
  for (const error of more) errors.push(error)
}
