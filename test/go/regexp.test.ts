import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegexp, type GoRegexp, type GoRegexpOptions, quoteMeta } from '../../src/go/regexp.ts'
import { tries } from '../tries.ts'

function regexp(source: string, options: GoRegexpOptions = {}): GoRegexp {
  const compiled = compileRegexp(source, options)
  if (!compiled.ok) throw new Error(compiled.message)
  return compiled.regexp
}

describe("Go's regular expressions", () => {
  test.each([
    ['(a+)+$', `${'a'.repeat(50_000)}!`],
    ['(a|aa)+$', `${'a'.repeat(50_000)}!`],
    ['(.*)(.*)(.*)(.*)x$', 'a'.repeat(20_000)],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(20_000)],
    ['(a?){200}a{200}$', `${'a'.repeat(300)}b`],
  ])('%s, which keeps a backtracking engine busy for ever, ends', (source, text) => {
    expect(regexp(source).test(text)).toBe(false)
  })

  test.each([
    ['(a', 'missing closing ): `(a`'],
    ['a)', 'unexpected ): `a)`'],
    ['+', 'missing argument to repetition operator: `+`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['x{2,1}', 'invalid repeat count: `{2,1}`'],
    ['x{1001}', 'invalid repeat count: `{1001}`'],
    ['\\', 'trailing backslash at end of expression'],
  ])('%s is refused in the words of Go', (source, told) => {
    const compiled = compileRegexp(source)
    expect(compiled.ok ? '' : compiled.message).toMatch(/^error parsing regexp: /)
    expect(compiled.ok ? '' : compiled.message).toContain(told)
  })

  test('what would compile to millions of steps is refused before it is built, what only looks so is not', () => {
    const tooLarge = { ok: false, message: 'error parsing regexp: expression too large' }
    expect(compileRegexp('x{1000}'.repeat(1000))).toEqual(tooLarge)
    expect(compileRegexp(`(${'a'.repeat(900)}[(]){1000}`)).toEqual(tooLarge)
    expect(compileRegexp('['.repeat(1_000_000))).toEqual(tooLarge)
    const address = '((25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])\\.){3,3}(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])'
    const many = Array.from({ length: 30 }, () => `([0-9a-fA-F]{1,4}:){7,7}${address}`).join('|')
    expect(regexp(`^(${many})$`).test('1:2:3:4:5:6:7:10.0.0.1')).toBe(true)
  })

  test('first alternative as in Go, or leftmost-longest as in POSIX', () => {
    expect(regexp('a|ab').exec('xab')?.groups).toEqual(['a'])
    expect(regexp('a|ab', { longest: true }).exec('xab')).toEqual({ index: 1, end: 3, groups: ['ab'] })
  })

  test('groups that took no part are undefined, what stands before the start counts', () => {
    expect(regexp('(a)|(b)').exec('ab', 1)).toEqual({ index: 1, end: 2, groups: ['b', undefined, 'b'] })
    expect(regexp('^b').exec('ab', 1)).toBeUndefined()
    expect(regexp('\\bb').exec('ab', 1)).toBeUndefined()
    expect(regexp('^b', { multiline: true }).test('a\nb')).toBe(true)
    expect(regexp('a.b', { dotAll: true }).test('a\nb')).toBe(true)
    expect(regexp('STRASSE', { ignoreCase: true }).test('strasse')).toBe(true)
  })

  test('replaces one or every match; an empty match that touches the one before it does not count', () => {
    const dash = () => '-'
    expect(regexp('b').replace('abab', dash)).toBe('a-ab')
    expect(regexp('b').replace('abab', dash, true)).toBe('a-a-')
    expect(regexp('x*').replace('abxxc', dash, true)).toBe('-a-b-c-')
    expect(regexp('').replace('😀', dash, true)).toBe('-😀-')
    expect(regexp('(a)(b)?').replace('ab a', ({ groups }) => `<${groups[1]}${groups[2] ?? ''}>`, true)).toBe('<ab> <a>')
  })

  test('on what both know, finds what the host finds', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', '(a|b)', '(?:ab)', '\\d', '\\w')
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{1,2}', '*?')).map((parts) => parts.join(''))
    const source = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' '), maxLength: 12 })
    fc.assert(
      fc.property(source, text, (pattern, subject) => {
        const found = new RegExp(pattern).exec(subject)
        const match = regexp(pattern).exec(subject)
        expect(match?.index).toBe(found?.index)
        expect(match?.groups[0]).toBe(found?.[0])
      }),
      { numRuns: tries(300) },
    )
  })

  test('a quoted text matches itself and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(regexp(`^${quoteMeta(text)}$`, { dotAll: true }).test(text)).toBe(true)
        expect(regexp(`^${quoteMeta(text)}$`).test(`${text}x`)).toBe(false)
      }),
      { numRuns: tries(200) },
    )
  })
})
