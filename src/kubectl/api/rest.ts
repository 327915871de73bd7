import type { Status } from '../../api/types/meta.ts'
import { answeredObject } from '../../client/answered-object.ts'
import type { BodyTree, HttpAnswer, HttpRequest, HttpStream } from '../../client/server.ts'
import { isObject, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type Attempt, CommandFailure, type Failure, fail } from '../cli/failure.ts'
import { type FlagValues, parseGoDuration } from '../cli/flags.ts'
import { until } from '../cli/until.ts'
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
  request(method: string, path: string, options?: RequestOptions): Steps<unknown>
  /** The same with a refusal as data. */
  tryRequest(method: string, path: string, options?: RequestOptions): Steps<Attempt<unknown>>
  /** The answer's text, whatever its type. */
  text(path: string, method?: 'GET' | 'POST' | 'PUT' | 'DELETE', body?: string): Steps<string>
  watch(path: string, options: RequestOptions): Steps<WatchStream>
  /** How long an answer may take, in ms, if a flag says so. */
  readonly timeoutMs: number | undefined
  /** How many warnings the server gave, each counted once. */
  readonly warnings: number
}

export function createRest(
  host: KubectlHost,
  flags: FlagValues,
  version: ClientVersion,
  err: (text: string) => void,
): Rest {
  return new HttpRest(host, flags, version, err)
}

class HttpRest implements Rest {
  readonly serverUrl: string
  readonly timeoutMs: number | undefined
  readonly #host: KubectlHost
  readonly #version: ClientVersion
  /** Of requests that send nothing and take any JSON. */
  readonly #headers: Readonly<Record<string, string>>
  readonly #away: boolean
  readonly #warned = new Set<string>()
  readonly #err: (text: string) => void

  constructor(host: KubectlHost, flags: FlagValues, version: ClientVersion, err: (text: string) => void) {
    const home = normalizedUrl(host.serverAddress)
    this.serverUrl = flags.changed('server') ? normalizedUrl(flags.string('server') || host.serverAddress) : home
    this.timeoutMs = timeoutOf(flags)
    this.#host = host
    this.#version = version
    this.#headers = commonHeaders(flags, version)
    this.#away = this.serverUrl !== home
    this.#err = err
  }

