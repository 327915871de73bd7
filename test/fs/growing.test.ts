import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appended } from '../../src/fs/growing.ts'
import { tries } from '../tries.ts'

/** A piece of a file: how long, and the byte of which it consists. */
const pieces = fc.array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 1, max: 255 })), {
  maxLength: 12,
})

test('a file that grows has all that was written, in order; who has read it before keeps what it has read', () => {
  fc.assert(
    fc.property(pieces, (written) => {
      const seen: { readonly content: Uint8Array; readonly expected: Buffer }[] = []
      let content: Uint8Array = new Uint8Array(0)
      let expected = Buffer.alloc(0)
      for (const [length, byte] of written) {
        const piece = Buffer.alloc(length, byte)
        content = appended(content, piece)
        expected = Buffer.concat([expected, piece])
        seen.push({ content, expected })
      }
      for (const each of seen) expect(each.expected.equals(each.content)).toBe(true)
    }),
    { seed: 5, numRuns: tries(80) },
  )
})

test('of a file that is written piece by piece the whole is copied some times, not once a piece', () => {
  const piece = new Uint8Array(65_536)
  const buffers = new Set<ArrayBufferLike>()
  let content: Uint8Array = new Uint8Array(0)
  for (let i = 0; i < 256; i++) {
    content = appended(content, piece)
    buffers.add(content.buffer)
  }
  expect(content.length).toBe(256 * piece.length)
  expect(buffers.size).toBeLessThan(10)
})

test('what was taken out of a file does not grow with it', () => {
  const long = appended(new Uint8Array(70_000).fill(1), new Uint8Array(1).fill(2))
  const copy = long.slice()
  appended(long, new Uint8Array(3).fill(3))
  expect(appended(copy, new Uint8Array(1).fill(4)).at(-1)).toBe(4)
  expect(long.length).toBe(70_001)
})

test("what lies behind a part of somebody else's bytes is left alone", () => {
  const whole = new Uint8Array(200_000).fill(1)
  const longer = appended(whole.subarray(0, 70_000), new Uint8Array(3).fill(2))
  expect([longer.length, longer[70_000], whole[70_000]]).toEqual([70_003, 2, 1])
})
