import { expect, test } from 'vitest'
import { goDuration } from '../../src/go/duration-text.ts'

test.each([
  [0, '0s'],
  [500, '500ms'],
  [1000, '1s'],
  [1005, '1.005s'],
  [6560, '6.56s'],
  [9100, '9.1s'],
  [64_000, '1m4s'],
  [66_560, '1m6.56s'],
  [3_600_250, '1h0m0.25s'],
])('%d ms are %s, without digits that an addition of fractions leaves', (ms, text) => {
  expect(goDuration(ms)).toBe(text)
})
