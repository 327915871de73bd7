import { STATUS_CODES } from 'node:http'
import type { HttpAnswer } from '../../client/server.ts'
import type { Connection } from '../../sim/container-sessions.ts'
import type { Room } from '../room.ts'
import type { SpdyStream } from '../spdy/connection.ts'

type PortsConnection = Extract<Connection, { kind: 'ports' }>

/** Head of a request that is waited for, in bytes. */
const headMax = 64 * 1024

/** Streams of one forwarded connection, which come in pairs. */
interface Pair {
  data?: SpdyStream
  error?: SpdyStream
}

/**
 * Takes the streams of a client that forwards ports: for each connection one for data and one for what goes wrong.
 * Source: kubelet pkg/cri/streaming/portforward/httpstream.go.
 */
export function forwardPorts(room: Room, connection: PortsConnection): (stream: SpdyStream) => void {
  const pairs = new Map<string, Pair>()
  return (stream) => {
    const id = stream.headers.get('requestid') ?? stream.headers.get('port') ?? ''
    const pair = pairs.get(id) ?? {}
    pairs.set(id, pair)
    if (stream.headers.get('streamtype') === 'error') pair.error = stream
    else pair.data = stream
    const { data, error } = pair
    if (data === undefined || error === undefined) return
    pairs.delete(id)
    serveHttp(room, connection, Number(data.headers.get('port') ?? 0), data, error)
  }
}

/** Answers requests of HTTP/1 as the program of the Pod does; whatever else is sent is not understood. */
function serveHttp(
  { clock, complain }: Room,
  connection: PortsConnection,
  port: number,
  data: SpdyStream,
  error: SpdyStream,
): void {
  let head = ''
  const finish = (): void => {
    data.end()
    error.end()
  }
  data.ended = finish
  data.data = (bytes) => {
    head += bytes.toString('latin1')
    if (head.length > headMax) finish()
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const request = requestOf(head.slice(0, end))
    head = head.slice(end + 4)
    try {
      clock.catchUp()
      const answer = connection.ask(port, request)
      if (answer.ok) data.write(httpText(answer.answer))
      else error.write(Buffer.from(answer.message))
    } catch (problem) {
      complain('a forwarded port', problem)
    }
    finish()
  }
}

/** The request line and the headers, without the body. */
function requestOf(head: string): Parameters<PortsConnection['ask']>[1] {
  const [first = '', ...lines] = head.split('\r\n')
  const [, method = 'GET', path = '/'] = /^(\S+) (\S+)/.exec(first) ?? []
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const]
  })
  return { path, method, headers: new Map(headers) }
}

function httpText({ code, headers, body }: HttpAnswer): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${head}\r\n${body}`)
}
