import { isObject } from '../../api/json.ts'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { genericStatus, invalidStatus, isStatus, notFoundStatus } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { invalid } from '../../api/validation/field-errors.ts'
import type { ApiAnswer, ApiRequest } from '../../client/server.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { managerOf } from '../actors.ts'
import { decodeKind } from '../decoding/decode-kind.ts'
import { ownedBody } from '../ownership/endpoints.ts'
import { setOwnership } from '../ownership/ownership.ts'
import { admit, type RegistryCore, validateAdmission, type WriteRequest } from './core.ts'
import { deleteObject, deletionStatus, wasRefused } from './delete.ts'
import type { ServedResource } from './resource-table.ts'
import type { CallAnswer, RegistryAccess, Subresource, SubresourceCall } from './strategy.ts'
import { storeUpdate } from './update.ts'

/** Hands a request to the strategy's own code: a subresource, or a kind that is a question. */
export function answerSubresource(
  core: RegistryCore,
  served: ServedResource,
  request: ApiRequest,
  question?: KubeObject,
): ApiAnswer {
  const { verb } = request
  if (verb === 'list' || verb === 'deletecollection') return { ok: false, status: genericStatus(405) }
  const subresource = request.subresource ?? ''
  const call: SubresourceCall = {
    verb,
    user: request.user,
    resource: served.info,
    subresource,
    namespace: request.namespace ?? '',
    name: request.name ?? '',
    body: question ?? request.body,
    dryRun: request.dryRun === true,
    manager: request.fieldManager ?? managerOf(request.user.name),
  }
  const access = registryAccess(core)
  if (question !== undefined) {
    setOwnership(question, ownedBody(core, { ...call, served }, question, served.info))
    return served.strategy.answerCreate?.(question, call, access) ?? { ok: false, status: genericStatus(405) }
  }
  const handler = served.strategy.subresources?.[subresource]
  if (handler === undefined) return { ok: false, status: genericStatus(404) }
  if (verb !== 'create') return handler.handle(call, access)
  const given = isObject(call.body) ? (handler.defaults?.(call.body as unknown as KubeObject) ?? call.body) : call.body // of the handler's kind
  const body = admitBody(core, served, { ...call, body: given })
  if (isObject(body) && isStatus(body)) return refused(body)
  const answer = handler.handle({ ...call, body }, access)
  // An answer of the body's own kind is the body, completed.
  if (!answer.ok || isStatus(answer.object) || handler.kind?.kind !== answer.object.kind) return answer
  setOwnership(answer.object, ownedBody(core, { ...call, served }, body as KubeObject, handler.kind)) // of that kind
  return answer
}

/** Bindings, evictions and token requests pass the admission chain as objects of their own. */
function admitBody(core: RegistryCore, served: ServedResource, call: SubresourceCall): unknown {
  const { user, subresource, namespace, name, dryRun, manager, body } = call
  if (!isObject(body)) return body
  const request: WriteRequest = { user, served, subresource, namespace, name, dryRun, manager }
  const object = body as unknown as KubeObject // decoded as the subresource's kind
  const admitted = admit(core, request, 'CREATE', object, undefined)
  if (admitted === undefined || isStatus(admitted)) return admitted
  return validateAdmission(core, request, 'CREATE', admitted, undefined) ?? admitted
}

/** A patch of a subresource: applied to what GET of it shows. Its documents have no lists, so that merging is all there is to it. */
export function patchSubresource(
  core: RegistryCore,
  served: ServedResource,
  request: ApiRequest,
  patch: unknown,
): ApiAnswer {
  const current = answerSubresource(core, served, { ...request, verb: 'get' })
  if (!current.ok) return current
  const { minor } = core.context
  const body = applyMergePatch(current.object, patch, has(minor, apiServer.mergedListsKeepNulls))
  const error = undecodable(served.strategy.subresources?.[request.subresource ?? '']?.kind, body, minor)
  if (error === undefined) return answerSubresource(core, served, { ...request, body })
  const problem = invalid('patch', JSON.stringify(body), error)
  return refused(invalidStatus({ group: '', kind: '' }, '', [problem]))
}

function registryAccess(core: RegistryCore): RegistryAccess {
  const find = (call: SubresourceCall, resource: SubresourceCall['resource'], namespace: string, name: string) => {
    const served = core.table.find(resource)
    if (served === undefined) return undefined
    const { user, subresource, dryRun, manager } = call
    const isAdmitted = call.verb === 'create'
    const request: WriteRequest = { user, served, subresource, namespace, name, dryRun, manager, isAdmitted }
    return { served, request, object: served.collection.get(namespace, name) }
  }
  return {
    context: core.context,
    get: core.lookup.get,
    list: core.lookup.list,
    update(call, resource, namespace, name, change, strategy) {
      const found = find(call, resource, namespace ?? '', name)
      if (found === undefined) return refused(genericStatus(404))
      if (found.object === undefined) return refused(notFoundStatus(resource, name))
      const next = change(found.object as never) // the caller names the resource and so its type
      if (isStatus(next)) return refused(next)
      const outcome = storeUpdate(core, found.request, next, found.object, strategy)
      return isStatus(outcome) ? refused(outcome) : { ok: true, code: 200, object: outcome.object }
    },
    delete(call, resource, namespace, name, options) {
      const found = find(call, resource, namespace ?? '', name)
      if (found === undefined) return refused(genericStatus(404))
      const outcome = deleteObject(core, found.request, options)
      if (wasRefused(outcome)) return refused(outcome)
      const keeps = !outcome.removed || found.served.strategy.returnsDeletedObject === true
      const object = keeps ? outcome.object : deletionStatus(found.request, outcome.object)
      return { ok: true, code: 200, object }
    },
  }
}

/** Why what came of a patch is no object of the kind. */
function undecodable(kind: Subresource['kind'], body: unknown, minor: number): string | undefined {
  const definition = kind === undefined ? undefined : schemaOf(minor).kind(kind)
  const decoded = definition === undefined ? undefined : decodeKind(JSON.stringify(body), definition, minor)
  return decoded?.ok === false ? decoded.error : undefined
}

function refused(status: Status): CallAnswer {
  return { ok: false, status }
}
