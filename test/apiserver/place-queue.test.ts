import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PlaceQueue } from '../../src/apiserver/place-queue.ts'
import { tries } from '../tries.ts'

const counts = fc.integer({ min: 0, max: 600 })
const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant('push' as const), count: counts }),
    fc.record({ does: fc.constant('pushOther' as const), count: fc.constant(1) }),
    fc.record({ does: fc.constant('take' as const), count: counts }),
    fc.record({ does: fc.constant('put' as const), count: counts }),
  ),
  { maxLength: 20 },
)

const acrossPieces = [
  { does: 'push' as const, count: 600 },
  { does: 'pushOther' as const, count: 1 as const },
  { does: 'take' as const, count: 300 },
  { does: 'put' as const, count: 299 },
  { does: 'take' as const, count: 300 },
]

test('R2 a queue of places holds what a list does, over the ends of its pieces, with what is no place', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const queue = new PlaceQueue<{ of: number }>()
      let list: (number | { of: number })[] = []
      for (const [step, { does, count }] of all.entries()) {
        if (does === 'put' && count < list.length) {
          queue.put(count, -step)
          list[count] = -step
        }
        if (does === 'take') {
          const taken = Math.min(count, list.length)
          queue.take(taken)
          list = list.slice(taken)
        }
        const more = { push: Array.from({ length: count }, (_, i) => step * 1000 + i), pushOther: [{ of: step }] }
        for (const each of does === 'push' || does === 'pushOther' ? more[does] : []) {
          queue.push(each)
          list.push(each)
        }
        expect([...queue.values()]).toEqual(list)
        expect([queue.length, queue.at(0), queue.at(list.length)]).toEqual([list.length, list[0], undefined])
      }
    }),
    { seed: 1, numRuns: tries(80), examples: [[acrossPieces]] },
  )
})
