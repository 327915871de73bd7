import type { Status } from '../../api/types/meta.ts'
import { answeredObject } from '../../client/answered-object.ts'
import type { BodyTree, HttpAnswer, HttpRequest, HttpStream } from '../../client/server.ts'
import { isObject, textAt } from '../../go/json.ts'
import { CommandFailure } from '../cli/failure.ts'
import type { FlagValues } from '../cli/flags.ts'
import type { ClientVersion } from '../client-version.ts'
import type { KubectlHost, NetworkFailure } from '../host.ts'

/** Accept header of a table. Source: pkg/cmd/get/get.go, transformRequests. */
export const tableAccept =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'

export type Query = Readonly<Record<string, string | undefined>>

export interface RequestOptions {
  readonly query?: Query
  /** JSON text, or an object and how to write it. */
  readonly body?: string | JsonBody
  readonly contentType?: string
  readonly accept?: string
  /** `secrets` or `deployments.apps`: named by errors whose answer is no Status. */
  readonly resource?: string
}

/** An object that is sent; a server that lives in the same process takes it as it is, and no text is made. */
export interface JsonBody {
  readonly tree: BodyTree
  text(): string
}

export interface WatchStream {
  /** Lines that came since the last call. */
  take(): readonly string[]
  /** Whether the server has ended it. */
  ended(): boolean
  stop(): void
}

/** The API server by HTTP, as kubectl's transport reaches it. Refusals leave as CommandFailure. */
export interface Rest {
  readonly serverUrl: string
  request(method: string, path: string, options?: RequestOptions): unknown
  /** The answer's text, whatever its type. */
  text(path: string): string
  watch(path: string, options: RequestOptions): WatchStream
  /** How long an answer may take, in ms, if a flag says so. */
  readonly timeoutMs: number | undefined
}

export function createRest(
  host: KubectlHost,
  flags: FlagValues,
  version: ClientVersion,
  err: (text: string) => void,
): Rest {
  const serverUrl = normalizedUrl(flags.string('server') || host.serverAddress)
  const away = serverUrl !== normalizedUrl(host.serverAddress)
  const warned = new Set<string>()
  const headers = commonHeaders(flags, version)
  const ask = (method: string, path: string, options: RequestOptions): HttpAnswer | HttpStream => {
    const full = path + queryText(options.query)
    const sent = {
      user: host.user,
      method,
      path: full,
      headers: {
        ...headers,
        accept: options.accept ?? 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
      },
    }
    const { body = '' } = options
    const request = typeof body === 'string' ? { ...sent, body } : new SentObject(sent, body)
    const answer = away ? refused(serverUrl) : host.http(request)
    if ('kind' in answer) throw new CommandFailure({ kind: 'network', url: serverUrl + full, message: answer.message })
    if (version.printsWarnings) for (const text of warningsOf(answer)) warnOnce(text, warned, err)
    return answer
  }
  const refuse = (answer: HttpAnswer, method: string, options: RequestOptions): never => {
    throw new CommandFailure({ kind: 'status', status: statusOf(answer, method, options.resource ?? '') })
  }
  return {
    serverUrl,
    timeoutMs: timeoutOf(flags),
    request(method, path, options = {}) {
      const answer = ask(method, path, options)
      if (!('body' in answer)) return undefined
      if (answer.code < 200 || answer.code > 299) refuse(answer, method, options)
      return answeredObject(answer)
    },
    text(path) {
      const answer = ask('GET', path, {})
      if (!('body' in answer)) return ''
      if (answer.code < 200 || answer.code > 299) refuse(answer, 'GET', {})
      return answer.body
    },
    watch(path, options) {
      const answer = ask('GET', path, options)
      if (!('body' in answer)) return openStream(answer)
      if (!version.watchErrorIsStatus && answer.code === 403) {
        refuse({ ...answer, body: 'unknown' }, 'GET', options)
      }
      return refuse(answer, 'GET', options)
    },
  }
}

/** A request whose text is written only for a server that asks for it. */
class SentObject implements HttpRequest {
  readonly user: HttpRequest['user']
  readonly method: string
  readonly path: string
  readonly headers: HttpRequest['headers']
  readonly tree: BodyTree
  private readonly json: JsonBody

  constructor({ user, method, path, headers }: Omit<HttpRequest, 'body'>, json: JsonBody) {
    this.user = user
    this.method = method
    this.path = path
    this.headers = headers
    this.tree = json.tree
    this.json = json
  }

  get body(): string {
    return this.json.text()
  }
}

function openStream(answer: HttpStream): WatchStream {
  let lines: string[] = []
  let rest = ''
  let over = false
  const reading = answer.read({
    chunk(text) {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts.filter((line) => line !== ''))
    },
    end() {
      over = true
    },
  })
  return {
    take() {
      const taken = lines
      lines = []
      return taken
    },
    ended: () => over,
    stop: () => reading.stop(),
  }
}

function commonHeaders(flags: FlagValues, version: ClientVersion): Readonly<Record<string, string>> {
  const as = flags.string('as')
  const groups = flags.list('as-group')
  return {
    'user-agent': `kubectl/${version.gitVersion} (linux/amd64) kubernetes/0000000`,
    ...(as === '' ? {} : { 'impersonate-user': as }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.join(',') }),
  }
}

function timeoutOf(flags: FlagValues): number | undefined {
  const text = flags.string('request-timeout')
  if (text === '' || text === '0') return undefined
  return /^\d+$/.test(text) ? Number(text) * 1000 : flags.durationMs('request-timeout')
}

function normalizedUrl(url: string): string {
  return (url.includes('://') ? url : `http://${url}`).replace(/\/+$/, '')
}

function refused(url: string): NetworkFailure {
  return { kind: 'network', message: `dial tcp ${url.replace(/^\w+:\/\//, '')}: connect: connection refused` }
}

function queryText(query: Query | undefined): string {
  const parts = Object.entries(query ?? {})
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return parts.length === 0 ? '' : `?${parts.sort().join('&')}`
}

function warningsOf(answer: HttpAnswer | HttpStream): readonly string[] {
  const header = answer.headers.warning ?? answer.headers.Warning
  if (header === undefined) return []
  return [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
}

function warnOnce(text: string, warned: Set<string>, err: (text: string) => void): void {
  if (warned.has(text)) return
  warned.add(text)
  err(`Warning: ${text}\n`)
}

function statusOf(answer: HttpAnswer, method: string, resource: string): Status {
  const parsed = parsedOf(answer)
  // A Status is one by its kind; the server is ours, so the rest of its shape is trusted.
  if (isObject(parsed) && textAt(parsed, 'kind') === 'Status') return parsed as unknown as Status
  return genericStatus(answer.code, method, resource, answer.body.trim())
}

function parsedOf(answer: HttpAnswer): unknown {
  try {
    return answeredObject(answer)
  } catch {
    return undefined
  }
}

const genericReasons: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
}

/** Source: k8s.io/apimachinery pkg/api/errors/errors.go, NewGenericServerResponse. */
function genericStatus(code: number, method: string, resource: string, body: string): Status {
  const known = genericReasons[code]
  const told: readonly [string, string] =
    code === 403
      ? ['Forbidden', body]
      : (known ??
        (code >= 500
          ? [
              'InternalError',
              `an error on the server (${JSON.stringify(body)}) has prevented the request from succeeding`,
            ]
          : ['', `the server responded with the status code ${code} but did not return more information`]))
  const tail = resource === '' ? '' : ` (${method.toLowerCase()} ${resource})`
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: told[0],
    message: told[1] + tail,
    details: {},
    code,
  }
}
