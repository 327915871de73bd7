import { saysYes } from '../../api/query-truth.ts'
import { badRequest, failure, genericStatus, isStatus, requestTooLarge, unauthorized } from '../../api/status.ts'
import type { Pod } from '../../api/types/core.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { byteLength } from '../../api/validation/formats.ts'
import { utf8Text } from '../../bytes/bytes.ts'
import { heldAnswer } from '../../client/answered-object.ts'
import type { UserInfo, WatchOptions } from '../../client/client.ts'
import type {
  ApiAnswer,
  ApiServer,
  ContainerCall,
  HttpAnswer,
  HttpRequest,
  HttpStream,
  Verb,
} from '../../client/server.ts'
import { extended } from '../../kernel/extended.ts'
import type { AuthorizationAttributes } from '../auth/authorizer.ts'
import { authorizeRequest } from '../auth/forbidden.ts'
import { type Impersonated, impersonate, impersonationRequest } from '../auth/impersonation.ts'
import { authenticateToken } from '../auth/token-authenticator.ts'
import { anonymousUser, authenticated } from '../auth/users.ts'
import type { EncodedRequest } from '../encoded-request.ts'
import { withManagedFields } from '../ownership/ownership.ts'
import type { RegistryCore } from '../registry/core.ts'
import type { ServedResource } from '../registry/resource-table.ts'
import { apiServerFact } from '../version-facts.ts'
import { aggregatedDiscovery } from './aggregated-discovery.ts'
import { applyType, bodyDecoders, customPatchRefusal, isPatchType, patchTypeOf } from './bodies.ts'
import { containerCall, containerSubresource } from './container-calls.ts'
import { discoveryAnswer } from './discovery-documents.ts'
import { encodeAnswer, onWire, pageNotFound, plainText, protobufAnswer } from './encode.ts'
import { healthAnswer } from './health.ts'
import { negotiateOutput, type Output } from './negotiate.ts'
import { checkRoute, isNobodys, isOffered } from './offered.ts'
import { passedOn, passOn } from './pass-on.ts'
import { bodyInJson } from './protobuf-body.ts'
import { listOptionsOf, type QueryError, versionMatch, writeOptionsError } from './query-options.ts'
import { parseRoute, type Query, type Route, splitPath } from './route.ts'
import { serverDocument } from './server-documents.ts'
import { inStructOrder } from './struct-order.ts'
import { transformed } from './transform.ts'
import { deprecationOf, Warnings, withWarnings } from './warnings.ts'
import { type HttpParts, type ResourceRoute, statusAnswer, WatchStream } from './watch-stream.ts'

/** Longest body of a request, in bytes. Source: apiserver pkg/server/config.go, MaxRequestBodyBytes. */
const bodyMaxBytes = 3 * 1024 * 1024

/** The API over HTTP: paths, queries, media types and bytes, on top of the same pipeline that components use. */
export function createHttp(parts: HttpParts): ApiServer['http'] {
  return (request) => {
    const caller = callerOf(parts, request)
    if (caller === undefined) return statusAnswer(unauthorized())
    const acting = actingUser(parts, caller, request)
    if (!acting.ok) return acting.kind === 'text' ? plainText(500, acting.text) : statusAnswer(acting.status)
    const { user } = acting
    const { path, query } = splitPath(request.path)
    const route = parseRoute(path)
    if (route.kind !== 'resource') return nonResource(parts, user, request, path, route)
    return resourceRequest(parts, user, request, route, query)
  }
}

/** Requests that ask for a connection to a container: who may have one, and to which container. */
export function createConnect(parts: HttpParts): (request: HttpRequest) => ContainerCall | HttpAnswer {
  return (request) => {
    const caller = callerOf(parts, request)
    if (caller === undefined) return statusAnswer(unauthorized())
    const acting = actingUser(parts, caller, request)
    if (!acting.ok) return acting.kind === 'text' ? plainText(500, acting.text) : statusAnswer(acting.status)
    const route = parseRoute(splitPath(request.path).path)
    const asked = route.kind === 'resource' ? containerSubresource(route) : undefined
    if (route.kind !== 'resource' || asked === undefined) return statusAnswer(genericStatus(404))
    return allowedCall(parts, acting.user, request, route, asked)
  }
}

function allowedCall(
  parts: HttpParts,
  user: UserInfo,
  request: HttpRequest,
  route: ResourceRoute,
  subresource: ContainerCall['subresource'],
): ContainerCall | HttpAnswer {
  // Connections are made by GET (WebSocket) or POST (SPDY), and allowed as get or create.
  const refused = denied(parts, user, request, route, request.method === 'GET' ? 'get' : 'create')
  if (refused !== undefined) return refused
  const { namespace = '', name = '' } = route
  const pod = parts.core.lookup.get<Pod>({ group: '', version: 'v1', resource: 'pods' }, namespace, name)
  const call = containerCall(subresource, pod, name, request.path)
  return isStatus(call) ? statusAnswer(call) : call
}

