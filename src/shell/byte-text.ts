/**
 * What flows between commands is bytes. They are kept as texts in which each character is one byte, so that binary
 * values survive pipes; text that a person typed or will see is converted at the border.
 */
import { byteText, utf8Bytes, utf8Text } from '../bytes/bytes.ts'

/** A text of characters 0 to 255, each of them one byte. */
export type ByteText = string

/** The UTF-8 bytes of a text. Text of ASCII alone is its own byte text. */
export function toByteText(text: string): ByteText {
  return isAscii(text) ? text : bytesToByteText(utf8Bytes(text))
}

/** What the bytes say as UTF-8. */
export function fromByteText(bytes: ByteText): string {
  return isAscii(bytes) ? bytes : utf8Text(byteTextToBytes(bytes))
}

export function bytesToByteText(bytes: Uint8Array): ByteText {
  return byteText(bytes)
}

export function byteTextToBytes(text: ByteText): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Characters of UTF-8 in bytes: those that continue one do not count. */
export function characterCount(bytes: ByteText): number {
  let count = 0
  for (let i = 0; i < bytes.length; i++) if ((bytes.charCodeAt(i) & 0xc0) !== 0x80) count++
  return count
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
