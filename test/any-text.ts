import fc from 'fast-check'

const codePoint = fc.oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))

/**
 * Texts of any code points but halves of surrogate pairs. What fast-check has for it (`unit: 'binary'`) first looks through all
 * million of them, which takes a second a worker.
 */
export function anyText(constraints: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.array(codePoint, constraints).map((codePoints) => String.fromCodePoint(...codePoints))
}
