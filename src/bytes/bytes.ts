/** UTF-8 and base64 without the host: the core has neither TextEncoder nor Buffer. */

/** The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as in Go. */
export function utf8Bytes(text: string): Uint8Array {
  const ascii = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x80) return utf8BytesFrom(text, ascii, at)
    ascii[at] = code
  }
  return ascii
}

/** `before` holds the bytes of the first `start` characters, which are ASCII. */
function utf8BytesFrom(text: string, before: Uint8Array, start: number): Uint8Array {
  const bytes = new Uint8Array(start + (text.length - start) * 3)
  bytes.set(before.subarray(0, start))
  let length = start
  for (let at = start; at < text.length; at++) {
    let code = text.charCodeAt(at)
    if (code < 0x80) {
      bytes[length++] = code
      continue
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = text.charCodeAt(at + 1)
      if (code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        at++
      } else {
        code = 0xfffd
      }
    }
    if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6)
    } else if (code < 0x10000) {
      bytes[length++] = 0xe0 | (code >> 12)
      bytes[length++] = 0x80 | ((code >> 6) & 63)
    } else {
      bytes[length++] = 0xf0 | (code >> 18)
      bytes[length++] = 0x80 | ((code >> 12) & 63)
      bytes[length++] = 0x80 | ((code >> 6) & 63)
    }
    bytes[length++] = 0x80 | (code & 63)
  }
  return bytes.slice(0, length)
}

/** Text of UTF-8 bytes; each byte that is not part of valid UTF-8 becomes U+FFFD, as Go does when it ranges over a string. */
export function utf8Text(bytes: Uint8Array): string {
  return isAscii(bytes) ? byteText(bytes) : decodedText(bytes)
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 0x7f) return false
  return true
}

/**
 * The text of a file as kubectl reads it: a byte order mark tells UTF-16, which editors and shells of Windows write, and is left out.
 * Source: k8s.io/cli-runtime pkg/resource/visitor.go, FileVisitor.Visit; golang.org/x/text/encoding/unicode, BOMOverride.
 */
export function fileText(bytes: Uint8Array): string {
  const [first = 0, second = 0, third = 0] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return utf8Text(bytes.subarray(3))
  const isLittle = first === 0xff && second === 0xfe
  if (!isLittle && !(first === 0xfe && second === 0xff)) return utf8Text(bytes)
  const pieces: string[] = []
  for (let at = 2; at + 1 < bytes.length; at += 2) {
    const [low, high] = isLittle ? [bytes[at], bytes[at + 1]] : [bytes[at + 1], bytes[at]]
    pieces.push(String.fromCharCode(((high ?? 0) << 8) | (low ?? 0)))
  }
  return pieces.join('')
}

/** The text in which each character is one of the bytes. */
export function byteText(bytes: Uint8Array): string {
  if (bytes.length <= 64) return textOf(bytes)
  return bytes.length < chunkLength ? mediumText(bytes) : longText(bytes)
}

/** Of many bytes: a call for a thousand takes an eighth of the time that calls for sixteen do. */
function longText(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += chunkLength) parts.push(textOf(bytes.subarray(at, at + chunkLength)))
  return parts.join('')
}

function mediumText(bytes: Uint8Array): string {
  // A call with sixteen arguments makes no list of them, which would be eight times as long as the text.
  const parts: string[] = []
  let i = 0
  for (; i + 16 <= bytes.length; i += 16)
    parts.push(
      String.fromCharCode(
        bytes[i] ?? 0,
        bytes[i + 1] ?? 0,
        bytes[i + 2] ?? 0,
        bytes[i + 3] ?? 0,
        bytes[i + 4] ?? 0,
        bytes[i + 5] ?? 0,
        bytes[i + 6] ?? 0,
        bytes[i + 7] ?? 0,
        bytes[i + 8] ?? 0,
        bytes[i + 9] ?? 0,
        bytes[i + 10] ?? 0,
        bytes[i + 11] ?? 0,
        bytes[i + 12] ?? 0,
        bytes[i + 13] ?? 0,
        bytes[i + 14] ?? 0,
        bytes[i + 15] ?? 0,
      ),
    )
  if (i < bytes.length) parts.push(textOf(bytes.subarray(i)))
  return parts.join('')
}

/** Code points that a call takes in one go. */
const chunkLength = 2048

function decodedText(bytes: Uint8Array): string {
  const parts: string[] = []
  let codes: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const [code, size] = decodeRune(bytes, at)
    codes.push(code)
    at += size
    if (codes.length === chunkLength) {
      parts.push(String.fromCodePoint(...codes))
      codes = []
    }
  }
  parts.push(String.fromCodePoint(...codes))
  return parts.join('')
}

const invalidRune: readonly [code: number, size: number] = [0xfffd, 1]

/** The code point at a position and how many bytes it takes. Source: Go unicode/utf8, DecodeRune. */
function decodeRune(bytes: Uint8Array, at: number): readonly [code: number, size: number] {
  const first = bytes[at] ?? 0
  if (first < 0x80) return [first, 1]
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return invalidRune
  let code = first & (0x7f >> size)
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0
    if ((next & 0xc0) !== 0x80) return invalidRune
    code = (code << 6) | (next & 63)
  }
  const tooShort = (size === 3 && code < 0x800) || (size === 4 && code < 0x10000)
  if (tooShort || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return invalidRune
  return [code, size]
}

