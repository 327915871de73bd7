import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  isWholeQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
  roundUpToMilli,
  subtractQuantities,
} from '../../src/api/quantity.ts'

const formatText = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

describe('R2 quantities', () => {
  test.each([
    ['1024Ki', '1Mi'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1000m', '1'],
    ['1.5Gi', '1536Mi'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['12e6', '12e6'],
    ['0', '0'],
    ['-1Ki', '-1Ki'],
    ['100u', '100u'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical)
  })

  test.each([
    ['lots', formatText],
    ['1e6k', formatText],
    ['', formatText],
    ['1.2.3', formatText],
    ['1Kii', "unable to parse quantity's suffix"],
    ['e', 'unable to parse numeric part of quantity'],
  ])('%j is refused with the text of Go', (text, message) => {
    expect(parseQuantity(text)).toEqual({ ok: false, message })
  })

  test('amounts below a thousandth round up, values to whole units', () => {
    expect(roundUpToMilli('100u')).toBe('1m')
    expect(quantityValue('1500m')).toBe(2)
    expect(quantityMilliValue('1u')).toBe(1)
    expect(isWholeQuantity('1500m')).toBe(false)
    expect(isWholeQuantity('2Gi')).toBe(true)
  })

  test('a sum keeps the format of what it began with', () => {
    expect(addQuantities('1Gi', '512Mi')).toBe('1536Mi')
    expect(addQuantities('0', '512Mi')).toBe('512Mi')
    expect(subtractQuantities('1', '100m')).toBe('900m')
  })

  test('writing and reading again changes nothing', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'u', 'n')
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), suffix, (number, unit) => {
        const canonical = canonicalQuantity(`${number}${unit}`)
        expect(canonicalQuantity(canonical)).toBe(canonical)
        expect(compareQuantities(canonical, `${number}${unit}`)).toBe(0)
      }),
    )
  })
})
