import { expect, test } from 'vitest'
import { toKyaml } from '../../../src/go/yaml/kyaml.ts'

/** Beside what a real kubectl 1.36 prints (test/serve), and sigs.k8s.io/yaml kyaml/kyaml_test.go. */

const value = (one: unknown) => toKyaml({ a: one }, 'given').slice('---\n{\n  a: '.length, -',\n}\n'.length)

test('empty things are short; maps and lists in a list stand close, other items have lines of their own', () => {
  expect(value({})).toBe('{}')
  expect(value([])).toBe('[]')
  expect(value([{ b: 1 }, [true]])).toBe('[{\n    b: 1,\n  }, [\n    true,\n  ]]')
  expect(value([1, null, 'x'])).toBe('[\n    1,\n    null,\n    "x",\n  ]')
})

test.each([
  ['data', 'data'],
  ['kubernetes.io/x-y', 'kubernetes.io/x-y'],
  ['_a', '_a'],
  ['é', 'é'],
  ['no', '"no"'],
  ['12:30', '"12:30"'],
  ['1e3', '"1e3"'],
  ['0x1f', '"0x1f"'],
  ['1_000', '"1_000"'],
  ['2020-01-02', '"2020-01-02"'],
  ['NaN', '"NaN"'],
  ['-a', '"-a"'],
  ['a-', '"a-"'],
  ['', '""'],
  ['a b', '"a b"'],
  ['a\nb', '"a\\nb"'],
])('a key %j is %s', (key, text) => {
  expect(toKyaml({ [key]: 1 }, 'given')).toBe(`---\n{\n  ${text}: 1,\n}\n`)
})

test('texts of several lines are folded, leading blanks are kept by a backslash', () => {
  expect(value('one\n  two\n')).toBe('"\\\n     one\\n\\\n    \\  two\\n\\\n    "')
  expect(value('one\ntwo')).toBe('"\\\n     one\\n\\\n     two\\\n    "')
})

test('what cannot be printed is escaped, a tab is not', () => {
  expect(value('q"\\\t\u0001\u001b\u00a0\u{e0001}é')).toBe('"q\\"\\\\\t\\x01\\e\\_\\U000e0001é"')
})

test('maps of Go are sorted bytewise', () => {
  expect(toKyaml({ b: 1, a: { d: 1, c: 2 } }, 'bytewise')).toBe(
    '---\n{\n  a: {\n    c: 2,\n    d: 1,\n  },\n  b: 1,\n}\n',
  )
})
