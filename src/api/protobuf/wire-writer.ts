import { utf8Bytes } from '../../bytes/bytes.ts'

/** Writes the wire format. Source: protobuf.dev/programming-guides/encoding. */
export class WireWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  /** What was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** A field of a whole number or a truth. */
  integer(number: number, value: number): void {
    this.#varint(number * 8)
    this.#varint(value)
  }

  double(number: number, value: number): void {
    this.#varint(number * 8 + 1)
    const part = new Uint8Array(8)
    new DataView(part.buffer).setFloat64(0, value, true)
    this.raw(part)
  }

  text(number: number, value: string): void {
    this.content(number, utf8Bytes(value))
  }

  /** A field that tells its length: bytes, text, or a message. */
  content(number: number, value: Uint8Array): void {
    this.#varint(number * 8 + 2)
    this.#varint(value.length)
    this.raw(value)
  }

  /** Bytes as they are. */
  raw(part: Uint8Array): void {
    const needed = this.#length + part.length
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(part, this.#length)
    this.#length = needed
  }

  /** Whole numbers of up to 53 bits; below 0 as 64 bits with a sign. */
  #varint(value: number): void {
    let low = value >>> 0
    let high = Math.floor(value / 2 ** 32) >>> 0
    const part: number[] = []
    while (high > 0 || low >= 0x80) {
      part.push((low & 0x7f) | 0x80)
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    part.push(low)
    this.raw(Uint8Array.from(part))
  }
}
