import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'

/** A request and its answer, of HTTP/1.1 or HTTP/2. */
export type Asked = IncomingMessage | Http2ServerRequest
/** What it is answered with. */
export type Answering = ServerResponse | Http2ServerResponse

/** Headers with lower-case names, of which several values are joined as HTTP lets them be; those of HTTP/2 itself left out. */
export function headersOf({ headers }: Pick<Asked, 'headers'>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue
    found[name] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return found
}

/** The host that is asked for: over HTTP/2 there is no `Host`. */
export function hostOf({ headers }: Pick<Asked, 'headers'>): string | undefined {
  const authority = headers[':authority'] ?? headers.host
  return typeof authority === 'string' ? authority : undefined
}

/** Each warning has a header line of its own. Source: apiserver pkg/endpoints/filters/warning.go, AddWarning. */
export function apart(headers: Readonly<Record<string, string>>): Readonly<Record<string, string | string[]>> {
  const { warning, ...rest } = headers
  return warning === undefined ? rest : { ...rest, warning: warning.split(/(?<="), (?=299 - ")/) }
}

/** Answers at once. Headers that belong to a connection are none of HTTP/2's. */
export function reply(
  response: Answering,
  code: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): void {
  if (isGone(response)) return
  response.writeHead(code, { ...apart(headers), 'content-length': String(Buffer.byteLength(body)) })
  response.end(body)
}

/** Nobody is there to be answered. */
export function isGone(response: Answering): boolean {
  // An answer over HTTP/2 does not tell when its stream has been taken back.
  const isBroken = 'stream' in response ? response.stream.destroyed || response.stream.closed : response.destroyed
  return isBroken || response.writableEnded
}

/** Bytes that were written and have not gone out. */
export function unsentBytes(response: Answering): number {
  return 'stream' in response ? response.stream.writableLength : response.writableLength
}

/** Ends the request without an answer: its stream over HTTP/2, its connection otherwise. */
export function cutOff(response: Answering): void {
  if ('stream' in response) response.stream.close(constants.NGHTTP2_CANCEL)
  else response.destroy()
}

/** Ends the connection that a request came by, as one that breaks. */
export function cutOffConnection(request: Asked): void {
  if ('stream' in request) request.stream.session?.destroy()
  else request.socket.destroy()
}

/** How long what is still sent may keep a connection that was answered. */
const endPatienceMs = 250

/** Reads no more of a request that has been answered before its end. */
export function endBody(request: Asked, response: Answering): void {
  if ('stream' in request) {
    cutOff(response)
    return
  }
  const { socket } = request
  socket.end()
  setTimeout(() => socket.destroy(), endPatienceMs).unref()
}
