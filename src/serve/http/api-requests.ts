import type { HttpAnswer, HttpStream } from '../../client/server.ts'
import type { SimRequest } from '../../sim/sim.ts'
import { type Caller, callerOf } from '../callers.ts'
import type { Room } from '../room.ts'
import { type Answering, type Asked, cutOff, cutOffConnection, endBody, headersOf, isGone, reply } from './messages.ts'
import { readBody } from './read-body.ts'

/** Longest body, in bytes. Source: apiserver pkg/server/config.go, MaxRequestBodyBytes. */
const bodyMaxBytes = 3 * 1024 * 1024

/** Headers that go on to the simulated API server. */
const passedOn = /^(?:accept|content-type|authorization|user-agent|impersonate-.*)$/

/** Answers a request of the Kubernetes API by the simulated cluster. */
export async function answerApi(room: Room, request: Asked, response: Answering): Promise<void> {
  const method = request.method ?? 'GET'
  const body = method === 'GET' || method === 'HEAD' ? noBody : await readBody(request, bodyMaxBytes)
  if (isGone(response)) return
  if (body.kind === 'broken') {
    cutOff(response)
    return
  }
  if (body.kind === 'tooLong') {
    // What is still to come of it is not waited for.
    response.once('finish', () => endBody(request, response))
    const message = `Request entity too large: limit is ${bodyMaxBytes}`
    replyStatus(response, { code: 413, reason: 'RequestEntityTooLarge', message })
    return
  }
  if (body.kind === 'noRoom') {
    response.once('finish', () => endBody(request, response))
    replyStatus(response, { code: 429, reason: 'TooManyRequests', message: busyText })
    return
  }
  room.clock.catchUp()
  if (!room.served.isReachable()) {
    cutOffConnection(request)
    return
  }
  const delayMs = room.served.delayMs(method, request.url ?? '/')
  if (delayMs > 0) await room.clock.passed(delayMs)
  if (isGone(response)) return
  const headers = headersOf(request)
  const caller = callerOf(headers, request.socket, room.token)
  const asked = simRequest(request, method, headers, caller, body.bytes)
  const answer = askCluster(room, asked)
  if (answer === undefined) {
    replyStatus(response, { code: 500, reason: 'InternalError', message: brokenText })
    return
  }
  if ('read' in answer) room.streams.carry(response, answer, { timeoutSeconds: timeoutOf(asked.path) })
  else reply(response, answer.code, answer.headers, method === 'HEAD' ? '' : (answer.bytes ?? answer.body))
}

/** Source: apiserver pkg/server/filters/maxinflight.go, tooManyRequests. */
const busyText = 'Too many requests, please try again later.'

const noBody = { kind: 'bytes', bytes: new Uint8Array() } as const

/** The message of an answer to a request that podsim itself failed at. */
const brokenText = 'Internal error occurred: podsim is broken; its own output says how'

/** A request without a body, as the cluster gets it. */
export function simRequestOf(request: Asked, token: string): SimRequest {
  const headers = headersOf(request)
  return simRequest(
    request,
    request.method ?? 'GET',
    headers,
    callerOf(headers, request.socket, token),
    new Uint8Array(),
  )
}

function simRequest(
  request: Asked,
  method: string,
  headers: Readonly<Record<string, string>>,
  caller: Caller | undefined,
  body: Uint8Array,
): SimRequest {
  const { authorization: _own, ...rest } = headers
  const shown = Object.entries(caller === undefined ? headers : rest).filter(([name]) => passedOn.test(name))
  return {
    method: method === 'HEAD' ? 'GET' : method,
    path: request.url ?? '/',
    headers: Object.fromEntries(shown),
    contentType: headers['content-type'] ?? '',
    ...(body.length === 0 ? {} : { body }),
    ...(caller === undefined ? {} : { user: caller.user, groups: caller.groups }),
    lasting: true,
  }
}

/** Asks the cluster at the present; undefined if podsim is broken. */
function askCluster(room: Room, asked: SimRequest): HttpAnswer | HttpStream | undefined {
  const { clock, served, complain, recorder } = room
  try {
    const answer = served.sim.request(asked)
    if (asked.method !== 'GET') {
      recorder?.request(served.sim.now(), asked, answer.code)
      clock.changed()
    }
    return answer
  } catch (error) {
    complain(`${asked.method} ${asked.path.split('?')[0] ?? ''}`, error)
    return undefined
  }
}

/** `timeoutSeconds` of a watch; 0: it does not say. A followed log has none. */
function timeoutOf(path: string): number | undefined {
  const query = new URLSearchParams(path.split('?')[1] ?? '')
  const isWatch = query.has('watch') || /^\/apis?\/(?:[^/]+\/)?[^/]+\/watch\//.test(path)
  if (!isWatch) return undefined
  const seconds = Number(query.get('timeoutSeconds') ?? 0)
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : 0
}

interface PlainStatus {
  readonly code: number
  readonly reason: string
  readonly message: string
}

/** A Status of the server's own. */
function replyStatus(response: Answering, { code, reason, message }: PlainStatus): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  reply(response, code, { 'content-type': 'application/json' }, `${JSON.stringify(status)}\n`)
}