/** How many bytes the UTF-8 of a text takes. */
export function utf8Length(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return utf8Bytes(text).length
  return text.length
}

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const urlSafe = `${standard.slice(0, 62)}-_`
const [standardDigits, urlSafeDigits] = [utf8Bytes(standard), utf8Bytes(urlSafe)]

/** Base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, standardDigits, '=')
}

/** The URL-safe alphabet without padding. Source: Go base64.RawURLEncoding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, urlSafeDigits, '')
}

/** Written as bytes first: a text that grows by a character is a chain of texts. */
function encode(bytes: Uint8Array, digits: Uint8Array, padding: string): string {
  const whole = bytes.length - (bytes.length % 3)
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  let end = 0
  for (let at = 0; at < bytes.length; at += 3) {
    const chunk = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    codes[end++] = digits[chunk >> 18] ?? 0
    codes[end++] = digits[(chunk >> 12) & 63] ?? 0
    codes[end++] = digits[(chunk >> 6) & 63] ?? 0
    codes[end++] = digits[chunk & 63] ?? 0
  }
  const missing = whole === bytes.length ? 0 : 3 - (bytes.length - whole)
  if (missing === 0) return byteText(codes)
  if (padding === '') return byteText(codes.subarray(0, end - missing))
  codes.fill(padding.charCodeAt(0), end - missing)
  return byteText(codes)
}

/** Of so many characters as one call takes. Spreading them as arguments would go through an iterator, one by one. */
function textOf(codes: Uint8Array): string {
  // A typed array is as good a list of arguments as an array; the types do not know.
  return String.fromCharCode.apply(undefined, codes as unknown as number[])
}

export type DecodedBase64 =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `illegal base64 data at input byte <offset>`. */
  | { readonly ok: false; readonly offset: number }

const values = decodingTable(standard)
const urlValues = decodingTable(urlSafe)

function decodingTable(alphabet: string): Int8Array {
  const table = new Int8Array(256).fill(-1)
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  return table
}

/** Decodes as Go's base64.StdEncoding does: `\r` and `\n` are skipped, padding is demanded. `text` holds one byte a character. */
export function decodeBase64(text: string): DecodedBase64 {
  return decode(text, values, true)
}

/** The bytes of a base64 text, or undefined where `decodeBase64` would say what is wrong with it. */
export function fromBase64(text: string): Uint8Array | undefined {
  const decoded = decodeBase64(text)
  return decoded.ok ? decoded.bytes : undefined
}

/** Source: Go base64.RawURLEncoding. */
export function decodeBase64Url(text: string): DecodedBase64 {
  return decode(text, urlValues, false)
}

/** Whether a text is base64 as Go takes it, and how many bytes it stands for; cheaper than decoding. */
export function base64Length(text: string): number | undefined {
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
  }
  const decoded = decodeBase64(text)
  return decoded.ok ? decoded.bytes.length : undefined
}

/** What a digit of base64 stands for; negative where there is none. */
function digit(text: string, at: number, table: Int8Array): number {
  const code = text.charCodeAt(at)
  return code < 256 ? (table[code] ?? -1) : -1
}

/** Source: Go encoding/base64, decodeQuantum. */
function decode(text: string, table: Int8Array, padded: boolean): DecodedBase64 {
  const bytes = new Uint8Array(Math.ceil(text.length / 4) * 3)
  let length = 0
  let at = 0
  // Four at a time as long as nothing is said but digits: nearly always to the end.
  for (; at + 4 <= text.length; at += 4) {
    const bits =
      (digit(text, at, table) << 18) |
      (digit(text, at + 1, table) << 12) |
      (digit(text, at + 2, table) << 6) |
      digit(text, at + 3, table)
    if (bits < 0) break
    bytes[length++] = bits >> 16
    bytes[length++] = (bits >> 8) & 255
    bytes[length++] = bits & 255
  }
  const isNewline = (index: number): boolean => {
    const code = text.charCodeAt(index)
    return code === 10 || code === 13
  }
  while (at < text.length) {
    let bits = 0
    let count = 0
    let isLast = false
    while (count < 4) {
      if (at === text.length) {
        if (count === 0) return { ok: true, bytes: bytes.slice(0, length) }
        if (count === 1 || padded) return { ok: false, offset: at - count }
        isLast = true
        break
      }
      const code = text.charCodeAt(at)
      const value = digit(text, at++, table)
      if (value >= 0) {
        bits = (bits << 6) | value
        count++
        continue
      }
      if (code === 10 || code === 13) continue
      if (code !== 61 || !padded || count < 2) return { ok: false, offset: at - 1 }
      if (count === 2) {
        while (at < text.length && isNewline(at)) at++
        if (at === text.length) return { ok: false, offset: text.length }
        if (text.charCodeAt(at) !== 61) return { ok: false, offset: at - 1 }
        at++
      }
      while (at < text.length && isNewline(at)) at++
      if (at < text.length) return { ok: false, offset: at }
      isLast = true
      break
    }
    bits <<= 6 * (4 - count)
    bytes[length++] = bits >> 16
    if (count > 2) bytes[length++] = (bits >> 8) & 255
    if (count > 3) bytes[length++] = bits & 255
    if (isLast) break
  }
  return { ok: true, bytes: bytes.slice(0, length) }
}

/** Whether bytes are UTF-8; `text` is what `utf8Text` made of them, which is longer where it had to replace. */
export function isUtf8(bytes: Uint8Array, text: string = utf8Text(bytes)): boolean {
  return utf8Length(text) === bytes.length
}

/** Whether two contents are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
