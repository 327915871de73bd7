import type { HttpReading, HttpStream } from '../../client/server.ts'
import { type Answering, apart, cutOff, isGone, unsentBytes } from './messages.ts'

/** Bytes that a reader may leave unread before its stream is ended: it asks anew, as after any broken watch. */
const unsentMaxBytes = 16 * 1024 * 1024
/** Time between two bookmarks of a watch that asked for them. Clients that wait for them begin to doubt after a minute. */
const bookmarkEveryMs = 20_000
/** Time of a watch that asks for none, in s. Source: apiserver options, MinRequestTimeout: from it to twice of it. */
const timeoutSeconds = { min: 1800, max: 3600 } as const

/** How a stream is carried to its client. */
export interface StreamOptions {
  /** Seconds of the wall after which it ends; 0: the server chooses. Undefined: it has no end of its own. */
  readonly timeoutSeconds: number | undefined
}

/** Watches and followed logs that clients read, by the wall's time. */
export class OpenStreams {
  readonly #open = new Set<OpenStream>()
  #bookmarks: NodeJS.Timeout | undefined

  /** Answers with a stream, from now on. */
  carry(response: Answering, stream: HttpStream, options: StreamOptions): void {
    if (isGone(response)) {
      stream.read({ chunk: () => {}, end: () => {} }).stop()
      return
    }
    const { 'transfer-encoding': _hop, ...headers } = stream.headers
    response.writeHead(stream.code, apart(headers))
    if ('flushHeaders' in response) response.flushHeaders()
    const open = new OpenStream(response, options, () => this.#open.delete(open))
    this.#open.add(open)
    open.begin(stream)
    this.#bookmarks ??= setInterval(() => this.#bookmark(), bookmarkEveryMs).unref()
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size
  }

  /** Ends all of them cleanly, as a server that stops does. */
  endAll(): void {
    clearInterval(this.#bookmarks)
    for (const open of [...this.#open]) open.end()
  }

  /** Breaks all of them: their clients' way to the server is gone. */
  breakAll(): void {
    for (const open of [...this.#open]) open.cutOff()
  }

  /** Connections of HTTP/2 on which something waits to be taken. */
  unread(): ReadonlySet<unknown> {
    return new Set([...this.#open].filter((open) => open.hasUnread).map((open) => open.session))
  }

  #bookmark(): void {
    for (const open of [...this.#open]) open.bookmark()
  }
}

class OpenStream {
  readonly #response: Answering
  readonly #closed: () => void
  readonly #timer: NodeJS.Timeout | undefined
  #reading: HttpReading | undefined
  #isOver = false

  constructor(response: Answering, { timeoutSeconds: asked }: StreamOptions, closed: () => void) {
    this.#response = response
    this.#closed = closed
    if (asked !== undefined) this.#timer = setTimeout(() => this.end(), secondsOf(asked) * 1000).unref()
    response.on('close', () => this.#leave())
  }

  get hasUnread(): boolean {
    return !isGone(this.#response) && unsentBytes(this.#response) > 0
  }

  get session(): unknown {
    return 'stream' in this.#response ? this.#response.stream.session : undefined
  }

  begin(stream: HttpStream): void {
    const reading = stream.read({
      chunk: (text) => this.#write(bytesOf(text)),
      bytes: (part) => this.#write(part),
      end: () => this.end(),
    })
    if (this.#isOver) reading.stop()
    else this.#reading = reading
  }

  bookmark(): void {
    this.#reading?.bookmark?.()
  }

  end(): void {
    if (this.#isOver) return
    this.#leave()
    if (!isGone(this.#response)) this.#response.end()
  }

  cutOff(): void {
    this.#leave()
    cutOff(this.#response)
  }

  #write(part: Uint8Array): void {
    if (this.#isOver || isGone(this.#response)) return
    // Both kinds of response write bytes alike.
    const response = this.#response as { write(chunk: Uint8Array): boolean }
    response.write(part)
    if (unsentBytes(this.#response) > unsentMaxBytes) this.cutOff()
  }

  #leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#reading?.stop()
    this.#closed()
  }
}

function secondsOf(asked: number): number {
  return asked > 0 ? asked : timeoutSeconds.min + Math.floor(Math.random() * (timeoutSeconds.max - timeoutSeconds.min))
}

let lastText = ''
let lastBytes = Buffer.alloc(0)

/** The bytes of a text: an event goes to all its watchers one after the other, and is the same text for each. */
function bytesOf(text: string): Buffer {
  if (text !== lastText) {
    lastText = text
    lastBytes = Buffer.from(text)
  }
  return lastBytes
}
