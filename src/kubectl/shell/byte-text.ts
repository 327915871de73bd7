/** Byte text: one character, 0 to 255, for each byte. */
import { utf8Bytes, utf8Text } from '../../bytes/bytes.ts'

/** The UTF-8 bytes of a text. Text of ASCII alone is its own byte text. */
export function toByteText(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : bytesToByteText(utf8Bytes(text))
}

/** The byte text of bytes. */
export function bytesToByteText(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let i = 0; i < bytes.length; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)))
  return parts.join('')
}

/** The bytes of a byte text. */
export function byteTextToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** What the bytes say as UTF-8. */
export function fromByteText(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : utf8Text(byteTextToBytes(text))
}

/** Lines without their newlines; a last line without one counts. */
export function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (text.endsWith('\n')) lines.pop()
  return lines
}
