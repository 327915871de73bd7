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

  test('what has a long text, as contents have, is not remembered', () => {
    const contents = () => ({ password: 'x'.repeat(121) })
    const first = onePart(contents())
    expect(onePart(contents())).not.toBe(first)
  })

  class Named {
    readonly name = 'of a class'
  }

  test.each([
    ['another order of members', { a: 'order', b: 'order' }, { b: 'order', a: 'order' }],
    ['other names of members', { a: 'names' }, { b: 'names' }],
    ['a member more', { a: 'more' }, { a: 'more', b: undefined }],
    ['a number for a text', { a: 17, b: 'text' }, { a: '17', b: 'text' }],
    ['an object of a class', { name: 'of a class' }, new Named()],
  ])('%s is not the same', (_, one, other) => {
    expect(onePart<object>(one)).toBe(one)
    expect(onePart<object>(other)).toBe(other)
  })
})

// Alone each takes some 70 bytes.
test('a text that is made again and again is kept once', { retry: 5 }, () => {
  let made = 0
  const again = () => oneText(`the same text, made anew each time ${made++ % 2}`)
  expect(heapBytesOf(again)).toBeLessThan(40)
  expect(again()).toBe(`the same text, made anew each time ${(made - 1) % 2}`)
})
