import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DigestLru, type Packing } from '../../src/client/digest-lru.ts'
import { Lru } from '../../src/client/lru.ts'
import { tries } from '../tries.ts'

// Some fall on the same place, at the end of a small table, too.
const keys = fc.constantFrom(...[7, 15, 23, 2 ** 33 + 7, 2 ** 53 - 1, 0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12])
const values = fc.integer({ min: 0, max: 5 })
const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant('set' as const), key: keys, value: values }),
    fc.record({ does: fc.constant('get' as const), key: keys }),
    fc.record({ does: fc.constant('dropWhile' as const), below: values }),
    fc.record({ does: fc.constant('drop' as const), value: values }),
  ),
  { maxLength: 120 },
)

/** A value that lies in a cell and two numbers. */
const packing: Packing<{ of: number }> = {
  width: 1,
  numbers: 2,
  write({ cells, at, numbers, from }, { of }) {
    cells[at] = `half of ${of}`
    numbers[from] = of
    numbers[from + 1] = of + 1
  },
  read: ({ cells, at, numbers, from }) => ({
    of: cells[at] === `half of ${numbers[from]}` ? (numbers[from + 1] ?? 0) - 1 : -1,
  }),
}

test.each([
  ['as they are', undefined],
  ['in rows', packing],
])('R2 it remembers what an Lru does, in the same order: values %s', (_, packed) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), steps, (capacity, all) => {
      const compact = new DigestLru<{ of: number }>(capacity, packed)
      const plain = new Lru<number, { of: number }>(capacity)
      for (const step of all) {
        for (const lru of [compact, plain]) {
          if (step.does === 'set') lru.set(step.key, { of: step.value })
          else if (step.does === 'dropWhile') lru.dropWhile(({ of }) => of < step.below)
          else if (step.does === 'drop') lru.drop(({ of }) => of === step.value)
        }
        if (step.does === 'get') expect(compact.get(step.key)).toEqual(plain.get(step.key))
        expect([...compact.entries()]).toEqual([...plain.entries()])
        expect(compact.size).toBe(plain.size)
      }
    }),
    { seed: 1, numRuns: tries(300) },
  )
})

test('R2 entries that are used again and again take no more room', () => {
  const lru = new DigestLru<number>(100)
  for (let i = 0; i < 10_000; i++) lru.set(i % 50, i)
  expect([...lru.entries()].map(([key]) => key)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  expect(lru.get(49)).toBe(9999)
})
