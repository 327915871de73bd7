import { type Steps, sleep } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { dial, exchange } from '../net/dial.ts'
import { headerOf, parseUrl, type Url } from '../net/http.ts'
import type { ContainerNetwork, WireReply } from '../net/network.ts'
import { resolve } from '../net/resolve.ts'
import { type CurlOptions, readCurlOptions, requestOf } from './curl-options.ts'
import { shownText, type Transfer, tellConnected, tellExchange, writeReply } from './curl-output.ts'
import { warn } from './curl-warnings.ts'
import { assumedOutside, hears, networkOf } from './network.ts'
import { refused } from './system.ts'
import { notSimulated, type ToolContext } from './tool.ts'

/**
 * Fetches by HTTP, as curl 7.88 does, which Debian 12 has. Its progress meter is not shown. Source: curl 7.88 src/tool_operate.c,
 * lib/connect.c, lib/multi.c, lib/strerror.c.
 */
export function* curl(context: ToolContext): Steps<number> {
  const network = networkOf(context)
  if (network === undefined) {
    const run = refused(context)
    return typeof run === 'number' ? run : yield* run
  }
  const given = readCurlOptions(context)
  if (typeof given === 'number') return given
  let code = 0
  for (const url of given.urls) code = yield* fetchOne(context, network, given, url)
  return code
}

/** Source: curl(1), --max-redirs. */
const maxRedirects = 50
/** Source: curl(1), EXIT CODES; the words that go with them are those of a real 7.88.1. */
const codes = { badUrl: 3, protocol: 1, unresolved: 6, refused: 7, httpError: 22, timedOut: 28, tooMany: 47, empty: 52 }

interface Failed {
  readonly code: number
  readonly text: string
}
type Attempt = { readonly ok: true; readonly transfer: Transfer } | ({ readonly ok: false } & Failed)

function* fetchOne(context: ToolContext, network: ContainerNetwork, given: CurlOptions, text: ByteText): Steps<number> {
  const url = parseUrl(text)
  if (url === undefined)
    return fail(context, given, { code: codes.badUrl, text: 'URL using bad/illegal format or missing URL' })
  if (url.scheme === 'https') return (yield* assumedOutside(context)) ?? notSimulated(context, 'https')
  if (url.scheme !== 'http')
    return fail(context, given, {
      code: codes.protocol,
      text: `Protocol "${url.scheme}" not supported or disabled in libcurl`,
    })
  const attempt = yield* retried(context, network, given, url)
  if (attempt === 'outside') return 0
  const failure = attempt.ok ? errorOf(given, attempt.transfer.reply) : attempt
  if (attempt.ok) {
    const error = writeReply(context, given, attempt.transfer, failure !== undefined)
    if (error !== undefined) return fail(context, given, error)
  }
  const code = failure === undefined ? 0 : fail(context, given, failure)
  if (given.writeOut !== undefined)
    context.out(shownText(context, given.writeOut, attempt.ok ? attempt.transfer : undefined, text, code))
  return code
}

/** Source: lib/http.c, http_should_fail. */
function errorOf({ fails }: CurlOptions, { status }: WireReply): Failed | undefined {
  if (!fails || status < 400) return undefined
  return { code: codes.httpError, text: `The requested URL returned error: ${status}` }
}

function fail(context: ToolContext, { isSilent, showsErrors }: CurlOptions, { code, text }: Failed): number {
  if (!isSilent || showsErrors) context.err(`curl: (${code}) ${text}\n`)
  return code
}

/** What is tried again with --retry. Source: src/tool_operate.c, post_per_transfer. */
function isTransient(given: CurlOptions, attempt: Attempt): string | undefined {
  if (!attempt.ok) {
    if (attempt.code === codes.timedOut || attempt.code === codes.unresolved) return ': timeout'
    if (attempt.code === codes.refused && given.retriesRefused) return ': connection refused'
    return given.retriesAll ? '(retrying all errors)' : undefined
  }
  const { status } = attempt.transfer.reply
  if ([408, 429, 500, 502, 503, 504].includes(status)) return ': HTTP error'
  return given.retriesAll && errorOf(given, attempt.transfer.reply) !== undefined ? '(retrying all errors)' : undefined
}

/** Waits between them a second, then two, four, up to ten minutes. */
const longestDelayMs = 600_000

