import { isObject } from '../api/json.ts'
import { badRequest, genericStatus, isStatus } from '../api/status.ts'
import type { DeleteOptions, KubeList, KubeObject, ResourceRef, Status } from '../api/types/meta.ts'
import type { UserInfo, WatchHandle, WatchOptions } from '../client/client.ts'
import type {
  ApiAnswer,
  ApiRequest,
  ApiServer,
  ContainerCall,
  HttpAnswer,
  HttpRequest,
  PodServers,
} from '../client/server.ts'
import { goQuote } from '../go/quote.ts'
import { extended } from '../kernel/extended.ts'
import type { RandomStream } from '../kernel/random.ts'
import { managerOf } from './actors.ts'
import type { AuthorizationAttributes, Authorizer } from './auth/authorizer.ts'
import { authorizeRequest } from './auth/forbidden.ts'
import type { EncodedRequest } from './encoded-request.ts'
import { answerOrHold, type RequestHandler } from './hold.ts'
import { createConnect, createHttp } from './http/http.ts'
import type { HttpParts } from './http/watch-stream.ts'
import { applyObject } from './registry/apply.ts'
import type { RegistryCore, WriteRequest } from './registry/core.ts'
import { createObject } from './registry/create.ts'
import { deleteObject, deletionStatus, validateDeleteOptions, wasRefused } from './registry/delete.ts'
import { type EventRows, withObject } from './registry/event-rows.ts'
import { type DecodePatched, patchObject } from './registry/patch.ts'
import { getObject, listObjects } from './registry/read.ts'
import { apiVersionOf, type ServedResource, toServed } from './registry/resource-table.ts'
import { answerSubresource, patchSubresource } from './registry/subresource.ts'
import { rulesOf, type Updated, updateObject, verbsOf } from './registry/update.ts'
import { nameInSelector, type RequestLog } from './request-log.ts'
import { type OpenWatch, reopenWatch, WatchGrounds, type WatchKeeper, watchResource } from './watch/watch-resource.ts'

export interface RequestParts {
  readonly core: RegistryCore
  readonly eventRows: EventRows
  readonly authorizer: Authorizer | undefined
  readonly log: RequestLog
  /** Runs `work` with the user as the author of what it writes. */
  readonly asActor: <T>(user: UserInfo, work: () => T) => T
  readonly timeouts: RandomStream
  /** Put before the pipeline, to see what passes. */
  readonly around?: ((handle: RequestHandler) => RequestHandler) | undefined
}

export interface Requests extends ApiServer {
  /** Allows a request to a container, or answers why not. */
  connect(request: HttpRequest): ContainerCall | HttpAnswer
  /** From now on these answer for Pods. */
  servePods(servers: PodServers): void
  closeWatches(): void
  /** Requests of the user (absent: of anybody) may now be answered in another way than those before. */
  disturbWatches(user?: string): void
  openWatches(): number
}

/** The request pipeline: authorization, decoding, then what the verb does (facts apiserver.md 0, trap 2). */
export function createRequests(parts: RequestParts): Requests {
  const { core, log, timeouts } = parts
  const watches = new OpenWatches()
  const keeper: WatchKeeper<WatchRequest> = {
    finished(user, request, watch) {
      if (watch !== undefined) watches.delete(user.name, watch)
      if (request !== undefined) log.read('request.watch-closed', request, 200)
    },
  }
  const grounds = new WatchGrounds(core, keeper)
  const work: RequestHandler = (request) => {
    const served = core.table.find(request.resource)
    return served === undefined
      ? refusal(genericStatus(404))
      : (authorize(parts, request) ?? parts.asActor(request.user, () => dispatch(parts, served, request)))
  }
  const plain: RequestHandler = (request) => answerOrHold(log, work, request)
  const handle = parts.around?.(plain) ?? plain
  const watch: ApiServer['watch'] = (user, resource, options, handlers) => {
    const served = core.table.find(resource)
    if (options.resting !== undefined && served !== undefined) {
      const open = reopenWatch(core, options.resting.server, handlers, { ground: grounds.of(served), user })
      watches.add(user.name, open)
      return open
    }
    const request = loggedWatch(user, resource, options)
    const refused = served === undefined ? genericStatus(404) : authorizeWatch(parts, user, served, options)
    if (served === undefined || refused !== undefined) {
      const status = refused ?? genericStatus(404)
      log.refused(request, status)
      handlers.closed({ kind: 'status', status })
      return { stop: () => {} }
    }
    const opened = watchResource(core, options, timeouts, handlers, {
      ground: grounds.of(served),
      user,
      request: log.keepsReads ? request : undefined,
    })
    if (opened === 'over') return overWatch
    if (isStatus(opened)) {
      log.refused(request, opened)
      handlers.closed({ kind: 'status', status: opened })
      return overWatch
    }
    // The watch may end before it is even returned: a timeout of nothing.
    if (opened.isOpen) {
      watches.add(user.name, opened)
      log.read('request.watch', request, 200)
    }
    return opened
  }
  let pods: PodServers | undefined
  const httpParts: HttpParts = { core, handle, watch, authorizer: parts.authorizer, pods: () => pods }
  return {
    handle,
    watch,
    http: createHttp(httpParts),
    connect: createConnect(httpParts),
    servePods(servers) {
      pods = servers
    },
    openWatches: () => watches.size,
    closeWatches() {
      for (const open of watches.of(undefined)) open.close()
    },
    disturbWatches(user) {
      for (const open of watches.of(user)) open.warn()
    },
  }
}

