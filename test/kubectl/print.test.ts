import { describe, expect, test } from 'vitest'
import { sortOf } from '../../src/go/sort.ts'
import { alignTabs, describeTabs, tableTabs } from '../../src/go/tabwriter.ts'
import { executeGoTemplate } from '../../src/go/template.ts'
import { goSyntaxText, goValueText } from '../../src/go/value-text.ts'
import { parseCustomColumns, printCustomColumns } from '../../src/kubectl/print/custom-columns.ts'
import { humanDuration, rfc1123 } from '../../src/kubectl/print/duration.ts'
import { executeJsonpath } from '../../src/kubectl/print/jsonpath.ts'
import { compareNaturally, type Sorting, sortObjects } from '../../src/kubectl/print/sorter.ts'
import { TablePrinter } from '../../src/kubectl/print/table.ts'

describe('facts/kubectl.md 5.1: ages', () => {
  test.each([
    [-2000, '<invalid>'],
    [-1000, '0s'],
    [119_999, '119s'],
    [120_000, '2m'],
    [599_000, '9m59s'],
    [600_000, '10m'],
    [179 * 60_000, '179m'],
    [180 * 60_000, '3h'],
    [(7 * 60 + 59) * 60_000, '7h59m'],
    [47 * 3_600_000, '47h'],
    [49 * 3_600_000, '2d1h'],
    [8 * 86_400_000, '8d'],
    [730 * 86_400_000, '2y'],
    [800 * 86_400_000, '2y70d'],
    [2920 * 86_400_000, '8y'],
  ])('%i ms is shown as %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text)
  })

  test('dates stand as RFC 1123 with a numeric zone', () => {
    expect(rfc1123('2026-01-01T00:00:05Z')).toBe('Thu, 01 Jan 2026 00:00:05 +0000')
    expect(rfc1123(undefined)).toBe('Mon, 01 Jan 0001 00:00:00 +0000')
  })
})

describe('facts/kubectl.md 5.2: columns', () => {
  test('a column is as wide as its block of lines, and what ends a line has no column', () => {
    expect(alignTabs('a\tb\nlonger\tc\n\nx\ty\n', describeTabs)).toBe('a       b\nlonger  c\n\nx  y\n')
  })

  test('tables have cells of at least six characters', () => {
    expect(alignTabs('A\tB\n1\t2\n', tableTabs)).toBe('A     B\n1     2\n')
  })

  test('a watch keeps the widths it has shown, and its headers are printed once', () => {
    const options = {
      wide: false,
      noHeaders: false,
      withNamespace: false,
      kind: undefined,
      columnLabels: [],
      showLabels: false,
    }
    const printer = new TablePrinter(options)
    const columnDefinitions = [
      { name: 'Name', type: 'string', format: 'name', priority: 0 },
      { name: 'Age', type: 'string', priority: 0 },
    ]
    const table = (name: string) => ({ kind: 'Table', columnDefinitions, rows: [{ cells: [name, '1s'], object: {} }] })
    expect(printer.print(table('a-long-name'))).toBe('NAME          AGE\na-long-name   1s\n')
    expect(printer.print(table('b'))).toBe('b             1s\n')
  })

  test('columns of lower priority show with -o wide only; kinds stand before names', () => {
    const columnDefinitions = [
      { name: 'Name', type: 'string', format: 'name', priority: 0 },
      { name: 'IP', type: 'string', priority: 1 },
    ]
    const rows = [{ cells: ['x', '10.0.0.1'], object: { metadata: { labels: { a: 'b' } } } }]
    const base = { noHeaders: true, withNamespace: false, columnLabels: [], showLabels: true }
    expect(
      new TablePrinter({ ...base, wide: false, kind: 'pod' }).print({ kind: 'Table', columnDefinitions, rows }),
    ).toBe('pod/x   a=b\n')
    expect(
      new TablePrinter({ ...base, wide: true, kind: undefined }).print({ kind: 'Table', columnDefinitions, rows }),
    ).toBe('x     10.0.0.1   a=b\n')
  })
})

