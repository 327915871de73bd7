import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffText, firstLines } from '../../src/report/line-diff.ts'
import { createPaint } from '../../src/report/text.ts'
import { tries } from '../tries.ts'

/** Texts beside a step may be as long as a command cares to write. */

const paint = createPaint(false)
const numbers = (count: number, of: (i: number) => number = (i) => i) =>
  Array.from({ length: count }, (_, i) => `${of(i)}\n`).join('')
const diffOf = (expected: string, found: string) => diffText(expected, found, paint).toString().split('\n')

describe('what a command wrote', () => {
  test('is shown as it is up to a thousand lines, and then counted', () => {
    for (const text of ['', 'a', 'a\n', 'a\nb', numbers(1000), numbers(1000).trimEnd()])
      expect(firstLines(text, paint).toString()).toBe(text)
    const shown = (count: number) => firstLines(numbers(count), paint).toString().split('\n')
    expect(shown(1001).slice(998)).toEqual(['998', '999', '… 1 more line'])
    expect(shown(500_000).slice(998)).toEqual(['998', '999', '… 499000 more lines'])
  })
})

describe('how it differs from what was expected', () => {
  test('is told line by line: both texts can be read from it', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
      .map((all) => all.map((line) => `${line}\n`).join(''))
    fc.assert(
      fc.property(text, text, (expected, found) => {
        const shown = diffOf(expected, found)
        const without = (mark: string) =>
          shown
            .filter((line) => !line.startsWith(mark))
            .map((line) => `${line.slice(2)}\n`)
            .join('')
        expect([without('+'), without('-')]).toEqual([expected, found])
      }),
      { numRuns: tries(800) },
    )
  })

  test('of texts that have nothing in common is found at once, and shown as far as somebody reads', () => {
    const mixed = numbers(20_000, (i) => (i * 7919) % 20_011)
    const shown = diffOf(mixed, numbers(20_000))
    expect(shown.length).toBeLessThanOrEqual(1001)
    expect(shown[0]).toBe('  0')
    expect(shown[1]).toBe('- 7919')
    expect(shown.filter((line) => line.startsWith('+ ')).slice(0, 2)).toEqual(['+ 1', '+ 2'])
    expect(shown).toContain('… 19499 more lines')
  })

  test('in the middle of a long text is shown with what stands around it', () => {
    const found = numbers(100_000).replace('\n50000\n', '\nother\n')
    expect(diffOf(numbers(100_000), found)).toEqual([
      ...['  49997', '  49998', '  49999', '- 50000', '+ other', '  50001', '  50002', '  50003'],
    ])
    expect(diffOf(numbers(100_000), `${numbers(100_000)}more`)).toEqual([
      ...['  99997', '  99998', '  99999', '+ more', 'found has no line end at its end'],
    ])
  })
})