function* retried(
  context: ToolContext,
  network: ContainerNetwork,
  given: CurlOptions,
  url: Url,
): Steps<Attempt | 'outside'> {
  let delayMs = given.retryDelayMs ?? 1000
  for (let left = given.retries; ; left--) {
    const attempt = yield* followed(context, network, given, url)
    if (attempt === 'outside') return attempt
    const problem = left > 0 ? isTransient(given, attempt) : undefined
    if (problem === undefined) return attempt
    const failure = attempt.ok ? errorOf(given, attempt.transfer.reply) : attempt
    if (failure !== undefined) fail(context, given, failure)
    const seconds = Math.floor(delayMs / 1000)
    if (!given.isSilent) warn(context, `Problem ${problem}. Will retry in ${seconds} seconds. ${left} retries left.`)
    yield* sleep(delayMs)
    if (given.retryDelayMs === undefined) delayMs = Math.min(longestDelayMs, delayMs * 2)
  }
}

function* followed(
  context: ToolContext,
  network: ContainerNetwork,
  given: CurlOptions,
  first: Url,
): Steps<Attempt | 'outside'> {
  let url = first
  for (let left = maxRedirects; left >= 0; left--) {
    const attempt = yield* once(context, network, given, url)
    if (attempt === 'outside' || !attempt.ok || !given.follows) return attempt
    const { reply } = attempt.transfer
    const location = reply.status >= 300 && reply.status < 400 ? headerOf(reply, 'location') : undefined
    const next: Url | undefined =
      location === undefined
        ? undefined
        : parseUrl(location.startsWith('/') ? `http://${url.authority}${location}` : location)
    if (next === undefined) return attempt
    url = next
  }
  return { ok: false, code: codes.tooMany, text: `Maximum (${maxRedirects}) redirects followed` }
}

/** Source: lib/connect.h, DEFAULT_CONNECT_TIMEOUT. */
const defaultConnectMs = 300_000

/** One attempt: the name, the connection, the exchange; each within what --connect-timeout and --max-time leave. */
function* once(
  context: ToolContext,
  network: ContainerNetwork,
  given: CurlOptions,
  url: Url,
): Steps<Attempt | 'outside'> {
  const { kernel } = context.shell.world
  const beganAt = kernel.now()
  const limitMs = Math.min(given.connectTimeoutMs ?? defaultConnectMs, given.maxTimeMs ?? Number.POSITIVE_INFINITY)
  const { host, port } = url
  const target = { host, port }
  const found = yield* resolve(
    network,
    host,
    given.connectTimeoutMs === undefined && given.maxTimeMs === undefined ? undefined : limitMs,
  )
  const spentMs = kernel.now() - beganAt
  if (found.kind === 'outside' && (yield* assumedOutside(context)) !== undefined) return 'outside'
  if (found.kind !== 'found') {
    network.tell(target, { kind: found.kind === 'silent' ? 'silent' : 'unnamed' })
    return found.kind === 'silent' && spentMs >= limitMs
      ? { ok: false, code: codes.timedOut, text: `Resolving timed out after ${spentMs} milliseconds` }
      : { ok: false, code: codes.unresolved, text: `Could not resolve host: ${host}` }
  }
  const [ip = ''] = found.addresses
  if (given.isVerbose) context.err(`*   Trying ${ip}:${port}...\n`)
  const route = yield* dial(network, ip, port, limitMs - spentMs)
  hears(context, route)
  const ms = kernel.now() - beganAt
  if (route.kind !== 'open') {
    network.tell(target, { kind: route.kind === 'gave up' ? 'silent' : route.kind })
    const failed = `Failed to connect to ${host} port ${port} after ${ms} ms`
    if (route.kind === 'gave up') {
      // --connect-timeout ends the attempt, --max-time all of it.
      const isWhole = (given.maxTimeMs ?? Number.POSITIVE_INFINITY) <= (given.connectTimeoutMs ?? defaultConnectMs)
      const text = isWhole ? `Connection timed out after ${ms} milliseconds` : `${failed}: Timeout was reached`
      return { ok: false, code: codes.timedOut, text }
    }
    const text = `${failed}: Couldn't connect to server`
    // What the system times out ends with another code, and these words. Source: lib/connect.c, is_connected, ETIMEDOUT.
    return { ok: false, code: route.kind === 'silent' ? codes.timedOut : codes.refused, text }
  }
  if (given.isVerbose) tellConnected(context, url, ip)
  const request = requestOf(given, url)
  const reply = yield* exchange(network, route, request)
  if (reply === undefined) return { ok: false, code: codes.empty, text: 'Empty reply from server' }
  if (given.isVerbose) tellExchange(context, request, reply)
  network.tell(target, reply.status >= 400 ? { kind: 'status', status: reply.status } : { kind: 'reached' })
  return { ok: true, transfer: { reply, ip, ms: kernel.now() - beganAt, port, isHead: request.method === 'HEAD' } }
}