/** Who asks; undefined with credentials that stand for nobody. None at all are those of the anonymous user. */
function callerOf({ core }: HttpParts, { user, headers }: HttpRequest): UserInfo | undefined {
  if (user !== undefined) return authenticated(user)
  if (headers.authorization === undefined) return anonymousUser
  // Source: apiserver pkg/authentication/request/bearertoken/bearertoken.go.
  const token = /^\s*bearer ([^ ]+)/i.exec(headers.authorization)?.[1]
  if (token === undefined) return anonymousUser
  const verdict = authenticateToken({ context: core.context, get: core.lookup.get }, token)
  return verdict.ok ? verdict.user : undefined
}

/** Whom the request runs as: the caller, or whom its headers ask to impersonate (`kubectl --as`). */
function actingUser({ core, authorizer }: HttpParts, caller: UserInfo, request: HttpRequest): Impersonated {
  const wanted = impersonationRequest(request.headers)
  if (wanted === undefined) return { ok: true, user: caller }
  const isConstrained = apiServerFact('constrainsImpersonation', core.context.minor)
  const asked = isConstrained ? attributesOf(caller, request) : undefined
  return impersonate(authorizer, caller, wanted, request.path, asked)
}

/** What a request is about, as authorizers are asked. */
function attributesOf(user: UserInfo, request: HttpRequest): AuthorizationAttributes {
  const { path, query } = splitPath(request.path)
  const route = parseRoute(path)
  const none = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
  if (route.kind !== 'resource')
    return { user, verb: request.method.toLowerCase(), resourceRequest: false, ...none, path }
  const { namespace = '', name = '', subresource, resource } = route
  const isWatch = request.method === 'GET' && (route.isWatch || saysYes(query.get('watch')))
  const verb = isWatch ? 'watch' : (verbs[request.method]?.[name === '' ? 1 : 0] ?? request.method.toLowerCase())
  return { user, verb, resourceRequest: true, ...resource, subresource, namespace, name, path: '' }
}

function nonResource(
  { core, authorizer }: HttpParts,
  user: UserInfo,
  request: HttpRequest,
  path: string,
  route: Exclude<Route, { kind: 'resource' }>,
): HttpAnswer {
  const { method } = request
  if (authorizer !== undefined) {
    const about = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
    const verb = method.toLowerCase()
    const denied = authorizeRequest(authorizer, { user, verb, resourceRequest: false, ...about, path })
    if (denied !== undefined) return statusAnswer(denied)
  }
  if (route.kind === 'other') {
    const health = healthAnswer(path, request.path)
    const document = health ?? serverDocument(core, path, request.headers.accept)
    return method === 'GET' || document.code === 404 ? document : statusAnswer(genericStatus(405))
  }
  if (isNobodys(core, route.group)) return pageNotFound()
  if (method !== 'GET') return statusAnswer(genericStatus(405))
  const aggregated = aggregatedDiscovery(core, route, request.headers.accept)
  if (aggregated !== undefined) return aggregated
  return discoveryAnswer(core.table.discovery, route, core.context.minor) ?? statusAnswer(genericStatus(404))
}

