import { expect, test } from 'vitest'
import { binomialProbability } from './binomial.ts'

test('the exact binomial test has the figures of tables', () => {
  expect(binomialProbability(5, 10, 0.5)).toBeCloseTo(1, 12)
  // 0 and 10 of 10: twice 1/1024.
  expect(binomialProbability(0, 10, 0.5)).toBeCloseTo(2 / 1024, 12)
  // Of a die, 0 sixes in 20 throws: (5/6)^20 = 0.0261, and at the other end all counts from 7 on: 0.0371.
  expect(binomialProbability(0, 20, 1 / 6)).toBeCloseTo(0.0261 + 0.0371, 3)
})
