import { conflict, failure, objectModified, unauthorized } from '../api/status.ts'
import type { Status } from '../api/types/meta.ts'
import { nodeUser } from '../apiserver/auth/users.ts'
import type { RequestHandler } from '../apiserver/create-api-server.ts'
import type { ApiRequest, Verb } from '../client/server.ts'

/** Answers that the API server gives although nothing is wrong with the request: 401, 409, 429, 500, 503, 504. Watches are left alone. */

export type FaultCode = 401 | 409 | 429 | 500 | 503 | 504

/** Which requests are refused, and how; what is absent is any. */
export interface RequestRule {
  readonly code: FaultCode
  readonly user?: string
  readonly node?: string
  readonly verb?: Verb
  readonly resource?: string
  readonly name?: string
  /** So many; all of them unless given. */
  readonly count?: number
}

/** The rules that hold now, in the order in which they began. */
export class RequestFaults {
  readonly #rules = new Set<{ readonly rule: RequestRule; left: number }>()

  /** Whether any rule holds. */
  get isActive(): boolean {
    return this.#rules.size > 0
  }

  /** Refuses what a rule says, until the end that is given back. */
  begin(rule: RequestRule): () => void {
    const entry = { rule, left: rule.count ?? Number.POSITIVE_INFINITY }
    this.#rules.add(entry)
    return () => void this.#rules.delete(entry)
  }

  /** Before the request pipeline. */
  around(handle: RequestHandler): RequestHandler {
    return (request) => {
      for (const entry of this.#rules) {
        if (entry.left <= 0 || !concerns(entry.rule, request)) continue
        entry.left--
        return { ok: false, status: statusOf(entry.rule.code, request) }
      }
      return handle(request)
    }
  }
}

type Asked = Pick<ApiRequest, 'user' | 'verb' | 'resource' | 'name'>

function concerns({ code, user, node, verb, resource, name }: RequestRule, request: Asked): boolean {
  // Only who writes over what was there can come too late.
  if (code === 409 && request.verb !== 'update' && request.verb !== 'patch') return false
  if (user !== undefined && request.user.name !== user) return false
  if (node !== undefined && request.user.name !== nodeUser(node).name) return false
  if (verb !== undefined && request.verb !== verb) return false
  if (resource !== undefined && request.resource.resource !== resource) return false
  return name === undefined || request.name === name
}

/** What a client makes of an answer without a Status. Source: apimachinery pkg/api/errors/errors.go, NewGenericServerResponse. */
const generic: Readonly<Record<Exclude<FaultCode, 401 | 409>, readonly [reason: string, message: string]>> = {
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', 'an error on the server ("unknown") has prevented the request from succeeding'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
}

/** HTTP's methods, as messages name them. */
const methods: Readonly<Record<Verb, string>> = {
  get: 'get',
  list: 'get',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
}

function statusOf(code: FaultCode, { verb, resource, name = '' }: Asked): Status {
  if (code === 401) return unauthorized()
  if (code === 409) return conflict(resource, name, objectModified)
  const [reason, message] = generic[code]
  const { group, resource: plural } = resource
  const qualified = group === '' ? plural : `${plural}.${group}`
  const tail =
    name === '' || verb === 'create' ? ` (${methods[verb]} ${qualified})` : ` (${methods[verb]} ${qualified} ${name})`
  return failure(code, reason, message + tail, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: plural,
    ...(code === 429 ? { retryAfterSeconds: 1 } : {}),
  })
}