const verbs: Readonly<Record<string, readonly [named: Verb, collection: Verb] | undefined>> = {
  GET: ['get', 'list'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['delete', 'deletecollection'],
}

function resourceRequest(
  parts: HttpParts,
  user: UserInfo,
  request: HttpRequest,
  route: ResourceRoute,
  query: Query,
): HttpAnswer | HttpStream {
  const { core } = parts
  const asked = containerSubresource(route)
  const pods = parts.pods()
  if (asked === 'log' && request.method === 'GET' && pods !== undefined) {
    const call = allowedCall(parts, user, request, route, asked)
    return 'code' in call ? call : pods.logs(call)
  }
  if (asked !== undefined && asked !== 'log' && (request.method === 'GET' || request.method === 'POST')) {
    const call = allowedCall(parts, user, request, route, asked)
    if ('code' in call) return call
  }
  const passed = passedOn(route, request)
  if (passed !== undefined && pods !== undefined) {
    const proxy = { ...route, subresource: 'proxy' }
    return denied(parts, user, request, proxy, verbs[request.method]?.[0] ?? '') ?? passOn(core, pods.programs, passed)
  }
  const verb = verbs[request.method]?.[route.name === undefined ? 1 : 0]
  const isWatch = request.method === 'GET' && (route.isWatch || saysYes(query.get('watch')))
  const served = isOffered(core, route) ? core.table.find(route.resource) : undefined
  const unknown = served === undefined ? genericStatus(404) : checkRoute(served, route, verb)
  if (served === undefined || verb === undefined || unknown !== undefined) {
    return (
      denied(parts, user, request, route, isWatch ? 'watch' : (verb ?? request.method.toLowerCase())) ??
      (served === undefined && isNobodys(core, route.resource.group)
        ? pageNotFound()
        : statusAnswer(unknown ?? genericStatus(405)))
    )
  }
  const early = frameworkRefusal(request, verb) ?? (verb === 'patch' ? customPatchRefusal(request, served) : undefined)
  const refused = early === undefined ? undefined : denied(parts, user, request, route, verb)
  if (refused !== undefined) return refused
  if (early !== undefined) return statusAnswer(early)
  const streams = verb === 'list' && served.info.verbs.includes('watch')
  const hasMessages = served.isCustom !== true
  const output = negotiateOutput(request.headers.accept, { streams, hasMessages, minor: core.context.minor })
  if ('kind' in output) return denied(parts, user, request, route, verb) ?? statusAnswer(output)
  const warnings = new Warnings(deprecationOf(served, route.subresource, core.context.minor))
  // Who may not ask comes to no handler, whose warnings these are.
  const isDenied = (answer: HttpAnswer | HttpStream): boolean =>
    answer.code === 403 && denied(parts, user, request, route, isWatch ? 'watch' : verb) !== undefined
  if (isWatch && (verb === 'list' || verb === 'get')) {
    const stream = openStream(parts, user, route, query, served, output, request.lasting === true)
    return isDenied(stream) ? stream : withWarnings(stream, warnings)
  }
  const encoded = encodedRequest(core, user, request, route, query, served, verb, warnings)
  if (encoded.kind === 'error')
    return denied(parts, user, request, route, verb) ?? withWarnings(statusAnswer(encoded.status), warnings)
  const told = (answer: ApiAnswer): HttpAnswer => {
    const bare = finish(core, answer, served, output, query, route.subresource)
    const finished = isDenied(bare) ? bare : withWarnings(bare, warnings)
    if (answer.ok || answer.held === undefined) return finished
    const { ms, goOn } = answer.held
    return heldAnswer(finished, { ms, goOn: () => told(goOn()) })
  }
  return told(parts.handle(encoded.request))
}

/** Nobody learns that a request is malformed who may not make it. */
function denied(
  { authorizer }: HttpParts,
  user: UserInfo,
  _request: HttpRequest,
  route: ResourceRoute,
  verb: string,
): HttpAnswer | undefined {
  if (authorizer === undefined) return undefined
  const { group, version, resource } = route.resource
  const rest = { subresource: route.subresource, namespace: route.namespace ?? '', name: route.name ?? '', path: '' }
  const status = authorizeRequest(authorizer, { user, verb, resourceRequest: true, group, version, resource, ...rest })
  return status === undefined ? undefined : statusAnswer(status)
}

/** What the web framework refuses before any handler runs. */
function frameworkRefusal(request: HttpRequest, verb: Verb): Status | undefined {
  if (verb !== 'patch' || isPatchType(request.headers['content-type'])) return undefined
  return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
}

type Encoded =
  | { readonly kind: 'request'; readonly request: EncodedRequest }
  | { readonly kind: 'error'; readonly status: Status }

function encodedRequest(
  core: RegistryCore,
  user: UserInfo,
  given: HttpRequest,
  route: ResourceRoute,
  query: Query,
  served: ServedResource,
  verb: Verb,
  warnings: Warnings,
): Encoded {
  const { namespace, name, subresource, resource } = route
  const base = {
    user,
    verb,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === '' ? {} : { subresource }),
  }
  const version = query.get('resourceVersion')
  if (verb === 'get') {
    return { kind: 'request', request: version === undefined ? base : extended(base, { resourceVersion: version }) }
  }
  const list = listOptionsOf(query)
  if ('error' in list) return { kind: 'error', status: badQuery(list) }
  if (verb === 'list') {
    const match = versionMatch(query, false, core.context.minor)
    return isStatus(match) ? { kind: 'error', status: match } : { kind: 'request', request: extended(base, { list }) }
  }
  if (isTooLong(given)) return { kind: 'error', status: requestTooLarge(`limit is ${bodyMaxBytes}`) }
  const inJson = bodyInJson(given, served, core.context.minor)
  if (!inJson.ok) return { kind: 'error', status: inJson.status }
  const { request } = inJson
  const text = (): string => (typeof request.body === 'string' ? request.body : utf8Text(request.body))
  const isApply = patchTypeOf(request.headers['content-type']) === applyType
  const wrong = writeOptionsError(query, verb, verb === 'patch' && isApply, core.context.minor)
  if (wrong !== undefined) return { kind: 'error', status: wrong }
  const manager = query.get('fieldManager') || agentOf(request.headers['user-agent'])
  const warn = (warning: string): void => warnings.add(warning)
  const decoders = bodyDecoders(core, served, request, query, subresource, text, warn)
  const write = {
    warn,
    ...(query.get('dryRun') === 'All' ? { dryRun: true } : {}),
    ...(query.get('force') === 'true' ? { force: true } : {}),
    fieldManager: manager,
    list,
    ...decoders(verb),
  }
  return { kind: 'request', request: extended(base, write) }
}

