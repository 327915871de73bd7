import { describe, expect, test } from 'vitest'
import { byteText, encodeBase64, encodeBase64Url, utf8Bytes } from '../../src/bytes/bytes.ts'

/** Lengths around those at which bytes are turned into text in another way. */
const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 66, 67, 2047, 2048, 2049, 4095, 4096, 4097, 100_001]
const ofLength = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31) & 255)

describe('bytes of any length as the host turns them into text', () => {
  test('a character a byte', () => {
    const wrong = lengths.filter(
      (length) => byteText(ofLength(length)) !== Buffer.from(ofLength(length)).toString('latin1'),
    )
    expect(wrong).toEqual([])
  })

  test('base64, padded or for addresses', () => {
    const wrong = lengths.filter((length) => {
      const host = Buffer.from(ofLength(length))
      return encodeBase64(host) !== host.toString('base64') || encodeBase64Url(host) !== host.toString('base64url')
    })
    expect(wrong).toEqual([])
  })

  test('UTF-8', () => {
    const texts = lengths.map((length) => `${'x'.repeat(length)}\u00e4\u20ac\u{1f511}${'y'.repeat(length % 7)}`)
    expect(texts.filter((text) => byteText(utf8Bytes(text)) !== Buffer.from(text).toString('latin1'))).toEqual([])
  })
})
