import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Few } from '../../src/kernel/few.ts'

const keys = fc.constantFrom('a', 'b', 'c')
const steps = fc.oneof(
  fc.record({ op: fc.constant('set' as const), key: keys, value: fc.nat(9) }),
  fc.record({ op: fc.constant('delete' as const), key: keys, value: fc.constant(0) }),
)

test('a few entries are kept as a Map keeps them', () => {
  fc.assert(
    fc.property(fc.array(steps), (taken) => {
      const [few, map] = [new Few<string, number>(), new Map<string, number>()]
      for (const { op, key, value } of taken) {
        if (op === 'delete') expect(few.delete(key)).toBe(map.delete(key))
        else {
          few.set(key, value)
          map.set(key, value)
        }
        expect([...few.values()]).toEqual([...map.values()])
        expect([few.size, few.get(key), few.has(key)]).toEqual([map.size, map.get(key), map.has(key)])
      }
    }),
    { seed: 1 },
  )
})
