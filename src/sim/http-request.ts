import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { plainAnswer } from '../client/answered-object.ts'
import type { HttpAnswer, HttpRequest, HttpStream } from '../client/server.ts'
import { userNamed } from '../cluster/users.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { SimRequest } from './sim.ts'
import { SimUsageError } from './usage-error.ts'

/** A request of the public API as HTTP carries it; without a user its headers may hold a bearer token. */
export function httpRequest(kernel: Kernel, server: RunningApiServer, request: SimRequest): HttpAnswer | HttpStream {
  // Nothing that happened before led to it.
  kernel.cause = 0
  const answer = server.http(simHttpRequest(request))
  if ('read' in answer) return answer
  const { held: _held, ...plain } = plainAnswer(answer)
  return plain
}

/** The request as the API server gets it. */
export function simHttpRequest(request: SimRequest): HttpRequest {
  const { user, groups, method, path, contentType, accept, body } = request
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new SimUsageError(
      `path is ${JSON.stringify(path)}; expected a path such as /api/v1/namespaces/default/secrets`,
    )
  const isText = typeof body === 'string' || body instanceof Uint8Array
  const type = contentType ?? (body === undefined ? '' : 'application/json')
  return {
    user: user === undefined ? undefined : userNamed(user, groups),
    method,
    path,
    headers: {
      ...(type === '' ? {} : { 'content-type': type }),
      accept: accept ?? 'application/json',
      ...lowerCase(request.headers ?? {}),
    },
    body: body === undefined ? '' : isText ? body : JSON.stringify(body),
    lasting: request.lasting ?? false,
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