/** A text is made of a tree only when it may be too long. */
function isTooLong(request: HttpRequest): boolean {
  if (request.tree !== undefined && bytesAtMost(request.tree.value) <= bodyMaxBytes) return false
  const { body } = request
  // A unit of a text is three bytes at most.
  if (body.length * 3 <= bodyMaxBytes) return false
  return (typeof body === 'string' ? byteLength(body) : body.length) > bodyMaxBytes
}

/** No less than the bytes of a value's text, of which numbers and what is neither text nor tree take 24 at most. */
function bytesAtMost(value: unknown): number {
  if (typeof value === 'string') return bytesOfText(value) + 3
  if (typeof value !== 'object' || value === null) return 24
  let sum = 2
  // A value of JSON: it inherits no keys.
  for (const key in value) sum += bytesOfText(key) + 4 + bytesAtMost((value as Readonly<Record<string, unknown>>)[key])
  return sum
}

/** A character takes six bytes at most, as an escape; of base64, one. Short texts are not worth a look. */
function bytesOfText(text: string): number {
  return text.length > 4096 && /^[A-Za-z0-9+/=]*$/.test(text) ? text.length : text.length * 6
}

/** The first word of a user agent. Source: apiserver handlers/create.go, prefixFromUserAgent. */
function agentOf(agent = ''): string {
  const slash = agent.indexOf('/')
  const printable = (slash < 0 ? agent : agent.slice(0, slash)).replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')
  return printable.slice(0, 128) || 'unknown'
}

function badQuery({ error }: QueryError): Status {
  return badRequest(error)
}

function finish(
  core: RegistryCore,
  answer: ApiAnswer,
  served: ServedResource,
  output: Output,
  query: Query,
  subresource: string,
): HttpAnswer {
  const { format } = output
  const { minor } = core.context
  const isPretty = saysYes(query.get('pretty'))
  const encoded = (code: number, object: object): HttpAnswer =>
    format === 'protobuf'
      ? protobufAnswer(code, object, minor)
      : encodeAnswer(code, object, format, { isPretty, inOrder: (each) => inStructOrder(each, minor) })
  if (!answer.ok) return encoded(answer.status.code ?? 500, answer.status)
  const { object, code } = answer
  if (isStatus(object)) return encoded(code, object)
  const shown =
    output.as === undefined
      ? onWire(subresource === 'status' ? withStatusLink(withManagedFields(object)) : object)
      : transformed(object, output.as, served, core.context, query.get('includeObject'))
  if (isStatus(shown)) return statusAnswer(shown)
  return encoded(code, shown)
}

/** Up to v1.19 the self link of an answer is the path that was asked. */
function withStatusLink(object: KubeObject): KubeObject {
  const { selfLink } = object.metadata
  if (selfLink === undefined) return object
  return { ...object, metadata: { ...object.metadata, selfLink: `${selfLink}/status` } }
}

function openStream(
  parts: HttpParts,
  user: UserInfo,
  route: ResourceRoute,
  query: Query,
  served: ServedResource,
  output: Output,
  lasting: boolean,
): HttpAnswer | HttpStream {
  const list = listOptionsOf(query)
  if ('error' in list) return statusAnswer(badQuery(list))
  const match = versionMatch(query, true, parts.core.context.minor)
  if (isStatus(match)) return statusAnswer(match)
  // A path that names an object watches that object alone.
  const named = route.name === undefined ? undefined : `metadata.name=${route.name}`
  const selector = [list.fieldSelector, named].filter((part) => part !== undefined && part !== '').join(',')
  const options: WatchOptions = {
    ...list,
    ...match,
    ...(route.namespace === undefined ? {} : { namespace: route.namespace }),
    ...(selector === '' ? {} : { fieldSelector: selector }),
    ...(saysYes(query.get('allowWatchBookmarks')) ? { allowWatchBookmarks: true } : {}),
    ...(lasting ? { lasting } : {}),
  }
  return new WatchStream(parts, user, route, options, served, output, query.get('includeObject')).answer()
}
