import type { Unsubscribable } from 'rxjs'
import { unauthorized } from '../api/status.ts'
import type { Status } from '../api/types/meta.ts'
import { defineHandler } from '../kernel/handler.ts'
import type { Ticket } from '../kernel/kernel.ts'
import { Once, type Receiver } from '../kernel/once.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { maxRetries } from '../versions/client-go.ts'
import type { RequestError } from './client.ts'
import type { Link, Passenger } from './link.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { RequestLine } from './request-url.ts'
import type { ApiAnswer, ApiRequest, ApiServer, Held } from './server.ts'

/** Whom a client's requests go to, and how. */
export interface Route {
  readonly server: ApiServer
  readonly link: Link
  /** The client's own throttle (kubeAPIQPS, --kube-api-qps); absent: none. */
  readonly limiter?: RateLimiter
  /** Longest wait for an answer; watches know none. Absent: for ever. */
  readonly timeoutMs?: VirtualMs
  /** Of the client. */
  readonly minor: number
}

/** A request over a link. The kind of the answer is the caller's promise, as with client-go's typed clients. */
export class Request<T> extends Once<T, RequestError> {
  private readonly route: Route
  private readonly request: ApiRequest

  constructor(route: Route, request: ApiRequest) {
    super()
    this.route = route
    this.request = request
  }

  override begin(receiver: Receiver<T, RequestError>): Unsubscribable {
    const { limiter, link } = this.route
    const journey = new LinkedRequest<T>(this.route, this.request, receiver)
    const waitMs = limiter?.take() ?? 0
    if (waitMs === 0) journey.send()
    else link.kernel.post(waitMs, send, journey)
    return journey
  }
}

const send = defineHandler('a request is sent', (journey: LinkedRequest<unknown>) => journey.send())
const arrive = defineHandler('a request arrives', (journey: LinkedRequest<unknown>) => journey.arrive())
const goOn = defineHandler('a request goes on', (journey: LinkedRequest<unknown>) => journey.goOn())
const expire = defineHandler('a request times out', (journey: LinkedRequest<unknown>) => journey.expire())

/** One request on its way to the server and back: half of its latency each. A row, for very many are under way. */
class LinkedRequest<T> implements Passenger, Unsubscribable {
  private readonly route: Route
  private readonly request: ApiRequest
  /** Undefined once nobody waits any more. */
  private receiver: Receiver<T, RequestError> | undefined
  private connection = 0
  private backMs: VirtualMs = 0
  private deadline: Ticket | undefined
  /** The client has its answer, or has given up. */
  private isOver = false
  private answer: ApiAnswer | undefined
  private isAnswerLost = false
  /** The server is still at it. */
  private held: Held<ApiAnswer> | undefined
  private retries = 0

  constructor(route: Route, request: ApiRequest, receiver: Receiver<T, RequestError>) {
    this.route = route
    this.request = request
    this.receiver = receiver
  }

  send(): void {
    // Whoever gave up before it was sent has not sent it.
    if (this.receiver === undefined) return
    const { link, timeoutMs } = this.route
    const totalMs = link.requestMs(this.request.verb, link.random, needsStore(this.request))
    const thereMs = totalMs >> 1
    this.backMs = totalMs - thereMs
    this.connection = link.connection
    if (timeoutMs !== undefined) this.deadline = link.kernel.post(timeoutMs, expire, this)
    link.kernel.post(thereMs, arrive, this)
  }

  unsubscribe(): void {
    this.receiver = undefined
  }

  arrive(): void {
    this.route.link.pass(this)
  }

  pass(): void {
    if (this.answer === undefined) this.atServer()
    else this.atClient(this.answer)
  }

  late(): void {
    this.fail((link, line) => link.dialTimedOut(line))
  }

  expire(): void {
    this.fail((link, line) => link.timedOut(line))
  }

  private atServer(): void {
    if (this.isOver) return
    const { link, server } = this.route
    if (this.connection !== link.connection && !link.isDown) this.fail((over, line) => over.broken(line))
    else if (link.isDown || link.isRefusing) this.fail((over, line) => over.refused(line))
    else this.answered(link.isDenied ? denied : server.handle(link.asSeen(this.request)))
  }

  goOn(): void {
    if (!this.isOver && this.held !== undefined) this.answered(this.held.goOn())
  }

  private answered(answer: ApiAnswer): void {
    const { link } = this.route
    this.held = answer.ok ? undefined : answer.held
    if (this.held !== undefined) {
      link.kernel.post(this.held.ms, goOn, this)
      return
    }
    this.answer = answer
    this.isAnswerLost = link.losesAnswerTo(this.request.verb)
    if (this.backMs === 0) this.arrive()
    else link.kernel.post(this.backMs, arrive, this)
  }

  private atClient(answer: ApiAnswer): void {
    if (this.isAnswerLost || this.connection !== this.route.link.connection)
      this.fail((link, line) => link.broken(line))
    else if (!answer.ok && this.retries < maxRetries(this.route.minor) && retryAfterMs(answer.status) > 0)
      this.retry(retryAfterMs(answer.status))
    else {
      const receiver = this.end()
      if (answer.ok)
        receiver?.answered(answer.object as T) // the caller's promise
      else receiver?.failed({ kind: 'status', status: answer.status })
    }
  }

  /** Asks again when the server says. Source: client-go rest/with_retry.go, IsNextRetry. */
  private retry(afterMs: VirtualMs): void {
    const { limiter, link } = this.route
    this.retries++
    this.answer = undefined
    if (this.deadline !== undefined) link.kernel.cancel(this.deadline)
    this.deadline = undefined
    link.kernel.post(afterMs + (limiter?.take() ?? 0), send, this)
  }

  private fail(why: (link: Link, line: RequestLine) => RequestError): void {
    const receiver = this.end()
    // The text of an error is made for those who hear it.
    receiver?.failed(why(this.route.link, lineOf(this.request)))
  }

  /** Returns who waits for the end, unless it has come before. */
  private end(): Receiver<T, RequestError> | undefined {
    if (this.isOver) return undefined
    this.isOver = true
    if (this.deadline !== undefined) this.route.link.kernel.cancel(this.deadline)
    return this.receiver
  }
}

/** 0 for an answer that stands. Source: client-go rest/with_retry.go, checkWait. */
function retryAfterMs({ code = 0, details }: Status): VirtualMs {
  return code === 429 || code >= 500 ? (details?.retryAfterSeconds ?? 0) * 1000 : 0
}

/** Source: apiserver endpoints/filters/authentication.go, Unauthorized. */
const denied: ApiAnswer = { ok: false, status: unauthorized() }

/** Reads that ask for no version, or a newer one than any, are made by quorum. Source: apiserver storage/cacher/cacher.go, Get and GetList. */
function needsStore({ verb, resourceVersion, list }: ApiRequest): boolean {
  const isRead = verb === 'get' || verb === 'list'
  return !isRead || (resourceVersion ?? list?.resourceVersion) !== '0'
}

const methods = {
  get: 'GET',
  list: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
} as const satisfies Record<ApiRequest['verb'], RequestLine['method']>

/** The request as its URL shows it. */
function lineOf({ verb, resource, namespace, name, subresource, resourceVersion, list }: ApiRequest): RequestLine {
  const query = list ?? (resourceVersion === undefined ? {} : { resourceVersion })
  return {
    method: methods[verb],
    resource,
    key: { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) },
    subresource,
    query,
  }
}
