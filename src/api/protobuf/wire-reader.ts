/** Bytes of a message that are no message: cut short, or of no known form. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** Reads the wire format. Source: protobuf.dev/programming-guides/encoding. */
export class WireReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The next field's number and wire type. */
  tag(): { readonly number: number; readonly wire: number } {
    const tag = this.integer()
    const number = Math.floor(tag / 8)
    if (number < 1) throw new WireError(`proto: illegal tag ${number} (wire type ${tag & 7})`)
    return { number, wire: tag & 7 }
  }

  /** A varint: 64 bits with a sign, of which JavaScript keeps the upper 53. */
  integer(): number {
    let [low, high] = [0, 0]
    for (let i = 0; i < varintMaxBytes; i++) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw cutShort()
      const [part, shift] = [byte & 0x7f, 7 * i]
      if (shift < 32) low |= part << shift
      if (shift + 7 > 32) high |= shift >= 32 ? part << (shift - 32) : part >>> (32 - shift)
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0)
    }
    throw new WireError('proto: integer overflow')
  }

  double(): number {
    const part = this.#take(8)
    return new DataView(part.buffer, part.byteOffset, 8).getFloat64(0, true)
  }

  /** The content of a field that tells its length. */
  bytes(): Uint8Array {
    return this.#take(this.integer())
  }

  /** Passes over the value of a field that nobody knows. */
  skip(wire: number): void {
    if (wire === 0) this.integer()
    else if (wire === 1) this.#take(8)
    else if (wire === 2) this.bytes()
    else if (wire === 5) this.#take(4)
    else throw new WireError(`proto: illegal wireType ${wire}`)
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw cutShort()
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

/** 64 bits by seven. */
const varintMaxBytes = 10

function cutShort(): WireError {
  return new WireError('unexpected EOF')
}
