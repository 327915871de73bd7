import { constants, createInflate, type Inflate } from 'node:zlib'
import { spdyDictionary } from './dictionary.ts'

/** Header names in lower case. */
export type SpdyHeaders = ReadonlyMap<string, string>

/** Longest header block, in bytes, once it is unpacked. */
const blockMax = 64 * 1024

/** Reads header blocks: all of a connection are one compressed stream. */
export class HeaderReader {
  readonly #inflate: Inflate = createInflate({
    dictionary: spdyDictionary,
    // A block is unpacked as a whole before it is read; no type has this option of the streams below.
    ...{ readableHighWaterMark: 2 * blockMax },
  })

  constructor() {
    this.#inflate.on('error', () => {})
  }

  /** Undefined for what is no header block. */
  read(block: Buffer): Promise<SpdyHeaders | undefined> {
    const inflate = this.#inflate
    return new Promise((resolve) => {
      const failed = (): void => resolve(undefined)
      inflate.once('error', failed)
      inflate.write(block)
      inflate.flush(constants.Z_SYNC_FLUSH, () => {
        inflate.off('error', failed)
        // Without an encoding bytes come as buffers.
        const unpacked = inflate.read() as Buffer | null
        resolve(unpacked === null || unpacked.length > blockMax ? undefined : pairsOf(unpacked))
      })
    })
  }

  close(): void {
    this.#inflate.destroy()
  }
}

/** A count, then names and values, each behind its length. */
function pairsOf(bytes: Buffer): SpdyHeaders | undefined {
  let at = 0
  const number = (): number => {
    if (at + 4 > bytes.length) return -1
    at += 4
    return bytes.readUInt32BE(at - 4)
  }
  const text = (): string | undefined => {
    const length = number()
    if (length < 0 || at + length > bytes.length) return undefined
    at += length
    return bytes.toString('latin1', at - length, at)
  }
  const headers = new Map<string, string>()
  for (let left = number(); left > 0; left--) {
    const [name, value] = [text(), text()]
    if (name === undefined || value === undefined) return undefined
    headers.set(name.toLowerCase(), value)
  }
  return headers
}

/** Adler-32 of the dictionary, by which a reader knows it. Source: RFC 1950, FDICT and DICTID. */
const zlibHead = Buffer.from([0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2])

/** An empty block, stored: what a flush ends with, by which Go's reader knows that nothing more is to come. */
const emptyBlock = Buffer.from([0, 0, 0, 0xff, 0xff])

/** Writes header blocks without packing them: blocks that are stored are a stream like any other, and need no memory. */
export class HeaderWriter {
  #isFirst = true

  write(headers: Readonly<Record<string, string>>): Buffer {
    const pairs = Object.entries(headers).flatMap(([name, value]) => [lengthed(name), lengthed(value)])
    const content = Buffer.concat([uint32(pairs.length / 2), ...pairs])
    const stored = Buffer.alloc(5)
    // Not the last block, stored; its length, and its length again with all bits turned. Source: RFC 1951, 3.2.4.
    stored.writeUInt16LE(content.length, 1)
    stored.writeUInt16LE(~content.length & 0xffff, 3)
    const block = Buffer.concat([this.#isFirst ? zlibHead : Buffer.alloc(0), stored, content, emptyBlock])
    this.#isFirst = false
    return block
  }
}

function lengthed(text: string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)])
}

/** Four bytes, the most significant first. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
