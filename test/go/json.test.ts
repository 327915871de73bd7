import { describe, expect, test } from 'vitest'
import { goJson } from '../../src/go/json.ts'

describe('one line of JSON as Go writes a map', () => {
  test.each([
    [
      'keys in order of bytes, however deep',
      { b: [{ d: 1, c: 2 }, 'x'], a: null },
      '{"a":null,"b":[{"c":2,"d":1},"x"]}',
    ],
    ['keys that are numbers, too', { z: 1, 9: 2, 10: 3 }, '{"10":3,"9":2,"z":1}'],
    ['below others that are in order', { a: { 9: 2, 10: 3 } }, '{"a":{"10":3,"9":2}}'],
    ['a key that no literal can have', JSON.parse('{"b":1,"__proto__":2}'), '{"__proto__":2,"b":1}'],
    ['members without a value are left out, items are null', { b: undefined, a: [undefined] }, '{"a":[null]}'],
    ['what HTML would take for its own is escaped', { b: '<&>', a: '' }, '{"a":"","b":"\\u003c\\u0026\\u003e"}'],
  ])('%s', (_what, value, text) => {
    expect(goJson(value)).toBe(text)
  })

  test('the value itself stays as it is', () => {
    const value = { b: { d: 1, c: 2 }, a: [{ f: 1, e: 2 }] }
    goJson(value)
    expect(JSON.stringify(value)).toBe('{"b":{"d":1,"c":2},"a":[{"f":1,"e":2}]}')
  })
})
