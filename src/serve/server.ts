import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ServedSim } from '../sim/served-sim.ts'
import { type ClockKind, createClock, type ServedClock } from './clock.ts'
import { answerControl, controlPrefix } from './control.ts'
import { answerApi } from './http/api-requests.ts'
import { isOwnHost } from './http/hosts.ts'
import { type Answering, type Asked, hostOf, reply } from './http/messages.ts'
import { OpenStreams } from './http/open-streams.ts'
import type { Recorder } from './recorder.ts'
import type { Room } from './room.ts'
import { Upgrades } from './streams/upgrade.ts'
import { makeIdentity } from './tls/certificates.ts'

/** How a cluster is served. */
export interface ServerOptions {
  /** 0: one that is free. */
  readonly port: number
  readonly clock: ClockKind
  readonly speed: number
  readonly recorder?: Recorder | undefined
  /** Something that podsim did wrong. */
  readonly complain: (what: string, error: unknown) => void
}

/** A cluster that is being served. */
export interface RunningServer {
  readonly url: string
  /** PEM of the authority that its clients trust. */
  readonly ca: string
  readonly token: string
  readonly clock: ServedClock
  readonly openStreams: number
  /** Ends watches cleanly and stops. */
  close(): Promise<void>
}

/** Loopback alone. */
const addresses = ['127.0.0.1', '::1'] as const
const connectionsMax = 512
/** A whole crowd of informers may share one connection. */
const streamsMax = 12_000
/** Memory of one connection in MB: node's own 10 are enough for some hundred streams. */
const sessionMemoryMax = 512

/** Serves a cluster over HTTPS on loopback until it is closed. */
export async function startServer(served: ServedSim, options: ServerOptions): Promise<RunningServer> {
  const streams = new OpenStreams()
  // An outage that begins by itself breaks what is open, too.
  const moved = (): void => {
    if (!served.isReachable()) streams.breakAll()
  }
  let lastFault = 0
  const broken = (error: unknown): void => options.complain('the cluster', error)
  const clock = createClock(served, { kind: options.clock, speed: options.speed, moved, broken })
  const room: Room = {
    served,
    clock,
    token: randomBytes(32).toString('base64url'),
    streams,
    recorder: options.recorder,
    faults: new Map(),
    nextFault: () => ++lastFault,
    complain: options.complain,
  }
  const identity = makeIdentity(Date.now(), addresses, ['localhost'])
  const doors = addresses.map(() => new Door(room, identity))
  const port = await openAll(doors, options.port)
  return {
    url: `https://127.0.0.1:${port}`,
    ca: identity.ca,
    token: room.token,
    clock,
    get openStreams() {
      return room.streams.size
    },
    async close() {
      clock.stop()
      options.recorder?.end(served.sim.now())
      room.streams.endAll()
      await Promise.all(doors.map((door) => door.close()))
    },
  }
}

/** All on one port. A machine without IPv6 is served without. */
async function openAll([first, ...others]: readonly Door[], wanted: number): Promise<number> {
  const port = (await first?.open(wanted, addresses[0])) ?? wanted
  for (const [i, door] of others.entries()) {
    try {
      await door.open(port, addresses[i + 1] ?? '::1')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error
    }
  }
  return port
}

/** One address that is listened on. */
class Door {
  readonly #room: Room
  readonly #server: Http2SecureServer
  /** With the bytes that each had taken at the last look. */
  readonly #sessions = new Map<ServerHttp2Session, number>()
  readonly #sockets = new Set<Socket>()
  #looks: NodeJS.Timeout | undefined
  /** Connections by the client's port that have asked nothing yet. */
  readonly #silent = new Map<number | undefined, NodeJS.Timeout>()

  constructor(room: Room, { ca, certificate, key }: ReturnType<typeof makeIdentity>) {
    this.#room = room
    this.#server = createSecureServer({
      allowHTTP1: true,
      cert: certificate,
      key,
      ca,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: 10_000,
      maxSessionMemory: sessionMemoryMax,
      settings: { maxConcurrentStreams: streamsMax },
    })
    this.#server.maxConnections = connectionsMax
    this.#server.on('session', (session) => this.#hold(session))
    this.#server.on('secureConnection', (socket) => this.#keep(socket))
    this.#server.on('request', (request, response) => this.#answer(request, response))
    const upgrades = new Upgrades(room)
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#spoken(request.socket.remotePort)
      upgrades.take(request, socket, head)
    })
    // What a client does wrong below HTTP ends its connection and nothing else.
    for (const event of ['sessionError', 'tlsClientError']) this.#server.on(event, () => {})
    this.#server.on('clientError', (_error, socket: Socket) => socket.destroy())
  }

  open(port: number, address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, address, () => {
        this.#server.off('error', reject)
        // Listening on a port gives an address with one.
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#looks)
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions.keys()) session.close()
    // What is said by now goes out; who does not take it is not waited for.
    const patience = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, closePatienceMs)
    for (const socket of this.#sockets) if (isIdle(socket)) socket.end()
    await closed
    clearTimeout(patience)
  }

  #hold(session: ServerHttp2Session): void {
    this.#sessions.set(session, 0)
    this.#looks ??= setInterval(() => this.#endStuck(), lookEveryMs).unref()
    session.on('error', () => {})
    session.on('close', () => this.#sessions.delete(session))
  }

  /**
   * Ends connections on which something waited and nothing was taken between two looks: those of clients that went away in the middle of
   * a flood of streams are not told of.
   */
  #endStuck(): void {
    const unread = this.#room.streams.unread()
    for (const [session, before] of this.#sessions) {
      const { bytesWritten } = session.socket
      this.#sessions.set(session, bytesWritten)
      if (bytesWritten === before && unread.has(session)) session.destroy()
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    const { remotePort } = socket
    this.#silent.set(remotePort, setTimeout(() => socket.destroy(), silenceMaxMs).unref())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#spoken(remotePort)
    })
  }

  /** A whole head has come by a connection: it may be kept. */
  #spoken(port: number | undefined): void {
    clearTimeout(this.#silent.get(port))
    this.#silent.delete(port)
  }

  #answer(request: Asked, response: Answering): void {
    for (const each of [request, response]) each.on('error', () => {})
    this.#spoken(request.socket.remotePort)
    if (!isOwnHost(hostOf(request))) {
      reply(response, 403, { 'content-type': 'text/plain; charset=utf-8' }, strangeHostText)
      return
    }
    const isControl = (request.url ?? '').startsWith(controlPrefix)
    const answered = (isControl ? answerControl : answerApi)(this.#room, request, response)
    answered.catch((error: unknown) => this.#room.complain('an answer', error))
  }
}

/** How long a connection may take until it has asked something: there are not many, and others want one. */
const silenceMaxMs = 10_000
/** Time between two looks at what connections take. */
const lookEveryMs = 10_000
/** How long connections may take to end when the server stops. */
const closePatienceMs = 250

/** HTTP/1.1 connections that wait for a next request would be waited for. */
function isIdle(socket: Socket): boolean {
  return !('alpnProtocol' in socket) || socket.alpnProtocol !== 'h2'
}

const strangeHostText = 'podsim answers only requests that name it by 127.0.0.1, ::1 or localhost.\n'
