import type { IncomingMessage } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { request } from 'node:https'
import { type RunningServer, type ServerOptions, startServer } from '../../src/serve/server.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import { createServedSim, type ServedSim } from '../../src/sim/served-sim.ts'

/** A cluster that is served, with what went wrong in it. */
export interface Serving extends RunningServer {
  readonly served: ServedSim
  readonly complaints: readonly string[]
}

/** Serves a cluster of one node whose clock stands, unless other options say otherwise. */
export async function serving(
  options: SimOptions = {},
  server: Partial<Omit<ServerOptions, 'complain'>> = {},
): Promise<Serving> {
  const served = createServedSim({ version: 'v1.36', seed: 'serve', ...options })
  const complaints: string[] = []
  const running = await startServer(served, {
    ...{ port: 0, clock: 'manual', speed: 1, ...server },
    complain: (what, error) => complaints.push(`${what}: ${String(error)}`),
  })
  return Object.defineProperties(Object.create(running), {
    served: { value: served },
    complaints: { value: complaints },
  }) as Serving // a running server with two members more
}

/** What came back. */
export interface Answer {
  readonly code: number
  readonly headers: IncomingMessage['headers']
  /** Names and values as they came, one after the other. */
  readonly rawHeaders: readonly string[]
  readonly text: string
  /** The body, read as JSON. */
  json(): { readonly [member: string]: unknown }
}

/** How to ask; as the administrator unless told otherwise. */
export interface AskOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `null`: no credentials. */
  readonly token?: string | null
  readonly body?: string | Uint8Array | object
}

/** Asks over HTTP/1.1. */
export function ask(server: RunningServer, path: string, options: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = options.body === undefined ? 'GET' : 'POST', body } = options
    const sent = request(`${server.url}${path}`, {
      method,
      headers: headersOf(server, options),
      ca: server.ca,
      agent: false,
      servername: 'localhost',
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        // Every code is a number once an answer is there; objects are what the API answers with.
        const json = () => JSON.parse(text) as { readonly [member: string]: unknown }
        resolve({
          code: response.statusCode ?? 0,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          text,
          json,
        })
      })
    })
    sent.end(bodyOf(body))
  })
}

function headersOf(
  server: RunningServer,
  { headers = {}, token = server.token, body }: AskOptions,
): Record<string, string> {
  return {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  }
}

function bodyOf(body: AskOptions['body']): string | Uint8Array {
  if (body === undefined) return ''
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

/** One HTTP/2 connection. */
export function http2(server: RunningServer): ClientHttp2Session {
  // A crowd of streams needs more memory than a connection has of itself.
  const session = connect(server.url, { ca: server.ca, maxSessionMemory: 256 })
  session.on('error', () => {})
  return session
}

/** An event, as far as tests look at it. */
export interface WatchEventLine {
  readonly type: string
  readonly object: {
    readonly kind: string
    readonly metadata: { readonly name?: string; readonly resourceVersion?: string }
  }
}

/** A watch that is being read. */
export interface ReadWatch {
  readonly events: readonly WatchEventLine[]
  /** Answers when so many events have come. */
  until(count: number): Promise<readonly WatchEventLine[]>
  /** Answers how it ended. */
  readonly ended: Promise<'cleanly' | 'broken'>
  close(): void
}

/** Reads a watch over HTTP/2. */
export function watch(server: RunningServer, session: ClientHttp2Session, path: string): ReadWatch {
  const stream = session.request({ ':path': path, authorization: `Bearer ${server.token}` })
  const events: WatchEventLine[] = []
  let rest = ''
  let wake = (): void => {}
  let wasEnded = false
  stream.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n')
    rest = lines.pop() ?? ''
    // The API's own lines.
    for (const line of lines) events.push(JSON.parse(line) as WatchEventLine)
    wake()
  })
  const ended = new Promise<'cleanly' | 'broken'>((resolve) => {
    stream.on('end', () => {
      wasEnded = true
    })
    stream.on('close', () => resolve(wasEnded && stream.rstCode === 0 ? 'cleanly' : 'broken'))
    stream.on('error', () => {})
  })
  return {
    events,
    until: (count) =>
      new Promise((resolve) => {
        wake = () => {
          if (events.length >= count) resolve(events)
        }
        wake()
      }),
    ended,
    close: () => stream.close(),
  }
}
