import { isObject, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { goResource, groupResource, type Mapping, resourcePath } from '../api/discovery.ts'
import { mapBody } from '../api/json-body.ts'
import type { Query } from '../api/rest.ts'
import { type Attempt, CommandFailure, type Failure, fail, failureMessage, isReason } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'

/** One object that a command is about. Source: cli-runtime pkg/resource/visitor.go, Info. */
export interface Info {
  readonly mapping: Mapping
  /** Empty for what is not namespaced, and for lists over all namespaces. */
  readonly namespace: string
  /** Empty for a list. */
  readonly name: string
  /** File it came from; empty when it was named on the command line. */
  readonly source: string
  readonly object: unknown
}

/** What the messages say about an object. Source: visitor.go, Info.String. */
export function described(info: Info): string {
  const { group, version, kind, resource } = info.mapping
  const lines = [
    `Resource: ${goQuote(`${group}/${version}, Resource=${resource}`)}, GroupVersionKind: ${goQuote(`${group}/${version}, Kind=${kind}`)}`,
    `Name: ${goQuote(info.name)}, Namespace: ${goQuote(info.namespace)}`,
  ]
  return lines.join('\n')
}

export interface WriteOptions {
  readonly fieldManager?: string
  readonly dryRun?: boolean
  readonly query?: Query
}

const nameless = 'resource name may not be empty'

/** Why a name or namespace cannot be part of a path; undefined: it can. Source: client-go rest/request.go, Name, Namespace and IsValidPathSegmentName. */
function segmentError({ namespace, name }: Info): string | undefined {
  for (const [what, text] of [
    ['namespace', namespace],
    ['resource name', name],
  ] as const) {
    const wrong =
      text === '.' || text === '..'
        ? [`may not be '${text}'`]
        : ['/', '%'].filter((one) => text.includes(one)).map((one) => `may not contain '${one}'`)
    if (wrong.length > 0) return `invalid ${what} ${goQuote(text)}: [${wrong.join(' ')}]`
  }
  return undefined
}

function pathOf(info: Info, ...rest: readonly string[]): string {
  if (info.name === '') fail(nameless)
  const wrong = segmentError(info)
  if (wrong !== undefined) fail(wrong)
  return resourcePath(info.mapping, info.namespace, info.name, ...rest)
}

export interface ReadOptions {
  readonly accept?: string
  readonly query?: Query
  readonly subresource?: string
}

/** Reads an object; throws a CommandFailure where it is not to be had. */
export function* getObject(session: Session, info: Info, options?: ReadOptions): Steps<unknown> {
  const found = yield* tryToGet(session, info, options)
  if (!found.ok) throw new CommandFailure(found.failure)
  return found.value
}

/**
 * The same with a refusal as data; when it is missing in a namespace that is missing too, the namespace is what is told.
 * Source: visitor.go, Info.Get.
 */
export function* tryToGet(session: Session, info: Info, options: ReadOptions = {}): Steps<Attempt<unknown>> {
  const wrong = info.name === '' ? nameless : segmentError(info)
  if (wrong !== undefined) return { ok: false, failure: { kind: 'message', text: wrong } }
  const { subresource = '', ...rest } = options
  const path = subresource === '' ? pathOf(info) : pathOf(info, subresource)
  const answer = yield* session.rest.tryRequest('GET', path, { ...rest, resource: groupResource(info.mapping) })
  if (answer.ok) return answer
  if (isReason(answer.failure, 'NotFound') && info.namespace !== '' && info.namespace !== 'default') {
    const namespace = yield* session.rest.tryRequest('GET', `/api/v1/namespaces/${info.namespace}`)
    if (!namespace.ok && isReason(namespace.failure, 'NotFound')) return namespace
  }
  return answer
}

function writeQuery(session: Session, options: WriteOptions): Query {
  return {
    ...options.query,
    ...(options.dryRun === true ? { dryRun: 'All' } : {}),
    ...(options.fieldManager !== undefined && session.version.sendsFieldManager
      ? { fieldManager: options.fieldManager }
      : {}),
  }
}

/** What comes from elsewhere has no version here yet. Source: cli-runtime pkg/resource/helper.go, CreateWithOptions. */
export function* createObject(session: Session, info: Info, options: WriteOptions = {}): Steps<unknown> {
  const object = withoutVersion(info.object)
  return yield* session.rest.request('POST', resourcePath(info.mapping, info.namespace), {
    body: mapBody(object),
    query: writeQuery(session, options),
    resource: groupResource(info.mapping),
  })
}

function withoutVersion(object: unknown): unknown {
  if (!isObject(object) || !isObject(object.metadata)) return object
  const { resourceVersion, ...metadata } = object.metadata
  return resourceVersion === undefined ? object : { ...object, metadata }
}

export function* replaceObject(session: Session, info: Info, options: WriteOptions = {}): Steps<unknown> {
  return yield* session.rest.request('PUT', pathOf(info), {
    body: mapBody(info.object),
    query: writeQuery(session, options),
    resource: groupResource(info.mapping),
  })
}

export function* patchObject(
  session: Session,
  info: Info,
  type: string,
  body: string,
  options: WriteOptions & { readonly subresource?: string } = {},
): Steps<unknown> {
  const rest = options.subresource === undefined ? [] : [options.subresource]
  return yield* session.rest.request('PATCH', pathOf(info, ...rest), {
    body,
    contentType: type,
    query: writeQuery(session, options),
    resource: groupResource(info.mapping),
  })
}

export function* deleteObject(session: Session, info: Info, body: object, options: WriteOptions = {}): Steps<unknown> {
  return yield* session.rest.request('DELETE', pathOf(info), {
    body: JSON.stringify(body),
    query: options.dryRun === true ? { dryRun: 'All' } : {},
    resource: groupResource(info.mapping),
  })
}

export interface ListSelection {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly limit?: number
  readonly accept?: string
  readonly query?: Query
}

/** A whole collection, page by page. `each` gets every page. Source: cli-runtime pkg/resource/selector.go. */
export function* listObjects(
  session: Session,
  mapping: Mapping,
  namespace: string,
  selection: ListSelection,
  each: (page: unknown) => void,
): Steps<void> {
  let next: string | undefined
  do {
    const query: Query = {
      ...selection.query,
      ...(selection.labelSelector === '' ? {} : { labelSelector: selection.labelSelector }),
      ...(selection.fieldSelector === '' ? {} : { fieldSelector: selection.fieldSelector }),
      ...(selection.limit === undefined || selection.limit === 0 ? {} : { limit: String(selection.limit) }),
      ...(next === undefined ? {} : { continue: next }),
    }
    const options = selection.accept === undefined ? { query } : { query, accept: selection.accept }
    const answer = yield* session.rest.tryRequest('GET', resourcePath(mapping, namespace), {
      ...options,
      resource: groupResource(mapping),
    })
    if (!answer.ok) throw new CommandFailure(listFailure(answer.failure, mapping, selection))
    each(answer.value)
    next = textAt(answer.value, 'metadata', 'continue') || undefined
  } while (next !== undefined)
}

function listFailure(failure: Failure, mapping: Mapping, selection: ListSelection): Failure {
  if (!isReason(failure, 'BadRequest') && !isReason(failure, 'NotFound')) return failure
  const resource = goQuote(goResource(mapping))
  const filtered = selection.labelSelector !== '' || selection.fieldSelector !== ''
  const head = filtered
    ? `Unable to find ${resource} that match label selector ${goQuote(selection.labelSelector)}, field selector ${goQuote(selection.fieldSelector)}`
    : `Unable to list ${resource}`
  return failure.kind === 'status' ? { ...failure, message: `${head}: ${failureMessage(failure)}` } : failure
}
