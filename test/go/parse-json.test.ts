import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../src/bytes/bytes.ts'
import { jsonSyntaxError, maxDepth } from '../../src/go/json-syntax.ts'
import { parseGoJson } from '../../src/go/parse-json.ts'
import { tries } from '../tries.ts'

/** What the scanner, which reads byte by byte as Go does, says of a text. */
const scanned = (text: string) => jsonSyntaxError(utf8Bytes(text))
const said = (text: string) => {
  const parsed = parseGoJson(text)
  return parsed.ok ? undefined : parsed.error
}

describe('a JSON text as Go reads it', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    [' [1, "\\u0041", null]\n', [1, 'A', null]],
    ['{"a":1,"a":2}', { a: 2 }],
    ['"\u2028"', '\u2028'],
    ['"\ud800"', '\ud800'],
  ])('%j is %j', (text, value) => {
    expect(parseGoJson(text)).toEqual({ ok: true, value })
    expect(scanned(text)).toBeUndefined()
  })

  test.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['"\t"', "invalid character '\\t' in string literal"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
  ])('%j is none', (text, error) => {
    expect(said(text)).toBe(error)
    expect(scanned(text)).toBe(error)
  })

  test.each([
    ['as deep as may be', maxDepth, undefined],
    ['deeper by one', maxDepth + 1, 'exceeded max depth'],
  ])('%s', (_what, depth, error) => {
    expect(said('['.repeat(depth) + ']'.repeat(depth))).toBe(error)
    expect(said(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toBe(error)
    expect(said(`[${'{},'.repeat(depth)}0]`)).toBeUndefined()
  })

  test('engine and scanner take the same texts', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\n"',
      '"\\x"',
      '1',
      '-0',
      '01',
      '1e5',
      '.5',
      'null',
      'nul',
      ' ',
      '\v',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('')
        expect(said(text)).toBe(scanned(text))
      }),
      { numRuns: tries(2000) },
    )
  })
})
