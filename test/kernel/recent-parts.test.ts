import { describe, expect, test } from 'vitest'
import { oneText } from '../../src/kernel/flat-text.ts'
import { onePart } from '../../src/kernel/recent-parts.ts'
import { heapBytesOf } from '../heap-bytes.ts'

const condition = (at: string) => ({ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: at })

describe('equal parts as one', () => {
  test('what was said before is the very same, whoever says it', () => {
    const first = onePart(condition('2020-05-01T00:00:07Z'))
    expect(onePart(condition('2020-05-01T00:00:07Z'))).toBe(first)
    expect(onePart(condition('2020-05-01T00:00:08Z'))).not.toBe(first)
  })

  test('parts of parts are compared as they are', () => {
    const state = () => onePart({ running: onePart({ startedAt: '2020-05-01T00:00:07Z' }) })
    expect(state()).toBe(state())
  })

  class Named {
    readonly name = 'a'
  }

  test.each([
    ['another order of members', { a: 'x', b: 'x' }, { b: 'x', a: 'x' }],
    ['other names of members', { a: 'x' }, { b: 'x' }],
    ['a member more', { a: 'x' }, { a: 'x', b: undefined }],
    ['a number for a text', { a: 1 }, { a: '1' }],
    ['an object of a class', { name: 'a' }, new Named()],
  ])('%s is not the same', (_, one, other) => {
    expect(onePart<object>(one)).toBe(one)
    expect(onePart<object>(other)).toBe(other)
  })
})

// Alone each takes some 70 bytes.
test('a text that is made again and again is kept once', () => {
  let made = 0
  const again = () => oneText(`the same text, made anew each time ${made++ % 2}`)
  expect(heapBytesOf(again)).toBeLessThan(40)
  expect(again()).toBe(`the same text, made anew each time ${(made - 1) % 2}`)
})
