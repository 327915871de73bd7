import { conflict, invalidStatus, isStatus, notFoundStatus } from '../../api/status.ts'
import { shownList } from '../../api/structs/shown.ts'
import type { DeleteOptions, KubeObject, Status } from '../../api/types/meta.ts'
import { type FieldError, invalid, notSupported } from '../../api/validation/field-errors.ts'
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { ownershipOf, setOwnership } from '../ownership/ownership.ts'
import { apiServerFact } from '../version-facts.ts'
import { admit, type RegistryCore, refused, timestamp, validateAdmission, type WriteRequest } from './core.ts'
import { storedName } from './resource-table.ts'

/** What a deletion came to: the object as it was or now is, and whether it is gone. */
export interface Deleted {
  readonly object: KubeObject
  readonly removed: boolean
}

const orphanFinalizer = 'orphan'
const foregroundFinalizer = 'foregroundDeletion'

/** Source: apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateDeleteOptions. */
export function validateDeleteOptions(options: DeleteOptions, minor: number): Status | undefined {
  const { propagationPolicy: policy, orphanDependents } = options
  const errors: FieldError[] = []
  if (policy !== undefined && orphanDependents !== undefined) {
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  }
  const known = ['Foreground', 'Background', 'Orphan', 'nil']
  if (policy !== undefined && !known.slice(0, 3).includes(policy)) {
    errors.push(notSupported('propagationPolicy', policy, known))
  }
  const { dryRun = [] } = options as { readonly dryRun?: readonly string[] } // not a member that components send
  if (dryRun.some((each) => each !== 'All')) {
    const body = `Unsupported value: ${shownList(dryRun, 'string', minor)}: supported values: "All"`
    errors.push({ type: 'FieldValueNotSupported', field: 'dryRun', body })
  }
  if (errors.length === 0) return undefined
  return invalidStatus({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
}

/**
 * Deletes an object: at once, gracefully, or when its finalizers are done.
 * Source: apiserver pkg/registry/generic/registry/store.go, Delete; pkg/registry/rest/delete.go, BeforeDelete.
 */
export function deleteObject(core: RegistryCore, request: WriteRequest, options: DeleteOptions): Deleted | Status {
  const { served, namespace, name } = request
  const existing = served.collection.get(namespace, name)
  if (existing === undefined) return notFoundStatus(served.info, name)
  const broken = checkPreconditions(existing, request, options)
  if (broken !== undefined) return broken
  const forbidden = checkAdmission(core, request, existing)
  if (forbidden !== undefined) return forbidden
  const verdict = served.strategy.deleteObject?.(existing, options, core.context)
  switch (verdict?.kind) {
    case 'refuse':
      return verdict.status
    case 'keep':
      return { object: existing, removed: false }
    case 'update':
      return { object: replace(request, verdict.object, existing), removed: false }
    case 'remove':
      return remove(core, request, existing)
    case undefined:
      return deleteByRules(core, request, existing, options)
  }
}

function checkAdmission(core: RegistryCore, request: WriteRequest, existing: KubeObject): Status | undefined {
  const admitted = admit(core, request, 'DELETE', undefined, existing)
  if (admitted !== undefined && refused(admitted)) return admitted
  return validateAdmission(core, request, 'DELETE', undefined, existing)
}

function checkPreconditions(existing: KubeObject, request: WriteRequest, options: DeleteOptions): Status | undefined {
  const { info, strategy } = request.served
  // These texts name the kind where others name the resource.
  const kind = { group: info.group, resource: strategy.kind }
  const { uid, resourceVersion } = options.preconditions ?? {}
  const { metadata } = existing
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`
    return conflict(kind, metadata.name, why)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`
    return conflict(kind, metadata.name, why)
  }
  return undefined
}

function deleteByRules(
  core: RegistryCore,
  request: WriteRequest,
  existing: KubeObject,
  options: DeleteOptions,
): Deleted {
  const graceful = gracefully(core, request, existing, options)
  if (graceful === 'pending') return { object: existing, removed: false }
  const marked = graceful?.object ?? existing
  const finalizers = finalizersAfter(marked, request, options)
  const changed = finalizers === marked.metadata.finalizers ? marked : withFinalizers(marked, finalizers)
  if (finalizers !== undefined && finalizers.length > 0) {
    const next = graceful === undefined ? markDeleted(core, changed) : changed
    return { object: replace(request, next, existing), removed: false }
  }
  if (graceful === undefined) return remove(core, request, existing)
  const updated = replace(request, changed, existing)
  return graceful.seconds > 0 ? { object: updated, removed: false } : remove(core, request, updated)
}

function replace(request: WriteRequest, next: KubeObject, existing: KubeObject): KubeObject {
  if (next === existing || request.dryRun) return next
  return request.served.collection.update(next, existing)
}

/** Up to v1.25 the answer shows the object at its last version, and only the watch event carries that of the deletion. */
function remove(core: RegistryCore, request: WriteRequest, existing: KubeObject): Deleted {
  if (request.dryRun) return { object: existing, removed: true }
  request.served.collection.remove(existing)
  if (!apiServerFact('deletionAnswersWithItsVersion', core.context.minor)) return { object: existing, removed: true }
  const metadata = { ...existing.metadata, resourceVersion: String(core.store.revision) }
  return { object: setOwnership({ ...existing, metadata }, ownershipOf(existing)), removed: true }
}

/** A deletion that has begun, and is to end sooner: from v1.33 on not before now, and in a second where it would have been over. */
function sooner(core: RegistryCore, existing: KubeObject, due: number, requested: number) {
  const now = core.context.calendar.at(core.context.kernel.now())
  const isOver = due < now && has(core.context.minor, apiServer.deletionsEndAfterNow)
  const seconds = isOver && requested !== 0 ? 1 : requested
  const deletionTimestamp = rfc3339(isOver ? now : due)
  const metadata = { ...existing.metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds }
  return { object: { ...existing, metadata }, seconds }
}

/**
 * The object marked for graceful deletion; undefined when it goes without one; `pending` when it is being deleted already
 * and nobody asks for it to be sooner.
 */
function gracefully(
  core: RegistryCore,
  request: WriteRequest,
  existing: KubeObject,
  options: DeleteOptions,
): { readonly object: KubeObject; readonly seconds: number } | 'pending' | undefined {
  const { strategy } = request.served
  if (strategy.gracePeriodSeconds === undefined) return undefined
  const { metadata } = existing
  const requested = options.gracePeriodSeconds
  if (metadata.deletionTimestamp !== undefined) {
    const current = metadata.deletionGracePeriodSeconds ?? 0
    if (current === 0) return undefined
    if (requested === undefined || requested >= current) return 'pending'
    const due = (parseRfc3339(metadata.deletionTimestamp) ?? 0) - (current - requested) * 1000
    return sooner(core, existing, due, requested)
  }
  const seconds = strategy.gracePeriodSeconds(existing, requested)
  const due = core.context.calendar.at(core.context.kernel.now()) + seconds * 1000
  const next = {
    ...metadata,
    deletionTimestamp: rfc3339(due),
    deletionGracePeriodSeconds: seconds,
    ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
  }
  return { object: { ...existing, metadata: next }, seconds }
}

/** Source: store.go, markAsDeleting. */
function markDeleted(core: RegistryCore, object: KubeObject): KubeObject {
  const { metadata } = object
  const now = timestamp(core)
  const first = metadata.deletionTimestamp === undefined
  if (!first && metadata.deletionGracePeriodSeconds === 0 && (metadata.deletionTimestamp ?? '') <= now) return object
  const next = {
    ...metadata,
    deletionTimestamp: first || (metadata.deletionTimestamp ?? '') > now ? now : metadata.deletionTimestamp,
    deletionGracePeriodSeconds: 0,
    ...(first && (metadata.generation ?? 0) > 0 ? { generation: (metadata.generation ?? 0) + 1 } : {}),
  }
  return { ...object, metadata: next } as KubeObject // deletionTimestamp is set in both cases
}

/** Resources whose dependents the garbage collector does not look for. Source: the strategies that answer rest.Unsupported, and events. */
const uncollected: ReadonlySet<string> = new Set(['events'])

/** The finalizers that propagation wants; the very list of the object when nothing changes. Source: deletionFinalizersForGarbageCollection. */
function finalizersAfter(
  object: KubeObject,
  request: WriteRequest,
  options: DeleteOptions,
): readonly string[] | undefined {
  const old = object.metadata.finalizers
  if (uncollected.has(storedName(request.served.info))) return old
  const orphan = shouldOrphan(old, request, options)
  const foreground = shouldDeleteInForeground(old, options)
  if (old === undefined && !orphan && !foreground) return undefined
  const next = (old ?? []).filter((name) => name !== orphanFinalizer && name !== foregroundFinalizer)
  if (orphan) next.push(orphanFinalizer)
  if (foreground) next.push(foregroundFinalizer)
  const before = new Set(old)
  return next.length === before.size && next.every((name) => before.has(name)) ? old : next
}

function shouldOrphan(old: readonly string[] | undefined, request: WriteRequest, options: DeleteOptions): boolean {
  if (options.orphanDependents !== undefined) return options.orphanDependents
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan'
  const set = old?.find((name) => name === orphanFinalizer || name === foregroundFinalizer)
  return set === undefined ? request.served.strategy.orphansDependents === true : set === orphanFinalizer
}

function shouldDeleteInForeground(old: readonly string[] | undefined, options: DeleteOptions): boolean {
  if (options.orphanDependents !== undefined) return false
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground'
  return old?.find((name) => name === orphanFinalizer || name === foregroundFinalizer) === foregroundFinalizer
}

function withFinalizers(object: KubeObject, finalizers: readonly string[] | undefined): KubeObject {
  const { finalizers: _old, ...metadata } = object.metadata
  const next = finalizers === undefined || finalizers.length === 0 ? metadata : { ...metadata, finalizers }
  return { ...object, metadata: next }
}

/** The Status that most deletions answer with. Source: store.go, finalizeDelete. */
export function deletionStatus(request: WriteRequest, object: KubeObject): Status {
  const { info } = request.served
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: object.metadata.name,
      ...(info.group === '' ? {} : { group: info.group }),
      kind: info.resource,
      ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
    },
  }
}

/** Whether a deletion was refused. */
export function wasRefused(outcome: Deleted | Status): outcome is Status {
  return isStatus(outcome)
}
