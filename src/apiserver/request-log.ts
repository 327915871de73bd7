import type { ResourceRef, Status } from '../api/types/meta.ts'
import type { UserInfo } from '../client/client.ts'
import type { ApiAnswer, ApiRequest } from '../client/server.ts'
import type { EntryOf, JournalWriter } from '../kernel/journal.ts'
import { actorOf } from './actors.ts'
import type { ApiServerRecord, RequestDetail, RequestRecord } from './records.ts'
import type { StoredResource, StoreEvent } from './store.ts'

/** A request as the journal tells it. */
export interface LoggedRequest {
  readonly user: UserInfo
  readonly verb: string
  readonly resource: ResourceRef
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly timeoutSeconds?: number | undefined
}

export interface RequestLog {
  /** Journals a write and returns its seq, 0 if it was not kept. */
  write(actor: string, resource: StoredResource, event: StoreEvent): number
  /** Journals that something was read, or a watch opened or closed: detail that only a full journal keeps. */
  read(type: Exclude<RequestRecord['type'], 'request.refused'>, request: LoggedRequest, code: number): void
  refused(request: LoggedRequest, status: Status): void
  /** Whether `read` keeps anything: if not, nobody need remember what it would tell. */
  readonly keepsReads: boolean
}

/** Resources whose writes are heartbeats rather than story. */
const chatter: ReadonlySet<string> = new Set(['leases.coordination.k8s.io'])

export function createRequestLog(journal: JournalWriter<ApiServerRecord>): RequestLog {
  return {
    keepsReads: journal.keeps('chatter'),
    write(actor, resource, event) {
      const weight = chatter.has(resource) ? 'chatter' : 'story'
      if (!journal.keeps(weight)) return 0
      return journal.append(writeEntry(actor, event), weight)
    },
    read(type, request, code) {
      if (!journal.keeps('chatter')) return
      journal.append({ actor: actorOf(request.user.name), type, detail: detailOf(request, code) }, 'chatter')
    },
    refused(request, status) {
      if (!journal.keeps('chatter')) return
      const { message, reason } = status
      const detail: RequestDetail = Object.assign(
        detailOf(request, status.code ?? 0),
        message === undefined ? {} : { message },
        reason === undefined ? {} : { reason },
      )
      journal.append({ actor: actorOf(request.user.name), type: 'request.refused', detail }, 'chatter')
    },
  }
}

function writeEntry(actor: string, { type, object, old }: StoreEvent): EntryOf<ApiServerRecord> {
  const { name, namespace, uid } = object.metadata
  const about = {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
  }
  // Only what is stored for the first time was not there before.
  if (old === undefined) return { actor, type: 'object.created', object: about, after: object }
  if (type === 'DELETED') return { actor, type: 'object.deleted', object: about, before: old }
  return { actor, type: 'object.updated', object: about, before: old, after: object }
}

function detailOf(request: LoggedRequest, code: number): RequestDetail {
  const { verb, namespace, name, resourceVersion, timeoutSeconds } = request
  return {
    verb,
    resource: request.resource.resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    code,
    user: request.user.name,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
}

/** `metadata.name=X` makes X the name of a list or watch. Source: apiserver pkg/endpoints/request/requestinfo.go. */
export function nameInSelector(selector: string | undefined): string | undefined {
  if (selector === undefined) return undefined
  return /(?:^|,)metadata\.name==?([^,=!\\]+)(?:,|$)/.exec(selector)?.[1]
}

/** Tells the log of a request that was answered; writes tell of themselves. */
export function logRead(log: RequestLog, request: ApiRequest, answer: ApiAnswer): void {
  if (!log.keepsReads) return
  if (!answer.ok) log.refused(loggedOf(request), answer.status)
  else if (request.verb === 'get') log.read('request.get', loggedOf(request), answer.code)
  else if (request.verb === 'list') log.read('request.list', loggedOf(request), answer.code)
}

function loggedOf(request: ApiRequest): LoggedRequest {
  const { user, verb, resource, namespace, list } = request
  const resourceVersion = request.resourceVersion ?? list?.resourceVersion
  return { user, verb, resource, namespace, name: request.name ?? nameInSelector(list?.fieldSelector), resourceVersion }
}
