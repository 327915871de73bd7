import { equalJson } from '../../api/json.ts'
import { badRequest, invalidStatus, isStatus, notFoundStatus, plainError } from '../../api/status.ts'
import type { KubeObject, ObjectMeta, Status } from '../../api/types/meta.ts'
import { joined, none } from '../../api/validation/field-errors.ts'
import { extended } from '../../kernel/extended.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { type Accounted, accounted } from '../ownership/endpoints.ts'
import { setOwnership } from '../ownership/ownership.ts'
import { apiServerFact } from '../version-facts.ts'
import { admit, type RegistryCore, refused, validateAdmission, type WriteRequest } from './core.ts'
import { createOnUpdate } from './create.ts'
import { metadataErrors } from './metadata-checks.ts'
import { hasSameNils } from './nil-bytes.ts'
import { withoutDuplicateOwners } from './owner-duplicates.ts'
import type { ServedResource } from './resource-table.ts'
import { modifiedConflict, parseResourceVersion, uidPreconditionFailed } from './resource-version.ts'
import { hasGeneration, type Part, partOf, refusedKind } from './strategy.ts'

/** Which rules an update follows: those of the object, of its status, of a part, or none (subresources with rules of their own). */
export type UpdateRules = 'update' | 'status' | 'none' | Part

/** The rules for a write to the object or to a subresource that shows the object. */
export function rulesOf({ strategy }: ServedResource, subresource: string, minor: number): UpdateRules {
  return subresource === 'status' ? 'status' : (partOf(strategy, subresource, minor) ?? 'update')
}

/** What can be done to a part of an object. */
const partVerbs: readonly string[] = ['get', 'update', 'patch']

/** The verbs of an endpoint that shows the object; undefined: a subresource that answers for itself. */
export function verbsOf({ strategy, info }: ServedResource, subresource: string, minor: number) {
  if (subresource === '' || subresource === 'status') return info.verbs
  return partOf(strategy, subresource, minor) === undefined ? undefined : partVerbs
}

/** An update that went through. */
export interface Updated {
  readonly object: KubeObject
  readonly created: boolean
}

/**
 * Replaces an object by the body of a PUT, which has its defaults.
 * Source: apiserver pkg/endpoints/handlers/update.go; pkg/registry/generic/registry/store.go, Update.
 */
export function updateObject(
  core: RegistryCore,
  request: WriteRequest,
  body: KubeObject,
  rules: UpdateRules,
): Updated | Status {
  const misnamed = checkName(body, request, core.context.minor)
  if (misnamed !== undefined) return misnamed
  const { served, namespace, name } = request
  const existing = served.collection.get(namespace, name)
  const wanted = body.metadata.uid ?? ''
  if (
    existing === undefined &&
    apiServerFact('missingBeforePreconditions', core.context.minor) &&
    served.strategy.allowsCreateOnUpdate !== true
  )
    return notFoundStatus(served.info, name)
  if (wanted !== '' && wanted !== (existing?.metadata.uid ?? '')) {
    return uidPreconditionFailed(served, namespace, name, wanted, existing?.metadata.uid ?? '')
  }
  return storeUpdate(core, request, body, existing, rules)
}

/** The part that PUT and PATCH share: from the new object to the store. `given`: who owns it, of an object that was applied. */
export function storeUpdate(
  core: RegistryCore,
  request: WriteRequest,
  proposed: KubeObject,
  existing: KubeObject | undefined,
  rules: UpdateRules,
  given?: Accounted,
): Updated | Status {
  const { served, name } = request
  const { strategy, info } = served
  const mayCreate = strategy.allowsCreateOnUpdate === true || given !== undefined
  if (existing === undefined && !mayCreate && apiServerFact('missingBeforeAdmission', core.context.minor))
    return notFoundStatus(info, name)
  const named = withoutDuplicateOwners(proposed, core.context.minor)
  if (named.warning !== undefined) request.warn?.(named.warning)
  const account = given ?? accounted(core, request, named.object, existing)
  const admitted = admit(core, request, existing === undefined ? 'CREATE' : 'UPDATE', account.object, existing)
  if (admitted === undefined || refused(admitted)) return admitted ?? notFoundStatus(info, name)
  const object = admitted as KubeObject // not refused, and a Status of success does not come from admission
  const version = parseResourceVersion(object.metadata.resourceVersion)
  if (typeof version === 'string') return plainError(version)
  if (existing === undefined) {
    if (!mayCreate) return notFoundStatus(info, name)
    const created = createOnUpdate(core, request, object, account.ownership)
    return refused(created) ? created : { object: created as KubeObject, created: true } // not refused
  }
  const stale = checkVersion(served, name, version, existing)
  if (stale !== undefined) return stale
  const prepared = beforeUpdate(core, request, object, existing, rules)
  if (refused(prepared)) return prepared
  const next = prepared as KubeObject // not refused
  const rejected = validateAdmission(core, request, 'UPDATE', next, existing)
  if (rejected !== undefined) return rejected
  return { object: write(request, next, existing, account), created: false }
}

