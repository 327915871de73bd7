import type { ApiAnswer } from '../client/server.ts'
import { type LaterLooks, laterLooks } from './admission/later-looks.ts'
import type { EncodedRequest } from './encoded-request.ts'
import { logRead, type RequestLog } from './request-log.ts'

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
