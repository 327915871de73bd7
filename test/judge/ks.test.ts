import { expect, test } from 'vitest'
import { ksProbability } from './ks.ts'

const seconds = Array.from({ length: 90 }, (_, at) => 61 + (at % 30))

test('two samples that are the same are of one distribution, two that have nothing in common are not', () => {
  expect(ksProbability(seconds, seconds)).toBe(1)
  expect(ksProbability(seconds, [...seconds.slice(1), 90])).toBeGreaterThan(0.9)
  expect(
    ksProbability(
      seconds,
      seconds.map((each) => each + 30),
    ),
  ).toBeLessThan(1e-6)
})