const pod = {
  kind: 'Pod',
  metadata: { name: 'p', labels: { 'a.b/c': 'x' }, annotations: { n: '1' } },
  spec: {
    containers: [
      { name: 'one', image: 'i' },
      { name: 'two', ports: [{ containerPort: 80 }] },
    ],
  },
  n: 3,
  yes: true,
}

describe('facts/kubectl.md 5.3: jsonpath', () => {
  const run = (template: string, allowMissingKeys = true, minor = 20) =>
    executeJsonpath(template, pod, { allowMissingKeys, minor })
  test.each([
    ['{.metadata.name}', 'p'],
    ['name={.metadata.name}!', 'name=p!'],
    ['{.metadata.labels.a\\.b/c}', 'x'],
    ["{.metadata.labels['a\\.b/c']}", 'x'],
    // A key in single quotes is a path: its dots divide. In double quotes it is none.
    ["{.metadata.labels['a.b/c']}", ''],
    ["{.metadata['name','nothing']}", 'p'],
    ['{range .nothing[*]}{.x}{end}after', 'after'],
    ['{range .spec.containers[*]}{.name}{end}{"!"}{.n}', 'onetwo!3'],
    ['{"a\\x41\\u0042"}', 'aAB'],
    ['{.spec.containers[*].name}', 'one two'],
    ['{.spec.containers[-1].name}', 'two'],
    ['{.spec.containers[0:1].name}', 'one'],
    ['{.spec.containers[?(@.name=="two")].ports[0].containerPort}', '80'],
    ['{.spec.containers[?(@.ports)].name}', 'two'],
    ['{range .spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}', 'one\ti\ntwo\t\n'],
    ['{..containerPort}', '80'],
    ['{.spec.containers[0]}', '{"image":"i","name":"one"}'],
    ['{.nothing}', ''],
    ['{.n} {.yes}', '3 true'],
  ])('%s', (template, text) => {
    expect(run(template)).toEqual({ ok: true, text })
  })

  test('up to kubectl 1.18 maps are printed as Go prints them', () => {
    expect(run('{.spec.containers[0]}', true, 18)).toEqual({ ok: true, text: 'map[image:i name:one]' })
  })

  test('up to kubectl 1.18 what follows an empty range is lost', () => {
    expect(run('{range .nothing[*]}{.x}{end}after', true, 18)).toEqual({ ok: true, text: '' })
    expect(run('{range .spec.containers[*]}{.name}{end}{"!"}{.n}', true, 18)).toEqual({ ok: true, text: 'onetwo!3' })
  })

  test('errors are worded as by the real parser', () => {
    expect(run('{.data')).toEqual({ ok: false, error: 'unclosed action' })
    expect(run('{.nothing}', false)).toEqual({ ok: false, error: 'nothing is not found' })
    expect(run('{.spec.containers[5]}')).toEqual({ ok: false, error: 'array index out of bounds: index 5, length 2' })
    expect(run('{.metadata["name"]}')).toEqual({ ok: false, error: 'invalid array index "name"' })
    expect(run('{.metadata[0]}')).toEqual({ ok: false, error: 'map[string]interface {} is not array or slice' })
    expect(run('{.metadata.name b}')).toEqual({ ok: false, error: 'unrecognized identifier b' })
    expect(run('{.spec.containers[?(@.name==1)]}')).toEqual({ ok: false, error: 'incompatible types for comparison' })
    expect(run('{.spec.containers[?(@.name="x")]}')).toEqual({ ok: false, error: 'unrecognized filter operator =' })
    expect(run('{end}')).toEqual({ ok: false, error: 'not in range, nothing to end' })
    expect(run("{'a")).toEqual({ ok: false, error: 'unterminated quoted string' })
    expect(run('{(}')).toEqual({ ok: false, error: "unrecognized character in action: U+0028 '('" })
  })
})

