import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { HttpAnswer } from '../../client/server.ts'
import { shellQuoted } from '../../scenario/shell-quote.ts'
import type { Connection } from '../../sim/container-sessions.ts'
import { simRequestOf } from '../http/api-requests.ts'
import { isOwnHost } from '../http/hosts.ts'
import { hostOf } from '../http/messages.ts'
import type { Room } from '../room.ts'
import { type SpdyCarrier, SpdyConnection } from '../spdy/connection.ts'
import { bytesOf } from './message-bytes.ts'
import { forwardPorts } from './ports.ts'
import { spdyCommand } from './spdy-command.ts'
import { webSocketCommand } from './web-socket-command.ts'

/** Longest message of a client, in bytes. */
const messageMax = 1024 * 1024
/** Protocols of WebSockets, best first. Source: apimachinery pkg/util/remotecommand/constants.go; portforward/constants.go. */
const commandProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'
/** Protocols of SPDY, likewise. */
const spdyCommandProtocol = 'v4.channel.k8s.io'
const spdyPortsProtocol = 'portforward.k8s.io'
/** How long a connection may stay open after its end was said. */
const closePatienceMs = 500

/** Takes connections that become something else than HTTP: to containers, by WebSocket or SPDY/3.1. */
export class Upgrades {
  readonly #room: Room
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageMax,
    handleProtocols: (offered) => commandProtocols.find((each) => offered.has(each)) ?? false,
  })

  constructor(room: Room) {
    this.#room = room
  }

  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    if (!isOwnHost(hostOf(request))) {
      refuse(socket, { code: 403, headers: {}, body: '' })
      return
    }
    const connection = this.#connect(request)
    if (!this.#room.served.isReachable()) {
      socket.destroy()
      return
    }
    if (connection === undefined || 'code' in connection) {
      refuse(socket, connection ?? { code: 500, headers: {}, body: '' })
      return
    }
    const wanted = String(request.headers.upgrade ?? '').toLowerCase()
    if (wanted === 'websocket') this.#webSocket(request, socket, head, connection)
    else if (wanted === 'spdy/3.1') this.#spdy(request, socket, head, connection)
    else refuse(socket, { code: 400, headers: {}, body: `unable to upgrade: unknown protocol ${wanted}\n` })
  }

  #connect(request: IncomingMessage): HttpAnswer | Connection | undefined {
    const { clock, served, complain, token } = this.#room
    try {
      clock.catchUp()
      const connection = served.connect(simRequestOf(request, token))
      if ('kind' in connection && connection.kind === 'session') recordExec(this.#room, request.url ?? '')
      return connection
    } catch (error) {
      complain('a connection to a container', error)
      return undefined
    }
  }

  #webSocket(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection): void {
    const isTunnel = offers(request, tunnelProtocol)
    // Its name is no token, which the package would not have; it is agreed to beside it.
    if (isTunnel) delete request.headers['sec-websocket-protocol']
    this.#sockets.once('headers', (lines) => {
      if (isTunnel) lines.push(`Sec-WebSocket-Protocol: ${tunnelProtocol}`)
    })
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {})
      if (connection.kind === 'session' && !isTunnel && webSocket.protocol !== '')
        webSocketCommand(this.#room, connection, webSocket, () => endSoon(webSocket, socket))
      else if (connection.kind === 'ports' && isTunnel) this.#tunnel(webSocket, socket, connection)
      else webSocket.close(1002, 'no protocol that is spoken here')
    })
  }

  /** SPDY in the frames of a WebSocket. Source: client-go transport/websocket/conn.go, tools/portforward/tunneling_connection.go. */
  #tunnel(webSocket: WebSocket, socket: Duplex, connection: Extract<Connection, { kind: 'ports' }>): void {
    const spdy = new SpdyConnection(
      { write: (bytes) => webSocket.send(bytes), end: () => endSoon(webSocket, socket) },
      forwardPorts(this.#room, connection),
    )
    webSocket.on('message', (data) => spdy.receive(bytesOf(data)))
    webSocket.on('close', () => spdy.broken())
  }

  #spdy(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection): void {
    const protocol = connection.kind === 'ports' ? spdyPortsProtocol : spdyCommandProtocol
    const offered = String(request.headers['x-stream-protocol-version'] ?? '')
    if (!offered.split(',').some((each) => each.trim() === protocol)) {
      refuse(socket, {
        code: 403,
        headers: {},
        body: `unable to upgrade: unable to negotiate protocol: client supports [${offered}], server accepts [${protocol}]\n`,
      })
      return
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
    )
    const carrier: SpdyCarrier = { write: (bytes) => socket.write(bytes), end: () => socket.end() }
    const spdy: SpdyConnection = new SpdyConnection(
      carrier,
      connection.kind === 'ports'
        ? forwardPorts(this.#room, connection)
        : spdyCommand(this.#room, connection, () => spdy.close()),
    )
    socket.on('data', (bytes: Buffer) => spdy.receive(bytes))
    socket.on('close', () => spdy.broken())
    if (head.length > 0) spdy.receive(head)
  }
}

/** A command that is run is written down with the words it is run with. */
function recordExec({ recorder, served }: Room, url: string): void {
  const [path = '', query = ''] = url.split('?')
  const [, namespace, pod] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(path) ?? []
  if (recorder === undefined || namespace === undefined || pod === undefined) return
  const asked = new URLSearchParams(query)
  const line = asked.getAll('command').map(shellQuoted).join(' ')
  recorder.exec(served.sim.now(), namespace, pod, asked.get('container') ?? undefined, line)
}

function offers({ headers }: IncomingMessage, protocol: string): boolean {
  return (headers['sec-websocket-protocol'] ?? '').split(',').some((each) => each.trim() === protocol)
}

/** Closes a WebSocket; a client that does not answer in time is left. */
function endSoon(webSocket: WebSocket, socket: Duplex): void {
  webSocket.close(1000)
  setTimeout(() => socket.destroy(), closePatienceMs).unref()
}

function refuse(socket: Duplex, { code, headers, body }: HttpAnswer): void {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  socket.end(
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}
