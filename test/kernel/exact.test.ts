import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exact, membersOf } from '../../src/kernel/exact.ts'
import { extended } from '../../src/kernel/extended.ts'
import { heapBytesOfEach } from '../heap-bytes.ts'

/** Any object of plain members, in any order. */
const objects = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.integer(), fc.string(), fc.constant(null)), {
  maxKeys: 30,
  noNullPrototype: true,
})

describe('an object with no room to spare', () => {
  test('has the members of the other, in their order, and is as plain', () => {
    fc.assert(
      fc.property(objects, objects, (base, more) => {
        expect(Object.entries(exact(base))).toEqual(Object.entries(base))
        expect(Object.entries(extended(base, more))).toEqual(Object.entries({ ...base, ...more }))
        for (const made of [exact(base), extended(base, more)])
          expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
        expect(membersOf(base)).toBe(Object.keys(base).length)
      }),
      { seed: 1 },
    )
  })

  test('a member that is called __proto__ is one like any other', () => {
    const given: object = JSON.parse('{"a":1,"__proto__":{"b":2}}')
    expect(Object.keys(exact(given))).toEqual(['a', '__proto__'])
    expect(Object.getPrototypeOf(exact(given))).toBe(Object.prototype)
  })

  // Three words of the engine's, and one for each member: at least a word less than one that was filled.
  // What other tests of the worker let go meanwhile disturbs the measure.
  test('of any number of members takes a word for each', { retry: 5 }, () => {
    const filled = (members: number) => (): object => {
      const object: Record<string, number> = {}
      for (let i = 0; i < members; i++) object[`m${i}`] = i
      return object
    }
    const makers = [1, 5, 14].flatMap((members) => [() => exact(filled(members)()), filled(members)])
    const bytes = heapBytesOfEach(makers)
    const spared = [0, 2, 4].map((at) => (bytes[at + 1] ?? 0) - (bytes[at] ?? 0) > 8)
    expect(spared, bytes.join()).toEqual([true, true, true])
  })
})
