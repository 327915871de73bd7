import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTimeAxis } from '../../src/flow/time-axis.ts'

const span = fc.record({
  instants: fc.array(fc.integer({ min: 0, max: 4_000_000 }), { maxLength: 40 }),
  from: fc.integer({ min: 0, max: 1_000_000 }),
  length: fc.integer({ min: 0, max: 3_000_000 }),
  width: fc.integer({ min: 1, max: 200 }),
})

describe('an axis that folds gaps', () => {
  test('goes from end to end, never back, and finds every instant again', () => {
    fc.assert(
      fc.property(span, ({ instants, from, length, width }) => {
        const to = from + length
        const axis = createTimeAxis(instants, { from, to, width })
        expect([axis.x(from - 1), axis.x(to + 1)]).toEqual([0, length === 0 ? 0 : width])
        const inside = [from, ...instants.filter((at) => at > from && at < to), to].sort((a, b) => a - b)
        const places = inside.map((at) => axis.x(at))
        expect(places).toEqual([...places].sort((a, b) => a - b))
        if (length > 0) for (const at of inside) expect(axis.timeAt(axis.x(at))).toBe(at)
        const ticks = axis.ticks(8).map((at) => axis.x(at))
        for (const [i, place] of ticks.entries()) expect(place - (ticks[i - 1] ?? -9)).toBeGreaterThanOrEqual(9)
      }),
      { numRuns: 60 },
    )
  })

  test('ten quiet minutes cost less than twice what ten busy seconds do', () => {
    const axis = createTimeAxis([0, 10_000, 610_000], { from: 0, to: 610_000, width: 80 })
    const [busy, calm] = [axis.x(10_000) - axis.x(0), axis.x(610_000) - axis.x(10_000)]
    expect(calm).toBeLessThan(2.6 * busy)
    expect(calm).toBeGreaterThan(busy)
  })
})
