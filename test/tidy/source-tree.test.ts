import { describe, expect, test } from 'vitest'
import { droppedGenerators } from './generators.ts'
import { parseSource } from './source-tree.ts'

/** The rules of tidy.test.ts are worth as much as what they see. */

const parse = (text: string) => parseSource('src/room/file.ts', text)
const names = (spots: readonly { readonly name: string }[]) => spots.map(({ name }) => name)

describe('imports', () => {
  test.each([
    ['on one line', "import { a } from './a.ts'"],
    ['over several lines', "import {\n  a,\n  type B,\n} from './a.ts'"],
    ['of types', "import type { A } from './a.ts'"],
    ['for what they do', "import './a.ts'"],
    ['of all', "import * as a from './a.ts'"],
    ['that are exports', "export {\n  a,\n} from './a.ts'"],
    ['that are exports of all', "export * from './a.ts'"],
    ['when they are needed', "const a = await import('./a.ts')"],
  ])('%s are seen', (_how, text) => {
    expect(parse(text).imports).toEqual(['src/room/a.ts'])
  })

  test('what only looks like one is none', () => {
    expect(parse("const text = \"import a from './a.ts'\" // import './b.ts'").imports).toEqual([])
  })
})

describe('functions', () => {
  test('those inside of a factory are counted by themselves, and the factory without them', () => {
    const { functions } = parse(
      'function createX() {\n  const y = 1\n  function inner() {\n    a()\n    b()\n  }\n  return {\n    z: () => {\n      c()\n    },\n  }\n}',
    )
    expect(functions.map(({ name, lines, ownLines }) => [name, lines, ownLines])).toEqual([
      ['inner', 4, 4],
      ['z', 3, 3],
      ['createX', 12, 5],
    ])
  })
})

describe('docstrings', () => {
  test.each([
    ['a function', 'export function a() {}'],
    ['a constant', 'export const a = 1'],
    ['a type', 'export type a = 1'],
    ['an interface', 'export interface a {}'],
    ['a class', 'export class a {}'],
  ])('%s has one or not', (_what, text) => {
    expect(names(parse(text).undocumented)).toEqual(['a'])
    expect(names(parse(`// no docstring\n${text}`).undocumented)).toEqual(['a'])
    expect(names(parse(`/** Of the file. */\n\nconst b = 1\n${text}`).undocumented)).toEqual(['a'])
    expect(names(parse(`/** What it is. */\n${text}`).undocumented)).toEqual([])
  })
})

describe('casts', () => {
  test.each([
    ['without a word', 'const a = b as C', 1],
    ['over several lines', 'const a = {\n  ...b,\n} as C', 1],
    ['to a constant', 'const a = [1] as const', 0],
    ['with a reason behind', 'const a = b as C // checked above', 0],
    ['with a reason above', '// checked above\nconst a = b as C', 0],
    ['with a reason above the statement', '// checked above\nreturn_({\n  a: 1,\n  b: b as C,\n})', 0],
  ])('%s', (_how, text, count) => {
    expect(parse(text).unexplainedCasts).toHaveLength(count)
  })
})

describe('globals', () => {
  test.each([
    ['a call', 'const now = Date.now()', ['Date']],
    ['a value that is kept', 'const later = setTimeout', ['setTimeout']],
    ['by another name', 'const { now } = performance', ['performance']],
    ['an argument', 'run(process)', ['run', 'process']],
  ])('%s is seen', (_how, text, expected) => {
    expect(names(parse(text).globals)).toEqual(expected)
  })

  test.each([
    ['an import', "import { process } from './process.ts'\nprocess()"],
    ['a parameter', 'const f = (process: string) => process'],
    ['a property', 'const f = (a: { process: string }) => a.process'],
    ['a key', 'export const a = { process: 1 }'],
    ['a type', 'export type A = { process: Date }'],
    ['part of a pattern', 'export function f({ process }: { process: string }) {\n  return process\n}'],
  ])('%s is none', (_what, text) => {
    expect(names(parse(text).globals)).toEqual([])
  })
})

describe('titles', () => {
  test.each([
    ["test('U3 a', () => {})", ['U3 a']],
    ["test.each([1])('U3 a', () => {})", ['U3 a']],
    ["describe.each(\n  [1],\n)('U3 a', () => {\n  test(`L1 ${b}`, () => {})\n})", ['U3 a', 'L1 ${b}']],
  ])('of %s', (text, expected) => {
    expect(names(parse(text).titles)).toEqual(expected)
  })
})

describe('generators', () => {
  const gen = 'function* gen(): Steps<number> {\n  return 1\n}\n'

  test.each([
    ['gen()', ['gen']],
    ['yield gen()', ['gen']],
    ['ready && gen()', ['gen']],
    ['if (gen()) a()', ['gen']],
    ['!gen()', ['gen']],
    ['ready ? gen() : a()', ['gen']],
    ['x.steps()', ['.steps']],
    ['x.mixed()', []],
    ['yield* gen()', []],
    ['process(kernel, gen())', []],
    ['const ran = gen()', []],
    ['return ready ? gen() : 0', []],
    ['starts(() => gen())', []],
    ['gen().next()', []],
    ['plain()', []],
  ])('%s: %j is dropped', (use, dropped) => {
    const own = 'const plain = () => 1\nclass X {\n  *steps() {}\n  *mixed() {}\n}\nclass Y {\n  mixed() {}\n}\n'
    const file = parse(`${gen}${own}function* user() {\n  ${use}\n}`)
    expect(droppedGenerators([file]).map((row) => row.split(' ').at(-1))).toEqual(dropped)
  })

  test('what is imported counts, what only has the same name does not', () => {
    const made = parseSource('src/room/gen.ts', `export ${gen}`)
    const user = parse("import { gen } from './gen.ts'\ngen()")
    expect(droppedGenerators([made, user])).toEqual(['src/room/file.ts:2: gen'])
    const renamed = parse("import { gen as start } from './gen.ts'\nstart()")
    expect(droppedGenerators([made, renamed])).toEqual(['src/room/file.ts:2: start'])
    expect(droppedGenerators([made, parse('const gen = () => 1\ngen()')])).toEqual([])
  })
})
