import type { ApiAnswer, ApiRequest } from '../client/server.ts'
import { type LaterLooks, laterLooks } from './admission/later-looks.ts'
import type { EncodedRequest } from './encoded-request.ts'
import type { RequestLog } from './request-log.ts'

/** Answers a request at once. */
export type RequestHandler = (request: EncodedRequest) => ApiAnswer

/** The answer; or, where admission may find later what it misses, how to go on. The first look says how long it waits. */
export function answerOrHold(
  log: RequestLog,
  work: RequestHandler,
  request: EncodedRequest,
  before?: LaterLooks,
): ApiAnswer {
  const answer = work(request)
  const looks = answer.ok ? undefined : laterLooks(answer.status)
  const { times, everyMs } = before ?? looks ?? noLooks
  if (answer.ok || looks === undefined || times === 0) {
    logRead(log, request, answer)
    return answer
  }
  const goOn = (): ApiAnswer => answerOrHold(log, work, request, { times: times - 1, everyMs })
  return { ...answer, held: { ms: everyMs, goOn } }
}

const noLooks: LaterLooks = { times: 0, everyMs: 0 }

/** `metadata.name=X` makes X the name of a list or watch. Source: apiserver pkg/endpoints/request/requestinfo.go. */
export function nameInSelector(selector: string | undefined): string | undefined {
  if (selector === undefined) return undefined
  return /(?:^|,)metadata\.name==?([^,=!\\]+)(?:,|$)/.exec(selector)?.[1]
}

function logRead(log: RequestLog, request: ApiRequest, answer: ApiAnswer): void {
  if (!log.keepsReads) return
  if (!answer.ok) log.refused(loggedOf(request), answer.status)
  else if (request.verb === 'get') log.read('request.get', loggedOf(request), answer.code)
  else if (request.verb === 'list') log.read('request.list', loggedOf(request), answer.code)
}

function loggedOf(request: ApiRequest): Parameters<RequestLog['refused']>[0] {
  const { user, verb, resource, namespace, list } = request
  const resourceVersion = request.resourceVersion ?? list?.resourceVersion
  return { user, verb, resource, namespace, name: request.name ?? nameInSelector(list?.fieldSelector), resourceVersion }
}