function write(request: WriteRequest, next: KubeObject, existing: KubeObject, account: Accounted): KubeObject {
  const { strategy, collection } = request.served
  if (isDone(next, existing) && strategy.mayDeleteDuringUpdate?.(next) !== false) {
    if (!request.dryRun) collection.remove(existing)
    return setOwnership(next, account.ownership)
  }
  // What changes nothing is not written: same version, no event.
  const { ownership } = account
  const isSame = !account.changed && equalJson(next, existing) && hasSameNils(next, existing)
  if (isSame && ownership?.movesFieldsOf(existing) !== true) return existing
  return request.dryRun ? setOwnership(next, ownership) : collection.update(next, existing, ownership)
}

/** In deletion, grace period over, and nothing left to wait for. Source: store.go, ShouldDeleteDuringUpdate. */
function isDone(next: KubeObject, existing: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = existing.metadata
  return (
    deletionTimestamp !== undefined &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    (next.metadata.finalizers?.length ?? 0) === 0
  )
}

const foreignNamespace = 'the namespace of the provided object does not match the namespace sent on the request'

/** Source: apiserver pkg/endpoints/handlers/rest.go, checkName; pkg/registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace. */
export function checkName(object: KubeObject, request: WriteRequest, minor: number): Status | undefined {
  const { name, namespace } = request
  const own = object.metadata?.name ?? ''
  if (own === '') {
    return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  }
  if (own !== name) {
    return badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`)
  }
  const place = object.metadata.namespace ?? ''
  if (namespace === '' || place === '' || place === namespace) return undefined
  if (has(minor, apiServer.namespacesMismatchAlike)) return badRequest(foreignNamespace)
  const message = `the namespace of the object (${place}) does not match the namespace on the request (${namespace})`
  return badRequest(message)
}

/** Go prints an unsigned number of no known kind with `%#v`. */
const unsignedZero = 'Invalid value: 0x0: must be specified for an update'

function checkVersion(served: ServedResource, name: string, version: number, existing: KubeObject): Status | undefined {
  if (version === 0) {
    if (served.strategy.allowsUnconditionalUpdate !== false) return undefined
    const { group, resource } = served.info
    // The resource stands where the kind should: so it is in the original.
    return invalidStatus({ group, kind: resource }, name, [
      { type: 'FieldValueInvalid', field: 'metadata.resourceVersion', body: unsignedZero },
    ])
  }
  return version === Number(existing.metadata.resourceVersion) ? undefined : modifiedConflict(served, name)
}

/** Source: apiserver pkg/registry/rest/update.go, BeforeUpdate. */
function beforeUpdate(
  core: RegistryCore,
  request: WriteRequest,
  proposed: KubeObject,
  existing: KubeObject,
  rules: UpdateRules,
): KubeObject | Status {
  const { strategy, info } = request.served
  const { context } = core
  const placed = inNamespace(proposed, request, strategy.namespaced)
  if (placed === undefined) {
    return badRequest(foreignNamespace)
  }
  const begun = rules === 'update' ? strategy.begin?.(placed, existing, context, request.dryRun) : undefined
  if (begun !== undefined && isStatus(begun)) return begun
  const prepared = prepare(core, request, begun ?? placed, existing, rules)
  // Metadata that was copied to be placed belongs to nobody else: it is filled in its place.
  const isOwn = placed !== proposed && prepared.metadata === placed.metadata
  const object = keepSystemFields(prepared, existing, placed, isOwn)
  const { metadata } = object
  const isMain = rules === 'update'
  const errors = joined(
    metadataErrors(object, existing, info, isMain, strategy, context),
    (isMain ? strategy.validateUpdate?.(object, existing, context) : undefined) ?? none,
    (rules === 'status' ? strategy.validateStatusUpdate?.(object, existing, context) : undefined) ?? none,
    typeof rules === 'object' ? rules.validate(object, existing, context) : none,
  )
  if (errors.length === 0) {
    if (request.warn !== undefined && rules === 'update')
      for (const text of strategy.warningsOnUpdate?.(object, existing, context) ?? []) request.warn(text)
    return strategy.canonicalize?.(object) ?? object
  }
  return invalidStatus(refusedKind(strategy, core.context.minor), metadata.name, errors)
}

function inNamespace(object: KubeObject, request: WriteRequest, namespaced: boolean): KubeObject | undefined {
  const own = object.metadata.namespace ?? ''
  if (!namespaced) {
    if (own === '') return object
    const { namespace: _none, ...metadata } = object.metadata
    return { ...object, metadata }
  }
  if (own === request.namespace) return object
  if (own !== '') return undefined
  return { ...object, metadata: extended(object.metadata, { namespace: request.namespace }) }
}

function prepare(
  core: RegistryCore,
  request: WriteRequest,
  object: KubeObject,
  existing: KubeObject,
  rules: UpdateRules,
): KubeObject {
  const { strategy } = request.served
  const generation = existing.metadata.generation
  if (rules === 'none') return withGeneration(object, generation)
  if (rules === 'status') {
    const next = withGeneration(object, generation)
    return strategy.prepareForStatusUpdate?.(next, existing, core.context) ?? onlyStatus(next, existing)
  }
  const isPart = typeof rules === 'object'
  // A part takes of the status what it will.
  let next = strategy.hasStatus === true && !isPart ? withStatusOf(object, existing) : object
  next = withGeneration(next, generation)
  next = (isPart ? rules : strategy).prepareForUpdate?.(next, existing, core.context) ?? next
  if (hasGeneration(strategy, core.context.minor) && !equalJson(specOf(next), specOf(existing))) {
    next = withGeneration(next, (generation ?? 0) + 1)
  }
  return next
}

/** What generations count: the spec, or that of a PodTemplate. */
function specOf(object: KubeObject): unknown {
  const { spec, template } = object as { readonly spec?: unknown; readonly template?: unknown } // kinds that count have one
  return spec ?? template
}

function withGeneration(object: KubeObject, generation: number | undefined): KubeObject {
  if (object.metadata.generation === generation) return object
  const { generation: _given, ...metadata } = object.metadata
  return { ...object, metadata: generation === undefined ? metadata : extended(metadata, { generation }) }
}

/** The object with the status of the stored one: the main path does not change it. */
function withStatusOf(object: KubeObject, existing: KubeObject): KubeObject {
  const { status } = existing as { readonly status?: unknown } // only read if the kind has one
  if ((object as { readonly status?: unknown }).status === status) return object
  const { status: _given, ...rest } = object as KubeObject & { readonly status?: unknown }
  return status === undefined ? rest : (extended(rest, { status }) as KubeObject) // kind unchanged
}

/** The stored object with the proposed status and metadata. */
function onlyStatus(object: KubeObject, existing: KubeObject): KubeObject {
  const { status } = object as { readonly status?: unknown } // only read if the kind has one
  const next = { ...existing, metadata: object.metadata } as KubeObject & { status?: unknown }
  if (status === undefined) delete next.status
  else next.status = status
  return next
}

/** What no update changes: uid, times, self link, and the version that is being replaced. */
function keepSystemFields(object: KubeObject, existing: KubeObject, proposed: KubeObject, isOwn: boolean): KubeObject {
  const { metadata } = object
  const old = existing.metadata
  if (metadata === old) return object
  const next: { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] } = isOwn ? metadata : { ...metadata }
  copy(next, 'uid', (proposed.metadata.uid ?? '') === '' ? old.uid : metadata.uid)
  copy(next, 'creationTimestamp', old.creationTimestamp)
  copy(next, 'selfLink', old.selfLink)
  copy(next, 'resourceVersion', old.resourceVersion)
  // Go leaves empty lists out, and a cluster has no name. Source: rest/update.go, BeforeUpdate.
  if (next.ownerReferences?.length === 0) delete next.ownerReferences
  if (next.finalizers?.length === 0) delete next.finalizers
  if ('clusterName' in next) delete next.clusterName
  if (old.deletionTimestamp !== undefined) next.deletionTimestamp = old.deletionTimestamp
  if (next.deletionGracePeriodSeconds === undefined) {
    copy(next, 'deletionGracePeriodSeconds', old.deletionGracePeriodSeconds)
  }
  return isOwn ? object : { ...object, metadata: next }
}

function copy<K extends keyof ObjectMeta>(
  target: { -readonly [P in keyof ObjectMeta]: ObjectMeta[P] },
  key: K,
  value: ObjectMeta[K] | undefined,
): void {
  if (value !== undefined) target[key] = value
  else if (key in target) delete target[key]
}
