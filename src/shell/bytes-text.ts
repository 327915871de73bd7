import { utf8Bytes, utf8Text } from '../bytes/bytes.ts'

/**
 * What flows between commands is bytes. They are kept as texts in which each character is one byte, so that binary
 * values survive pipes; text that a user typed or will see is converted at the border.
 */
export type ByteText = string

/** Bytes of a text as a `ByteText`. */
export function toBytes(text: string): ByteText {
  return isAscii(text) ? text : fromArray(utf8Bytes(text))
}

/** The text that these bytes are in UTF-8. */
export function toText(bytes: ByteText): string {
  return isAscii(bytes) ? bytes : utf8Text(toArray(bytes))
}

export function toArray(bytes: ByteText): Uint8Array {
  const array = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) array[i] = bytes.charCodeAt(i)
  return array
}

export function fromArray(array: Uint8Array): ByteText {
  const chunks: string[] = []
  for (let i = 0; i < array.length; i += 4096) chunks.push(String.fromCharCode(...array.subarray(i, i + 4096)))
  return chunks.join('')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
