import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { plainJson } from '../../src/sim/input/plain-json.ts'
import { tries } from '../tries.ts'

/** As JSON has them: it knows no zero below zero. */
const jsonValue = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))

describe('plain JSON', () => {
  test('is the JSON of what is nothing else', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(plainJson(value)).toBe(JSON.stringify(value))
      }),
      { numRuns: tries(100) },
    )
  })

  const loop: unknown[] = []
  loop.push(loop)
  test.each<[string, unknown]>([
    ['a function', { a: () => 1 }],
    ['undefined', { a: undefined }],
    ['a date', { a: new Date(0) }],
    ['bytes', { a: new Uint8Array(1) }],
    ['a map', new Map()],
    ['no number', { a: Number.NaN }],
    ['less than nothing', -0],
    ['a hole', new Array(1)],
    ['a list with a name', Object.assign([1], { a: 1 })],
    ['a symbol', { [Symbol('a')]: 1 }],
    ['a getter', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['a hidden member', Object.defineProperty({}, 'a', { value: 1 })],
    ['a loop', loop],
    ['a bigint', 1n],
  ])('is none of %s', (_, value) => {
    expect(plainJson(value)).toBeUndefined()
  })
})

test('options that were right once are looked at again where they are others, or have another seed', () => {
  const options = { nodes: 1, version: 'v1.18' } as const
  createSim({ ...options, seed: 'a' })
  createSim({ ...options, seed: 'b' })
  expect(() => createSim({ ...options, seed: 'a\u0000' })).toThrow('seed')
  // As far as JSON can tell they are those from before.
  const more = { ...options, seed: 'a', own: () => {} }
  expect(() => createSim(more)).toThrow('own')
  expect(() => createSim({ ...options, seed: 'a', nodes: -1 })).toThrow('nodes')
})
