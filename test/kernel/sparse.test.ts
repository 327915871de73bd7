import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SparseMap, SparseSet } from '../../src/kernel/sparse.ts'

const steps = fc.array(
  fc.record({ op: fc.constantFrom('add', 'delete', 'clear'), key: fc.constantFrom('a', 'b'), value: fc.nat(9) }),
)

test('what is made with its first entry is what was there from the start', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const [sparse, map] = [new SparseMap<string, number>(), new Map<string, number>()]
      const [sparseSet, set] = [new SparseSet<string>(), new Set<string>()]
      for (const { op, key, value } of taken) {
        if (op === 'add') {
          sparse.set(key, value)
          map.set(key, value)
          sparseSet.add(key)
          set.add(key)
        } else if (op === 'delete') {
          expect([sparse.delete(key), sparseSet.delete(key)]).toEqual([map.delete(key), set.delete(key)])
        } else for (const each of [sparse, map, sparseSet, set]) each.clear()
        expect([[...sparse], [...sparse.keys()], [...sparse.values()]]).toEqual([
          [...map],
          [...map.keys()],
          [...map.values()],
        ])
        expect([sparse.size, sparse.get(key), sparse.has(key)]).toEqual([map.size, map.get(key), map.has(key)])
        expect([[...sparseSet], sparseSet.size, sparseSet.has(key)]).toEqual([[...set], set.size, set.has(key)])
      }
    }),
    { seed: 1 },
  )
})