type ServerWatch = OpenWatch<WatchRequest>
type WatchRequest = Parameters<RequestLog['refused']>[0]

const overWatch: WatchHandle = { stop: () => {} }

/** By the names of their users. */
class OpenWatches {
  size = 0
  #opened = 0
  readonly #byUser = new Map<string, Set<ServerWatch>>()

  add(user: string, watch: ServerWatch): void {
    const watches = this.#byUser.get(user) ?? new Set()
    this.#byUser.set(user, watches)
    watches.add(watch)
    watch.order = ++this.#opened
    this.size++
  }

  delete(user: string, watch: ServerWatch): void {
    const watches = this.#byUser.get(user)
    if (watches?.delete(watch) !== true) return
    this.size--
    if (watches.size === 0) this.#byUser.delete(user)
  }

  /** Those of a user, or all. */
  of(user: string | undefined): readonly ServerWatch[] {
    if (user !== undefined) return [...(this.#byUser.get(user) ?? [])]
    return [...this.#byUser.values()].flatMap((watches) => [...watches])
  }
}

/** What is absent is told as undefined, so that all of them have one shape. */
function loggedWatch(user: UserInfo, resource: ResourceRef, options: WatchOptions): WatchRequest {
  const { namespace, resourceVersion, timeoutSeconds } = options
  const name = nameInSelector(options.fieldSelector)
  return { user, verb: 'watch', resource, namespace, name, resourceVersion, timeoutSeconds }
}

function refusal(status: Status): ApiAnswer {
  return { ok: false, status }
}

function authorize({ authorizer }: RequestParts, request: ApiRequest): ApiAnswer | undefined {
  if (authorizer === undefined) return undefined
  const { user, verb, resource, subresource = '', namespace = '', list } = request
  const asked = asks(user, verb, resource, {
    subresource,
    // The namespace of a Namespace is itself. Source: requestinfo.go.
    namespace: resource.resource === 'namespaces' && resource.group === '' ? (request.name ?? '') : namespace,
    name: request.name ?? nameInSelector(list?.fieldSelector) ?? '',
    fieldSelector: list?.fieldSelector,
  })
  const denied = authorizeRequest(authorizer, asked)
  return denied === undefined ? undefined : refusal(denied)
}

function authorizeWatch(
  { authorizer }: RequestParts,
  user: UserInfo,
  { info }: ServedResource,
  options: WatchOptions,
): Status | undefined {
  if (!info.verbs.includes('watch')) return genericStatus(405)
  if (authorizer === undefined) return undefined
  const { fieldSelector, namespace = '' } = options
  const name = nameInSelector(fieldSelector) ?? ''
  return authorizeRequest(authorizer, asks(user, 'watch', info, { subresource: '', namespace, name, fieldSelector }))
}

/** What an authorizer is asked about a resource. Without a spread in its middle: that would give each a hidden class of its own (decision 11). */
function asks(
  user: UserInfo,
  verb: string,
  { group, version, resource }: Pick<ResourceRef, 'group' | 'version' | 'resource'>,
  {
    subresource,
    namespace,
    name,
    fieldSelector,
  }: Pick<AuthorizationAttributes, 'subresource' | 'namespace' | 'name'> & {
    readonly fieldSelector: string | undefined
  },
): AuthorizationAttributes {
  const asked = { user, verb, group, version, resource, subresource, namespace, name, path: '', resourceRequest: true }
  return fieldSelector === undefined ? asked : extended(asked, { fieldSelector })
}

/** Verbs that only exist as a request, in discovery's words. */
function dispatch({ core, eventRows }: RequestParts, served: ServedResource, request: EncodedRequest): ApiAnswer {
  const verbs = verbsOf(served, request.subresource ?? '', core.context.minor)
  if (verbs === undefined) {
    if (request.verb === 'patch') {
      const decoded = request.decodePatch?.()
      if (decoded?.ok === false) return refusal(decoded.status)
      return patchSubresource(core, served, request, decoded === undefined ? request.body : decoded.patch)
    }
    const body = request.decode?.()
    if (body?.ok === false) return refusal(body.status)
    return answerSubresource(core, served, body === undefined ? request : { ...request, body: body.object })
  }
  if (!verbs.includes(request.verb)) return refusal(genericStatus(405))
  switch (request.verb) {
    case 'get':
      return answer(getObject(core, served, request), 200)
    case 'list':
      return answer(listObjects(core, served, request.namespace, listOptionsOf(request), request.asOf), 200)
    case 'create':
      return eventRows.answer(served, request) ?? create(core, served, withObject(request))
    case 'update':
      return update(core, served, request)
    case 'patch':
      return eventRows.recounted(served, request) ?? patch(core, served, request)
    case 'delete':
      return remove(core, served, request)
    case 'deletecollection':
      return removeAll(core, served, request)
  }
}

function listOptionsOf(request: ApiRequest): NonNullable<ApiRequest['list']> {
  const { list = {}, resourceVersion } = request
  return resourceVersion === undefined ? list : { resourceVersion, ...list }
}

function answer(outcome: KubeObject | KubeList | Status, code: number): ApiAnswer {
  if (isStatus(outcome) && outcome.status === 'Failure') return refusal(outcome)
  return { ok: true, code, object: outcome as KubeObject } // a list answers as any object does
}

function writeRequest(served: ServedResource, request: ApiRequest): WriteRequest {
  return {
    user: request.user,
    served,
    subresource: request.subresource ?? '',
    namespace: request.namespace ?? '',
    name: request.name ?? '',
    dryRun: request.dryRun === true,
    manager: request.fieldManager ?? managerOf(request.user.name),
    warn: request.warn,
  }
}

/** The body of a request as an object of the stored version with its defaults. */
function requestBody(core: RegistryCore, served: ServedResource, request: EncodedRequest): KubeObject | Status {
  const body = request.decode?.()
  if (body?.ok === false) return body.status
  return bodyObject(core, served, body === undefined ? request.body : body.object)
}

/** A body as an object of the stored version with its defaults; a Status when it is of another kind. */
function bodyObject(core: RegistryCore, served: ServedResource, body: unknown): KubeObject | Status {
  if (!isObject(body)) return badRequest('the body of the request is no object')
  const { info, strategy } = served
  const given = body as unknown as Partial<KubeObject> // checked member by member
  const apiVersion = given.apiVersion ?? served.apiVersion
  if (apiVersion !== served.apiVersion) {
    const expected = apiVersionOf(info)
    return badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    )
  }
  if (given.kind !== undefined && given.kind !== info.kind) {
    return badRequest(
      `${given.kind} in version ${goQuote(info.version)} cannot be handled as a ${info.kind}: converting (${info.version}.${given.kind}) to (core.${info.kind}): unknown conversion`,
    )
  }
  const metadata = given.metadata ?? ({} as KubeObject['metadata']) // a name is asked for later
  const isReady =
    given.apiVersion === served.storedApiVersion && given.kind === strategy.kind && given.metadata !== undefined
  const named = isReady
    ? (given as KubeObject) // all three members are there
    : { ...body, apiVersion: served.storedApiVersion, kind: strategy.kind, metadata }
  const object = strategy.converted?.toStored(named, info.version) ?? named
  return strategy.defaults?.(object, core.context) ?? object
}

function create(core: RegistryCore, served: ServedResource, request: EncodedRequest): ApiAnswer {
  const object = requestBody(core, served, request)
  if (isStatus(object)) return refusal(object)
  const { answerCreate } = served.strategy
  if (answerCreate !== undefined) return answerSubresource(core, served, request, object)
  const created = createObject(core, writeRequest(served, request), object)
  return isStatus(created) ? answer(created, 201) : answer(toServed(created, served), 201)
}

function update(core: RegistryCore, served: ServedResource, request: EncodedRequest): ApiAnswer {
  const object = requestBody(core, served, request)
  if (isStatus(object)) return refusal(object)
  const rules = rulesOf(served, request.subresource ?? '', core.context.minor)
  return updated(served, updateObject(core, writeRequest(served, request), object, rules))
}

function updated(served: ServedResource, outcome: Updated | Status): ApiAnswer {
  if (isStatus(outcome)) return refusal(outcome)
  return answer(toServed(outcome.object, served), outcome.created ? 201 : 200)
}

function patch(core: RegistryCore, served: ServedResource, request: EncodedRequest): ApiAnswer {
  const type = request.patchType ?? 'application/strategic-merge-patch+json'
  const rules = rulesOf(served, request.subresource ?? '', core.context.minor)
  const decoded = request.decodePatch?.() ?? { ok: true, patch: request.body }
  if (!decoded.ok) return refusal(decoded.status)
  const decode: DecodePatched = (document) => {
    const typed = request.decodePatched?.(document) ?? document
    if (isObject(typed) && 'error' in typed && typeof typed.error === 'string') return { error: typed.error }
    const object = bodyObject(core, served, typed)
    return isStatus(object) ? { error: object.message ?? '' } : object
  }
  const write = writeRequest(served, request)
  const outcome =
    type === 'application/apply-patch+yaml'
      ? applyObject(core, write, decoded.patch, request.force === true, rules, decode)
      : patchObject(core, write, type, decoded.patch, rules, decode)
  return updated(served, outcome)
}

/** The options of a deletion, checked. */
function deleteOptions(core: RegistryCore, request: EncodedRequest): DeleteOptions | Status {
  const decoded = request.decodeOptions?.() ?? { ok: true, options: request.delete ?? {} }
  if (!decoded.ok) return decoded.status
  return validateDeleteOptions(decoded.options, core.context.minor) ?? decoded.options
}

/** A deletion may be told in its body that it is only a rehearsal. */
function isDryRun(request: ApiRequest, options: DeleteOptions): boolean {
  const { dryRun } = options as { readonly dryRun?: unknown } // not a member that components send
  return request.dryRun === true || (Array.isArray(dryRun) && dryRun.includes('All'))
}

function remove(core: RegistryCore, served: ServedResource, request: EncodedRequest): ApiAnswer {
  const options = deleteOptions(core, request)
  if (isStatus(options)) return refusal(options)
  const write = { ...writeRequest(served, request), dryRun: isDryRun(request, options) }
  for (const text of served.strategy.warningsOnDelete?.(options, core.context) ?? []) write.warn?.(text)
  const deleted = deleteObject(core, write, options)
  if (wasRefused(deleted)) return refusal(deleted)
  const { object, removed } = deleted
  const code = !removed && options.orphanDependents === false ? 202 : 200
  // An object that stays for its finalizers is shown; one that is gone only to who may want it.
  if (!removed || served.strategy.returnsDeletedObject === true) return answer(toServed(object, served), code)
  return { ok: true, code, object: deletionStatus(write, object) }
}

function removeAll(core: RegistryCore, served: ServedResource, request: EncodedRequest): ApiAnswer {
  const options = deleteOptions(core, request)
  if (isStatus(options)) return refusal(options)
  const listed = listObjects(core, served, request.namespace, listOptionsOf(request))
  if (isStatus(listed)) return refusal(listed)
  for (const { metadata } of listed.items) {
    const place = { namespace: metadata.namespace ?? '', name: metadata.name }
    const write = { ...writeRequest(served, request), ...place, dryRun: isDryRun(request, options) }
    const deleted = deleteObject(core, write, options)
    if (wasRefused(deleted) && deleted.reason !== 'NotFound') return refusal(deleted)
  }
  return answer(listed, 200)
}