describe('facts/kubectl.md 5.3: go-template', () => {
  test.each([
    ['{{.metadata.name}}', 'p'],
    ['{{.nothing}}', '<no value>'],
    ['{{range .spec.containers}}{{.name}},{{end}}', 'one,two,'],
    ['{{range $i, $c := .spec.containers}}{{$i}}={{$c.name}} {{end}}', '0=one 1=two '],
    ['{{range $k, $v := .metadata.labels}}{{$k}}:{{$v}}{{end}}', 'a.b/c:x'],
    ['{{if .nothing}}a{{else if eq .n 3}}b{{else}}c{{end}}', 'b'],
    ['{{with .metadata}}{{.name}}{{end}}', 'p'],
    ['{{index .metadata.labels "a.b/c" | printf "%q"}}', '"x"'],
    ['{{"cGxhaW4=" | base64decode}}', 'plain'],
    ['{{len .spec.containers}} {{(index .spec.containers 0).name}}', '2 one'],
    ['a {{- " b " -}} c', 'a b c'],
    ['{{/* nothing */}}{{and .n .yes}} {{or "" "x"}} {{not .yes}}', 'true x false'],
    ['{{.metadata.labels}}', 'map[a.b/c:x]'],
  ])('%s', (template, text) => {
    expect(executeGoTemplate(template, pod)).toEqual({ ok: true, text })
  })

  test('what is wrong is told', () => {
    const error = (template: string): unknown => {
      const result = executeGoTemplate(template, pod)
      return result.ok ? result.text : result.error
    }
    expect(error('{{if .x}}')).toBe('template: output:1: unexpected EOF')
    expect(error('{{nope}}')).toBe('template: output:1: function "nope" not defined')
    expect(error('{{index.items.0}}')).toBe('template: output:1: unexpected ".0" in operand')
    expect(error('{{printf"%s".kind}}')).toBe(`template: output:1: bad character U+0022 '"'`)
    expect(error('a\n {{len.items}}')).toBe(
      'template: output:2:3: executing "output" at <len>: wrong number of args for len: want 1 got 0',
    )
    expect(error('{{.n.x}}')).toBe(
      `template: output:1:4: executing "output" at <.n.x>: can't evaluate field x in type interface {}`,
    )
    expect(error('{{.nothing.x.y}}')).toBe('<no value>')
    expect(error('{{range .n}}{{end}}')).toBe(
      `template: output:1:8: executing "output" at <.n>: range can't iterate over 3`,
    )
    expect(executeGoTemplate('a{{.n.x}}', pod)).toMatchObject({ ok: false, text: 'a' })
  })
})

test('values are printed as Go prints them with %v and %#v', () => {
  expect(goValueText({ b: [1, null], a: { x: true } })).toBe('map[a:map[x:true] b:[1 <nil>]]')
  expect(goSyntaxText({ a: [null, 'x', 1] })).toBe(
    'map[string]interface {}{"a":[]interface {}{interface {}(nil), "x", 1}}',
  )
})

test('custom columns show <none> where nothing is found', () => {
  const columns = parseCustomColumns('NAME:.metadata.name,IMAGES:.spec.containers[*].image,X:.x')
  expect(printCustomColumns(columns, [pod], true).text).toBe('NAME   IMAGES   X\np      i        <none>\n')
})

test('sorting compares runs of digits as numbers, and what lacks the field comes first', () => {
  expect(['a10', 'a2', 'b1'].sort(compareNaturally)).toEqual(['a2', 'a10', 'b1'])
  const sorting: Sorting = {
    sortsQuantities: false,
    sort: sortOf('go1.13'),
    unsortable: (what) => {
      throw new Error(what)
    },
  }
  expect(sortObjects([{ n: 10 }, { n: 9 }, {}], '.n', sorting)).toEqual([{}, { n: 9 }, { n: 10 }])
  expect(() => sortObjects([{}], '.n', sorting)).toThrow()
})
