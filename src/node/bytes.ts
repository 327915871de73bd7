/** Text and base64 as bytes, without help of a host: files of the node hold bytes, the API carries text. */

/** UTF-8 of a text; lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  if (isAscii(text)) {
    const plain = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) plain[i] = text.charCodeAt(i)
    return plain
  }
  const bytes: number[] = []
  for (const char of text) {
    let code = char.codePointAt(0) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    else
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
  }
  return Uint8Array.from(bytes)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** How many bytes the UTF-8 of a text takes. */
export function utf8Length(text: string): number {
  return isAscii(text) ? text.length : utf8Bytes(text).length
}

/** Text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD byte by byte, as Go prints it. */
export function utf8Text(bytes: Uint8Array): string {
  const parts: string[] = []
  let chunk: number[] = []
  for (let i = 0; i < bytes.length; ) {
    const [code, length] = decodeAt(bytes, i)
    chunk.push(code)
    i += length
    if (chunk.length === 4096) {
      parts.push(String.fromCodePoint(...chunk))
      chunk = []
    }
  }
  parts.push(String.fromCodePoint(...chunk))
  return parts.join('')
}

function decodeAt(bytes: Uint8Array, i: number): readonly [code: number, length: number] {
  const first = bytes[i] ?? 0
  if (first < 0x80) return [first, 1]
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
  let code = length === 2 ? first & 0x1f : length === 3 ? first & 0x0f : first & 0x07
  for (let k = 1; k < length; k++) {
    const next = bytes[i + k] ?? 0
    if ((next & 0xc0) !== 0x80) return [0xfffd, 1]
    code = (code << 6) | (next & 0x3f)
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0
  if (length === 0 || code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return [0xfffd, 1]
  return [code, length]
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function base64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let i = 0; i < bytes.length; i += 3) {
    const b0 = bytes[i] ?? 0
    const b1 = bytes[i + 1]
    const b2 = bytes[i + 2]
    parts.push(
      alphabet.charAt(b0 >> 2) +
        alphabet.charAt(((b0 & 3) << 4) | ((b1 ?? 0) >> 4)) +
        (b1 === undefined ? '=' : alphabet.charAt(((b1 & 15) << 2) | ((b2 ?? 0) >> 6))) +
        (b2 === undefined ? '=' : alphabet.charAt(b2 & 63)),
    )
  }
  return parts.join('')
}

const values = new Int8Array(128).fill(-1)
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i

/** Bytes of standard base64 with padding, line breaks skipped; undefined when it is none. Source: Go's encoding/base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text
  if (clean.length % 4 !== 0) return undefined
  const padding = clean.endsWith('==') ? 2 : clean.endsWith('=') ? 1 : 0
  const digits = clean.length - padding
  const bytes = new Uint8Array((clean.length / 4) * 3 - padding)
  let bits = 0
  let width = 0
  let at = 0
  for (let i = 0; i < digits; i++) {
    const value = values[clean.charCodeAt(i)] ?? -1
    if (value < 0) return undefined
    bits = ((bits << 6) | value) & 0xffff
    width += 6
    if (width < 8) continue
    width -= 8
    bytes[at++] = (bits >> width) & 255
  }
  return bytes
}
