import { describe, expect, test } from 'vitest'
import { byUnits, sortFew } from '../../src/kernel/sort-few.ts'

describe('sortFew', () => {
  test.each([0, 1, 2, 5, 24, 25, 60])('sorts %i as sort does, equal ones in their order', (count) => {
    const list = Array.from({ length: count }, (_, i) => ({ key: String((i * 7) % 5), i }))
    expect(sortFew([...list], (a, b) => byUnits(a.key, b.key))).toEqual(
      list.toSorted((a, b) => Number(a.key) - Number(b.key)),
    )
  })

  test('texts go by their units, as sort without a comparison has them', () => {
    const texts = ['b', 'a', '\u{1f600}', '\uffee', 'A', 'ab', '']
    expect(sortFew([...texts], byUnits)).toEqual([...texts].sort())
  })
})
