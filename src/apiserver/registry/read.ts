import { badRequest, expired, failure, notFoundStatus, plainError } from '../../api/status.ts'
import type { KubeList, KubeObject, Status } from '../../api/types/meta.ts'
import { decodeBase64Url, encodeBase64Url, utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import type { ListOptions } from '../../client/client.ts'
import type { ApiRequest, CacheState } from '../../client/server.ts'
import { jsonSyntaxError } from '../../go/json-syntax.ts'
import { goQuote } from '../../go/quote.ts'
import { apiServerFact } from '../version-facts.ts'
import type { RegistryCore } from './core.ts'
import { hasSelfLinks, selfLinkOf } from './create.ts'
import { type ServedResource, toServed } from './resource-table.ts'
import { parseResourceVersion } from './resource-version.ts'
import { parseSelection, type Selection } from './selection.ts'

/**
 * One object. `resourceVersion` is that of the query: any number up to the present is as good as the present, unless the
 * cache, from which `0` may be answered, is behind (`asOf`).
 */
export function getObject(
  core: RegistryCore,
  served: ServedResource,
  { namespace = '', name = '', resourceVersion, asOf }: Named,
): KubeObject | Status {
  const unreachable = checkMinimumVersion(core, resourceVersion)
  if (unreachable !== undefined) return unreachable
  const from = resourceVersion === '0' ? asOf?.collection(served.collection.resource) : undefined
  const object = (from ?? served.collection).get(namespace, name)
  return object === undefined ? notFoundStatus(served.info, name) : toServed(object, served)
}

type Named = Pick<ApiRequest, 'namespace' | 'name' | 'resourceVersion' | 'asOf'>

/** Events have no watch cache: etcd itself is asked. Source: pkg/registry/cachesize.go; apiserver etcd3/store.go, GetList; recorded v1.23. */
const uncached = 'events'

/** A version that the store has not reached: the real server waits three seconds for it, then says so. */
function checkMinimumVersion(
  core: RegistryCore,
  text: string | undefined,
  isList = false,
  isUncached = false,
): Status | undefined {
  const version = parseResourceVersion(text)
  if (typeof version === 'string') {
    const error = `resourceVersion: Invalid value: ${goQuote(text ?? '')}: ${version}`
    return isList && (isUncached || apiServerFact('badListVersionsAreBadRequests', core.context.minor))
      ? badRequest(`invalid resource version: ${error}`)
      : plainError(error)
  }
  if (version <= core.store.revision) return undefined
  const message = `Timeout: Too large resource version: ${version}, current: ${core.store.revision}`
  return failure(504, 'Timeout', message, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

/** A list as the options ask for, with pages. Source: apiserver pkg/storage/etcd3/store.go, List. */
export function listObjects(
  core: RegistryCore,
  served: ServedResource,
  namespace: string | undefined,
  options: ListOptions,
  asOf?: CacheState,
): KubeList | Status {
  const selection = parseSelection(withNamespace(options, namespace), served.strategy, core.context.minor)
  if ('kind' in selection) return selection
  const token = options.continue ?? ''
  const limit = options.limit ?? 0
  if (token === '') {
    const unreachable = checkMinimumVersion(
      core,
      options.resourceVersion,
      true,
      served.collection.resource === uncached,
    )
    if (unreachable !== undefined) return unreachable
  }
  // A list from the watch cache knows no pages, and a single name needs none.
  const isCached = options.resourceVersion === '0' && token === ''
  if (isCached && asOf !== undefined) {
    const then = asOf.collection(served.collection.resource).list(selection.namespace)
    return listOf(
      core,
      served,
      selection,
      then.filter((each) => selection.matches(each)),
      asOf.revision,
    )
  }
  if ((limit <= 0 && token === '') || isCached || (selection.name !== undefined && token === '')) {
    return listOf(core, served, selection, all(served, selection), core.store.revision)
  }
  return page(core, served, selection, options, limit)
}

function withNamespace(options: ListOptions, namespace: string | undefined): ListOptions {
  if (namespace === undefined || namespace === '') {
    const { namespace: _any, ...rest } = options
    return rest
  }
  return { ...options, namespace }
}

function all(served: ServedResource, selection: Selection): readonly KubeObject[] {
  const { collection } = served
  if (selection.name !== undefined && selection.namespace !== undefined) {
    const only = collection.get(selection.namespace, selection.name)
    return only !== undefined && selection.matches(only) ? [only] : []
  }
  if (selection.indexValue !== undefined) return allIndexed(served, selection, selection.indexValue)
  const objects = collection.list(selection.namespace)
  return selection.isEmpty ? objects : objects.filter((object) => selection.matches(object))
}

/** What an index finds, in the order of keys: the Pods of a node. */
function allIndexed(served: ServedResource, selection: Selection, value: string): readonly KubeObject[] {
  const { namespace } = selection
  const key = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`
  return [...served.collection.withIndexValue(value)]
    .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
    .filter((object) => selection.matches(object))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

interface ListRest {
  readonly continue?: string
  readonly remainingItemCount?: number
}

function listOf(
  core: RegistryCore,
  served: ServedResource,
  selection: Selection,
  objects: readonly KubeObject[],
  revision: number,
  rest: ListRest = {},
): KubeList {
  const { info, apiVersion, isConverted } = served
  const selfLink = hasSelfLinks(core) ? { selfLink: selfLinkOf(served, selection.namespace ?? '', '') } : {}
  return {
    kind: `${info.kind}List`,
    apiVersion,
    metadata: Object.assign(selfLink, { resourceVersion: String(revision) }, rest),
    items: isConverted ? objects.map((object) => toServed(object, served)) : objects,
  }
}

interface Snapshot {
  readonly revision: number
  readonly objects: readonly KubeObject[]
}

/** Lists that were begun and can be gone on with, by resource, namespace and revision; etcd keeps them by its history. */
const snapshots = new WeakMap<RegistryCore, Map<string, Snapshot>>()

function snapshotsOf(core: RegistryCore): Map<string, Snapshot> {
  let known = snapshots.get(core)
  if (known === undefined) {
    known = new Map()
    snapshots.set(core, known)
  }
  const oldest = core.store.compactedRevision()
  for (const [key, { revision }] of known) if (revision < oldest) known.delete(key)
  return known
}

function page(
  core: RegistryCore,
  served: ServedResource,
  selection: Selection,
  options: ListOptions,
  limit: number,
): KubeList | Status {
  const started = startOf(core, served, selection, options)
  if ('kind' in started) return started
  const { objects, revision, from } = started
  const items: KubeObject[] = []
  let at = from
  for (; at < objects.length && (limit <= 0 || items.length < limit); at++) {
    const object = objects[at]
    if (object !== undefined && selection.matches(object)) items.push(object)
  }
  if (at >= objects.length) return listOf(core, served, selection, items, revision)
  snapshotsOf(core).set(snapshotKey(served, selection, revision), { revision, objects })
  const last = objects[at - 1]
  const start = last === undefined ? '' : `${keyOf(last, selection)}\0`
  return listOf(core, served, selection, items, revision, {
    continue: encodeToken(revision, start),
    ...(selection.isEmpty ? { remainingItemCount: objects.length - at } : {}),
  })
}

interface Started {
  readonly objects: readonly KubeObject[]
  readonly revision: number
  readonly from: number
}

function startOf(
  core: RegistryCore,
  served: ServedResource,
  selection: Selection,
  options: ListOptions,
): Started | Status {
  const now = core.store.revision
  const text = options.continue ?? ''
  if (text === '') {
    const asked = Number(options.resourceVersion ?? '0')
    if (asked > 0 && asked < core.store.compactedRevision()) {
      return expired('The resourceVersion for the provided list is too old.')
    }
    const known = snapshotsOf(core).get(snapshotKey(served, selection, asked))
    if (known !== undefined) return { ...known, from: 0 }
    return { objects: served.collection.list(selection.namespace), revision: asked > 0 ? asked : now, from: 0 }
  }
  const token = decodeToken(text)
  if (typeof token === 'string') return badRequest(`invalid continue token: ${token}`)
  if ((options.resourceVersion ?? '') !== '' && options.resourceVersion !== '0') {
    return badRequest('specifying resource version is not allowed when using continue')
  }
  if (token.rv > 0 && token.rv < core.store.compactedRevision()) return tooOld(token.start)
  const known = snapshotsOf(core).get(snapshotKey(served, selection, token.rv))
  const objects = known?.objects ?? served.collection.list(selection.namespace)
  const from = objects.findIndex((object) => keyOf(object, selection) >= token.start)
  return { objects, revision: token.rv > 0 ? token.rv : now, from: from < 0 ? objects.length : from }
}

/** The refusal offers a token that goes on in the present. Source: etcd3/errors.go, handleCompactedErrorForPaging. */
function tooOld(start: string): Status {
  const status = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  const metadata = { continue: encodeToken(-1, start) } as unknown as Status['metadata'] // this one Status has list metadata
  return { ...status, metadata }
}

function snapshotKey(served: ServedResource, selection: Selection, revision: number): string {
  return `${served.collection.resource}|${selection.namespace ?? ''}|${revision}`
}

/** The rest of etcd's key below what the list covers. */
function keyOf(object: KubeObject, selection: Selection): string {
  const { namespace = '', name } = object.metadata
  return selection.namespace !== undefined || namespace === '' ? name : `${namespace}/${name}`
}

interface Token {
  readonly rv: number
  readonly start: string
}

/** Source: etcd3/store.go, encodeContinue. */
function encodeToken(rv: number, start: string): string {
  return encodeBase64Url(utf8Bytes(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })))
}

/** Source: etcd3/store.go, decodeContinue; the string is what is wrong with the token. */
function decodeToken(text: string): Token | string {
  const decoded = decodeBase64Url(text)
  if (!decoded.ok) return `continue key is not valid: illegal base64 data at input byte ${decoded.offset}`
  const broken = jsonSyntaxError(decoded.bytes)
  if (broken !== undefined) return `continue key is not valid: ${broken}`
  const value: unknown = JSON.parse(utf8Text(decoded.bytes))
  const { v, rv, start } = (value ?? {}) as { v?: unknown; rv?: unknown; start?: unknown } // each is checked below
  if (v !== 'meta.k8s.io/v1') {
    return `continue key is not valid: server does not recognize this encoded version ${goQuote(typeof v === 'string' ? v : '')}`
  }
  if (typeof rv !== 'number' || rv === 0) {
    return 'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)'
  }
  if (typeof start !== 'string' || start === '') {
    return 'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)'
  }
  const cleaned = start.startsWith('/') ? start.slice(1) : start
  const parts = cleaned.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return `continue key is not valid: ${start}`
  return { rv, start: cleaned }
}
