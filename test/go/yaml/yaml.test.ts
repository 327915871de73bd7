import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromYaml } from '../../../src/go/yaml/from-yaml.ts'
import { toGoYaml } from '../../../src/go/yaml/go-yaml.ts'
import { readManifestDocuments } from '../../../src/go/yaml/manifests.ts'
import { anyText } from '../../any-text.ts'
import { tries } from '../../tries.ts'

describe('C8 YAML is written as kubectl writes it', () => {
  /** Each output was given by kubectl 1.32. */
  test.each([
    ['yes', '"yes"'],
    ['n', '"n"'],
    ['0755', '"0755"'],
    ['1:30', '"1:30"'],
    ['2001-01-01', '"2001-01-01"'],
    ['.1_0', '".1_0"'],
    ['a: b', "'a: b'"],
    [' x', "' x'"],
    ['it is', 'it is'],
    ['=', '='],
    ['\ttab', '"\\ttab"'],
    ['😀', '"\\U0001F600"'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n\n', '|+\n  a\n\n'],
    [' a\nb\n', '|2\n   a\n  b\n'],
    ['a\r\nb', '"a\\r\\nb"'],
    ['a\u0085b', 'a b'],
    ['', '""'],
  ])('%j', (value, written) => {
    expect(toGoYaml({ k: value })).toBe(`k: ${written}${written.endsWith('\n') ? '' : '\n'}`)
  })

  test('keys are in natural order, long ones on a line of their own', () => {
    expect(toGoYaml({ key10: 1, key2: 1, Key3: 1, '.d': 1, '-h': 1 })).toBe(
      '-h: 1\n.d: 1\nKey3: 1\nkey2: 1\nkey10: 1\n',
    )
    expect(toGoYaml({ ['k'.repeat(129)]: 1 })).toBe(`? ${'k'.repeat(129)}\n: 1\n`)
  })

  test('what is written is read back', () => {
    const leaf = fc.oneof(fc.string(), anyText(), fc.integer(), fc.boolean(), fc.constant(null))
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('node'), { maxKeys: 4 }),
      ),
    })).node
    fc.assert(
      fc.property(value, (given) => {
        fc.pre(!/[\u0080-\u009f\u007f\ufffe\uffff\ufeff]|[\ud800-\udfff]/u.test(JSON.stringify(given) ?? ''))
        expect(fromYaml(toGoYaml(given))).toEqual({ ok: true, value: given })
      }),
      { numRuns: tries(500) },
    )
  })
})

describe('C5 manifests are read as kubectl reads them', () => {
  test('V5 numbers, booleans and times are those of YAML 1.1 with Go', () => {
    const text =
      'a: 0400\nb: 0o400\nc: yes\nd: 1:30\ne: 2001-01-01\nf: 1_000\ng: 0x1F\nh: "0400"\ni: ~\nj: .5\nk: 1e3\n'
    expect(fromYaml(text)).toEqual({
      ok: true,
      value: {
        a: 256,
        b: 256,
        c: true,
        d: '1:30',
        e: '2001-01-01',
        f: 1000,
        g: 31,
        h: '0400',
        i: null,
        j: 0.5,
        k: 1000,
      },
    })
  })

  test('anchors and merges; a later key wins', () => {
    expect(fromYaml('a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\nc: 1\nc: 2\n')).toEqual({
      ok: true,
      value: { a: { p: 1, q: 2 }, b: { p: 1, q: 3 }, c: 2 },
    })
  })

  /** Each error was given by kubectl 1.32. */
  test.each([
    ['a: b: c\n', 'yaml: mapping values are not allowed in this context'],
    ['x: 1\na: b: c\n', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a:\n\tb: c\n', 'yaml: line 2: found character that cannot start any token'],
    ['a:\n  - b\n c: d\n', 'yaml: line 2: did not find expected key'],
    ['a: [1, 2\nb: c\n', "yaml: line 1: did not find expected ',' or ']'"],
    ['a: "x\n', 'yaml: line 2: found unexpected end of stream'],
    ['a: *x\n', "yaml: unknown anchor 'x' referenced"],
    ['a: {{ x }}\n', 'yaml: invalid map key: map[interface {}]interface {}{"x":interface {}(nil)}'],
    ['a: \u0001\n', 'yaml: control characters are not allowed'],
    ['a: @x\n', 'yaml: found character that cannot start any token'],
    ['a: %x\n', 'yaml: found character that cannot start any token'],
  ])('%j is refused in the words of go-yaml', (text, error) => {
    expect(fromYaml(text)).toEqual({ ok: false, error })
  })

  test('an explosion of aliases is refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    expect(fromYaml(lines.join('\n'))).toEqual({ ok: false, error: 'yaml: document contains excessive aliasing' })
  })

  test('documents are split at lines of three dashes, empty ones are passed over', () => {
    expect(readManifestDocuments('---\na: 1\n---\n# nothing\n---\nb: 2\n')).toEqual({
      values: [{ a: 1 }, { b: 2 }],
      error: undefined,
    })
    expect(readManifestDocuments('{"a": 1}\n{"b": 2}').values).toEqual([{ a: 1 }, { b: 2 }])
    const { values, error } = readManifestDocuments('a: 1\n---\nb: [\n')
    expect(values).toEqual([{ a: 1 }])
    expect(error).toMatch(/^error converting YAML to JSON: yaml: /)
  })

  test('no text throws, whatever its depth', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '&x ',
      '*x',
      '!!str ',
      '|\n',
      '>-\n',
      '#',
      '---\n',
      '<<: ',
      '? ',
      '\t',
      '%YAML 1.1\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        expect(typeof fromYaml(parts.join('')).ok).toBe('boolean')
      }),
      { numRuns: tries(2000) },
    )
    for (const deep of ['['.repeat(20_000), '- '.repeat(20_000), '{a: '.repeat(20_000)])
      expect(fromYaml(deep).ok).toBe(false)
  })
})
