import { expect, test } from 'vitest'
import { fileText } from '../../src/bytes/bytes.ts'

test.each([
  ['none', [0x61, 0xc3, 0xa9]],
  ['UTF-8', [0xef, 0xbb, 0xbf, 0x61, 0xc3, 0xa9]],
  ['UTF-16, the low byte first', [0xff, 0xfe, 0x61, 0x00, 0xe9, 0x00]],
  ['UTF-16, the high byte first', [0xfe, 0xff, 0x00, 0x61, 0x00, 0xe9]],
])('a file is read as its byte order mark says: %s', (_mark, bytes) => {
  expect(fileText(Uint8Array.from(bytes))).toBe('aé')
})

test('what is no UTF-8 is replaced', () => {
  expect(fileText(Uint8Array.of(0x61, 0xff))).toBe('a\ufffd')
})
