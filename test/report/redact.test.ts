import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redacted } from '../../src/report/redact.ts'
import { safeText } from '../../src/report/text.ts'

describe('what is written out', () => {
  test('S2 holds sizes and digests instead of values, in data, stringData and the copy of kubectl apply', () => {
    const value = btoa('s3cr3t-value')
    const copy = JSON.stringify({ data: { k: value } })
    const shown = JSON.stringify(
      redacted({
        kind: 'Secret',
        metadata: { name: 'a', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': copy, other: 'x' } },
        data: { k: value },
        stringData: { p: 's3cr3t-value' },
      }),
    )
    expect(shown).not.toContain(value)
    expect(shown).not.toContain('s3cr3t-value')
    expect(shown).toContain('<12 bytes, ')
    expect(shown).toContain('"other":"x"')
  })

  test('other objects stay as they are', () => {
    const pod = { kind: 'Pod', data: { a: 'b' } }
    expect(redacted(pod)).toBe(pod)
  })

  test('holds no control sequences', () => {
    expect(safeText('a\u001b[31mred\u001b[0m\u001b]0;title\u0007b\tc\nd\u202e')).toBe('aredb\tc\nd\\u202e')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      }),
    )
  })
})
