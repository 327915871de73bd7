import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goSorted, sortOf } from '../../src/go/sort.ts'
import { tries } from '../tries.ts'

/** `a0 b1 c2 a3 ...`: three kinds, by turns. */
const rows = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${'cab'[(i * 7) % 3]}${i}`)
const byKind = (a: string, b: string): boolean => a.charAt(0) < b.charAt(0)

describe('items are put in order as a Go program does it', () => {
  test.each(['go1.13.15', 'go1.19.8', 'go1.25.7'])('%s: all of them, each as often as it was there', (go) => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 300 }), (numbers) => {
        expect(goSorted(numbers, (a, b) => a < b, sortOf(go))).toEqual([...numbers].sort((a, b) => a - b))
      }),
      { numRuns: tries(60), seed: 4 },
    )
  })

  test('up to twelve keep their order where they are equal, from Go 1.19 on; before, those six apart change places first', () => {
    const twelve = ['b', 'b', 'b', 'b', 'b', 'b', 'a', 'a', 'a', 'a', 'a', 'a'].map((kind, i) => kind + i)
    expect(goSorted(twelve, byKind, sortOf('go1.19.8')).join(' ')).toBe('a6 a7 a8 a9 a10 a11 b0 b1 b2 b3 b4 b5')
    const one = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'a6', 'b7']
    expect(goSorted(one, byKind, sortOf('go1.13.15')).join(' ')).toBe('a6 b1 b2 b3 b4 b5 b0 b7')
  })

  test('beyond twelve they stand where that sort of Go leaves them', () => {
    const sorted = (go: string) => goSorted(rows(40), byKind, sortOf(go)).join(' ')
    expect(sorted('go1.19.8')).toMatchInlineSnapshot(
      `"a13 a1 a37 a34 a4 a31 a28 a7 a25 a22 a10 a19 a16 b20 b32 b38 b2 b17 b35 b11 b14 b5 b29 b23 b26 b8 c0 c24 c6 c9 c30 c21 c27 c33 c36 c18 c3 c12 c15 c39"`,
    )
    expect(sorted('go1.13.15')).toMatchInlineSnapshot(
      `"a34 a1 a28 a22 a4 a19 a37 a7 a31 a16 a10 a13 a25 b11 b14 b32 b35 b17 b8 b5 b20 b29 b38 b23 b2 b26 c0 c27 c24 c21 c30 c18 c15 c33 c12 c9 c36 c6 c3 c39"`,
    )
  })

  test('a comparison that does not agree with itself ends, too', () => {
    const none = Array.from({ length: 100 }, (_, i) => i)
    for (const go of ['go1.13.15', 'go1.19.8', 'go1.25.7'])
      expect([...goSorted(none, () => true, sortOf(go))].sort((a, b) => a - b)).toEqual(none)
  })
})
