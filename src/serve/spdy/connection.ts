import { HeaderReader, HeaderWriter, type SpdyHeaders, uint32 } from './headers.ts'

/** What SPDY is carried by: an upgraded connection, or the frames of a WebSocket. */
export interface SpdyCarrier {
  write(bytes: Buffer): void
  end(): void
}

/** A stream that the client has opened. */
export interface SpdyStream {
  readonly headers: SpdyHeaders
  write(bytes: Uint8Array): void
  /** Nothing more is written. */
  end(): void
  /** To be set by whoever takes the stream. */
  data: (bytes: Buffer) => void
  ended: () => void
}

const control = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const
const fin = 0x01
const versionBits = 0x8003
/** Longest frame, and bytes of a data frame that is written. Source: moby/spdystream writes at most 32 KiB. */
const frameMax = 1024 * 1024
const dataMax = 32 * 1024
const streamsMax = 1024

interface Frame {
  readonly type: number | 'data'
  readonly flags: number
  readonly id: number
  readonly content: Buffer
}

/** The server's side of a SPDY/3.1 connection, as much of it as Kubernetes' clients use. Source: SPDY Protocol, draft 3.1. */
export class SpdyConnection {
  readonly #carrier: SpdyCarrier
  readonly #accepted: (stream: SpdyStream) => void
  readonly #reader = new HeaderReader()
  readonly #writer = new HeaderWriter()
  readonly #streams = new Map<number, OpenStream>()
  #rest: Buffer = Buffer.alloc(0)
  #frames: Frame[] = []
  #isReading = false
  #isOver = false

  constructor(carrier: SpdyCarrier, accepted: (stream: SpdyStream) => void) {
    this.#carrier = carrier
    this.#accepted = accepted
  }

  /** Takes bytes as they come. */
  receive(bytes: Buffer): void {
    if (this.#isOver) return
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) this.#frames.push(frame)
    void this.#readAll()
  }

  /** Says that no stream is taken any more, and ends what carries it. */
  close(): void {
    if (this.#isOver) return
    this.#send(control.goAway, 0, Buffer.concat([uint32(0), uint32(0)]))
    this.#isOver = true
    this.#reader.close()
    this.#carrier.end()
  }

  /** The client has gone. */
  broken(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#reader.close()
    for (const stream of [...this.#streams.values()]) stream.ended()
  }

  /** For streams. */
  writeData(id: number, bytes: Uint8Array, flags: number): void {
    if (this.#isOver) return
    for (let at = 0; at < bytes.length || at === 0; at += dataMax) {
      const part = bytes.subarray(at, at + dataMax)
      const isLast = at + dataMax >= bytes.length
      this.#carrier.write(Buffer.concat([uint32(id), lengthWith(isLast ? flags : 0, part.length), part]))
    }
  }

  #next(): Frame | undefined {
    if (this.#rest.length < 8) return undefined
    const length = this.#rest.readUIntBE(5, 3)
    if (length > frameMax) {
      this.close()
      return undefined
    }
    if (this.#rest.length < 8 + length) return undefined
    const head = this.#rest.readUInt32BE(0)
    const content = this.#rest.subarray(8, 8 + length)
    const flags = this.#rest.readUInt8(4)
    this.#rest = this.#rest.subarray(8 + length)
    if (head < 0x80000000) return { type: 'data', flags, id: head, content }
    return { type: head & 0xffff, flags, id: content.length >= 4 ? content.readUInt32BE(0) & 0x7fffffff : 0, content }
  }

  /** One after the other: header blocks are unpacked in their order, and what follows one waits for it. */
  async #readAll(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    for (let frame = this.#frames.shift(); frame !== undefined && !this.#isOver; frame = this.#frames.shift())
      await this.#read(frame)
    this.#isReading = false
  }

  async #read(frame: Frame): Promise<void> {
    const { type, id, flags, content } = frame
    const stream = this.#streams.get(id)
    switch (type) {
      case 'data':
        if (content.length > 0) stream?.data(content)
        if ((flags & fin) !== 0) stream?.ended()
        return
      case control.synStream:
        await this.#open(frame)
        return
      case control.headers:
        await this.#reader.read(content.subarray(4))
        return
      case control.rstStream:
        this.#streams.delete(id)
        stream?.ended()
        return
      case control.ping:
        this.#send(control.ping, 0, content)
        return
      case control.goAway:
        this.close()
    }
  }

  async #open({ id, flags, content }: Frame): Promise<void> {
    const headers = content.length > 10 ? await this.#reader.read(content.subarray(10)) : undefined
    if (headers === undefined || this.#streams.has(id) || this.#streams.size >= streamsMax) {
      this.close()
      return
    }
    const stream = new OpenStream(this, id, headers)
    this.#streams.set(id, stream)
    this.#send(control.synReply, 0, Buffer.concat([uint32(id), this.#writer.write({})]))
    this.#accepted(stream)
    if ((flags & fin) !== 0) stream.ended()
  }

  #send(type: number, flags: number, content: Buffer): void {
    if (this.#isOver) return
    const head = Buffer.alloc(4)
    head.writeUInt16BE(versionBits, 0)
    head.writeUInt16BE(type, 2)
    this.#carrier.write(Buffer.concat([head, lengthWith(flags, content.length), content]))
  }
}

class OpenStream implements SpdyStream {
  readonly headers: SpdyHeaders
  data: (bytes: Buffer) => void = () => {}
  ended: () => void = () => {}
  readonly #connection: SpdyConnection
  readonly #id: number
  #isEnded = false

  constructor(connection: SpdyConnection, id: number, headers: SpdyHeaders) {
    this.#connection = connection
    this.#id = id
    this.headers = headers
  }

  write(bytes: Uint8Array): void {
    if (!this.#isEnded && bytes.length > 0) this.#connection.writeData(this.#id, bytes, 0)
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#connection.writeData(this.#id, Buffer.alloc(0), fin)
  }
}

/** Flags in one byte, the length in three. */
function lengthWith(flags: number, length: number): Buffer {
  return uint32(flags * 0x1000000 + length)
}