  *request(method: string, path: string, options: RequestOptions = noOptions): Steps<unknown> {
    const result = resultOf(yield* this.#ask(method, path, options), method, options)
    if (!result.ok) throw new CommandFailure(result.failure)
    return result.value
  }

  *tryRequest(method: string, path: string, options: RequestOptions = noOptions): Steps<Attempt<unknown>> {
    return resultOf(yield* this.#ask(method, path, options), method, options)
  }

  *text(path: string, method = 'GET', body?: string): Steps<string> {
    const answer = yield* this.#ask(method, path, body === undefined ? noOptions : { body })
    if ('kind' in answer) throw new CommandFailure(answer)
    if (!('body' in answer)) return ''
    if (!isSuccess(answer)) throw new CommandFailure(refusalOf(answer, method, noOptions))
    return answer.body
  }

  *watch(path: string, options: RequestOptions): Steps<WatchStream> {
    const answer = yield* this.#ask('GET', path, options)
    if ('kind' in answer) throw new CommandFailure(answer)
    if (!('body' in answer)) return openStream(answer)
    const hidesStatus = !this.#version.watchErrorIsStatus && answer.code === 403
    throw new CommandFailure(refusalOf(hidesStatus ? { ...answer, body: 'unknown' } : answer, 'GET', options))
  }

  /** A server that is too busy, or not ready yet, is asked again when it says. Source: client-go rest/with_retry.go, IsNextRetry. */
  *#ask(method: string, path: string, options: RequestOptions): Steps<HttpAnswer | HttpStream | Failure> {
    const full = path + queryText(options.query)
    const request = this.#requestOf(method, full, options)
    for (let retries = 0; ; retries++) {
      const ms = this.#away ? 0 : (this.#host.times?.requestMs(method, full) ?? 0)
      if (ms > 0) yield* until(this.#host, never, ms)
      let answer = this.#away ? refused(this.serverUrl) : this.#host.http(request)
      while ('held' in answer && answer.held !== undefined) {
        yield* until(this.#host, never, answer.held.ms)
        answer = answer.held.goOn()
      }
      if ('kind' in answer) return { kind: 'network', url: this.serverUrl + full, message: answer.message }
      const seconds = retries < this.#version.maxRetries ? retryAfter(answer) : undefined
      if (seconds === undefined) {
        if (this.#version.printsWarnings) for (const text of warningsOf(answer)) this.#warnOnce(text)
        return answer
      }
      yield* until(this.#host, never, seconds * 1000)
    }
  }

  #requestOf(method: string, path: string, options: RequestOptions): HttpRequest {
    const { body = '' } = options
    const { user } = this.#host
    const headers = this.#headersOf(options)
    if (typeof body === 'string') return { user, method, path, headers, body }
    return new SentObject(user, method, path, headers, body)
  }

  #headersOf({ accept, body, contentType = 'application/json' }: RequestOptions): HttpRequest['headers'] {
    if (accept === undefined && body === undefined) return this.#headers
    return {
      ...this.#headers,
      ...(accept === undefined ? {} : { accept }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    }
  }

  get warnings(): number {
    return this.#warned.size
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.#err(`Warning: ${text}\n`)
  }
}

const noOptions: RequestOptions = {}

const never = (): boolean => false

function isSuccess({ code }: HttpAnswer): boolean {
  return code >= 200 && code <= 299
}

function resultOf(
  answer: HttpAnswer | HttpStream | Failure,
  method: string,
  options: RequestOptions,
): Attempt<unknown> {
  if ('kind' in answer) return { ok: false, failure: answer }
  if (!('body' in answer)) return { ok: true, value: undefined }
  if (isSuccess(answer)) return { ok: true, value: answeredObject(answer) }
  return { ok: false, failure: refusalOf(answer, method, options) }
}

function refusalOf(answer: HttpAnswer, method: string, options: RequestOptions): Failure {
  return { kind: 'status', status: statusOf(answer, method, options.resource ?? '') }
}

/** Seconds after which to ask again; undefined for an answer that stands. Source: client-go rest/with_retry.go, checkWait. */
function retryAfter({ code, headers }: HttpAnswer | HttpStream): number | undefined {
  if (code !== 429 && code < 500) return undefined
  const text = headers['retry-after'] ?? ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** A request whose text is written only for a server that asks for it. */
class SentObject implements HttpRequest {
  readonly user: HttpRequest['user']
  readonly method: string
  readonly path: string
  readonly headers: HttpRequest['headers']
  readonly tree: BodyTree
  private readonly json: JsonBody

  constructor(
    user: HttpRequest['user'],
    method: string,
    path: string,
    headers: HttpRequest['headers'],
    json: JsonBody,
  ) {
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
    accept: 'application/json',
    ...(as === '' ? {} : { 'impersonate-user': as }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.join(',') }),
  }
}

function timeoutOf(flags: FlagValues): number | undefined {
  const text = flags.string('request-timeout')
  if (text === '' || text === '0') return undefined
  if (/^-?\d+$/.test(text)) return Number(text) * 1000
  const ms = parseGoDuration(text)
  if (ms !== undefined) return ms
  // Source: client-go tools/clientcmd/helpers.go, ParseTimeout.
  return fail(
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
  )
}

function normalizedUrl(url: string): string {
  return (url.includes('://') ? url : `http://${url}`).replace(/\/+$/, '')
}

function refused(url: string): NetworkFailure {
  return { kind: 'network', message: `dial tcp ${url.replace(/^\w+:\/\//, '')}: connect: connection refused` }
}

function queryText(query: Query | undefined): string {
  if (query === undefined) return ''
  const parts: string[] = []
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parts.push(`${name}=${encodeURIComponent(value)}`)
  return parts.length === 0 ? '' : `?${parts.sort().join('&')}`
}

function warningsOf(answer: HttpAnswer | HttpStream): readonly string[] {
  const header = answer.headers.warning ?? answer.headers.Warning
  if (header === undefined) return []
  return [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
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
export function genericStatus(code: number, method: string, resource: string, body: string): Status {
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
