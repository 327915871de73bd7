import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dearFiles } from '../loading/dear-first.ts'
import { packagesOnPage, pathsOnPage, roomsOnPage, wayOnPage } from './architecture-page.ts'
import { droppedGenerators } from './generators.ts'
import {
  excess,
  maxFactoryLines,
  maxFileLines,
  maxFunctionLines,
  maxOwnLines,
  measure,
  readRatchet,
} from './ratchet.ts'
import { filesBelow, readSources, root, type SourceFile } from './source-tree.ts'

/** What docs/architecture.md states about the tree, kept true by reading the tree. */

/** Each room knows only itself and those above it in the page's list. */
const rooms = roomsOnPage()

/** Rooms that see the API server only through its client, which is a room of its own. */
const clientsOnly = ['controllers', 'scheduler', 'node']
/** Rooms that stand outside of the simulated world and reach into the API server. */
const outsiders = ['cluster', 'invariants', 'sim']
/** Rooms that may speak to the host. */
const hostRooms = ['ui', 'serve', 'cli', 'testing']
/** What the language gives and is the same on every machine; `Math.random` is looked for by itself. */
const pureGlobals = new Set(
  (
    'undefined NaN Infinity Object Math Map Set WeakMap WeakSet Number String Boolean Symbol BigInt Array JSON RegExp Reflect ' +
    'Error TypeError RangeError SyntaxError Promise ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int32Array Uint32Array ' +
    'Float64Array BigUint64Array BigInt64Array encodeURI encodeURIComponent decodeURIComponent parseInt parseFloat arguments'
  ).split(' '),
)

const sources = readSources('src')
const tests = readSources('test')
const others = [...readSources('scripts'), ...readSources('bench')]
const all = [...sources, ...tests, ...others]
const found = measure(all)
const allowed = readRatchet()

const roomOf = (path: string) => path.split('/')[1] ?? ''
/** What all records can be, by type: no part of the cluster. */
const recordsFile = 'src/cluster/records.ts'
const isOf = (room: string) => (path: string) => path.startsWith(`src/${room}/`)
/** `rxjs/internal/x` -> `rxjs`; `@noble/hashes/sha2.js` -> `@noble/hashes` */
const packageName = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
const isCore = ({ path }: SourceFile) => path !== 'src/index.ts' && !hostRooms.includes(roomOf(path))

describe('the tree', () => {
  test('the test files that begin are there', () => {
    expect(dearFiles.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('the rooms are those on the page', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map(({ name }) => name).sort()).toEqual([...rooms].sort())
  })

  test('rooms know only the rooms above them', () => {
    const wrong = sources
      .filter(({ path }) => path !== 'src/index.ts')
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => target !== 'src/index.ts' && rooms.indexOf(roomOf(target)) > rooms.indexOf(roomOf(path)))
          .map((target) => `${path} imports ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('in src/ only cli and testing import the public library', () => {
    const users = sources.filter(({ imports }) => imports.includes('src/index.ts')).map(({ path }) => roomOf(path))
    expect([...new Set(users)].sort()).toEqual(['cli', 'testing'])
  })

  test('packages are used where the page says, and it lists all', () => {
    const listed = packagesOnPage()
    const wrong = sources
      .filter(({ path }) => path !== 'src/index.ts' && roomOf(path) !== 'testing')
      .flatMap(({ path, packages }) =>
        packages
          .filter((name) => !name.startsWith('node:') && listed.get(packageName(name))?.includes(roomOf(path)) !== true)
          .map((name) => `${path} imports ${name}`),
      )
    expect(wrong).toEqual([])
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>> // as npm has it
      readonly devDependencies: Readonly<Record<string, string>>
    }
    // What the page names is put into the bundles; what is installed beside podsim is among it.
    const known = { ...dependencies, ...devDependencies }
    expect([...listed.keys()].filter((name) => !Object.hasOwn(known, name))).toEqual([])
    expect(Object.keys(dependencies).filter((name) => !listed.has(name))).toEqual([])
  })

  test('what the page names is there, and every generated file is on it', () => {
    const named = pathsOnPage()
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const generated = filesBelow('src').filter((path) => path.includes('/generated/'))
    expect(generated.filter((path) => !named.includes(path))).toEqual([])
  })

  test('a Secret goes the way that the page tells', () => {
    const way = wayOnPage()
    expect(way.length).toBeGreaterThan(20)
    const isThere = ({ file, name }: (typeof way)[number]): boolean =>
      new RegExp(`^(export (const|class|function\\*?) ${name}\\b|  (async |\\*)?${name}[(<])`, 'm').test(
        readFileSync(join(root, file), 'utf8'),
      )
    expect(way.filter((step) => !isThere(step))).toEqual([])
  })

  test('each decision has a number of its own', () => {
    const numbers = readdirSync(join(root, 'docs/decisions')).map((name) => name.slice(0, 4))
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([])
  })

  test('nothing in src/ knows the tests, scripts or benchmarks', () => {
    const wrong = sources.filter(({ imports }) => imports.some((target) => !target.startsWith('src/')))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('controllers, scheduler and nodes see the API server only through its client; only outsiders reach into it', () => {
    const users = sources.filter(({ path, imports }) => roomOf(path) !== 'apiserver' && imports.some(isOf('apiserver')))
    expect(users.filter(({ path }) => clientsOnly.includes(roomOf(path))).map(({ path }) => path)).toEqual([])
    expect(users.filter(({ path }) => !outsiders.includes(roomOf(path))).map(({ path }) => path)).toEqual([])
  })

  test('controllers, scheduler and nodes know nothing of each other', () => {
    const known = (path: string): readonly string[] => clientsOnly.filter((room) => room !== roomOf(path))
    const wrong = sources.filter(
      ({ path, imports }) =>
        clientsOnly.includes(roomOf(path)) && imports.some((target) => known(path).includes(roomOf(target))),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('reports are made from records and results', () => {
    const wrong = sources.filter(
      ({ path, imports }) =>
        roomOf(path) === 'report' &&
        imports.some((target) => target !== recordsFile && ['apiserver', 'node', 'cluster'].includes(roomOf(target))),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('no circle of imports', () => {
    expect(circlesOf(all)).toEqual([])
  })

  test('the core reads no clock, no ambient randomness, no environment and no files', () => {
    const wrong = sources
      .filter(isCore)
      .flatMap(({ path, globals, packages, text }) => [
        ...globals.filter(({ name }) => !pureGlobals.has(name)).map(({ name, line }) => `${path}:${line}: ${name}`),
        ...packages.filter((name) => name.startsWith('node:')).map((name) => `${path} imports ${name}`),
        ...(/\bMath\s*\.\s*random\b/.test(text) ? [`${path}: Math.random`] : []),
      ])
    expect(wrong).toEqual([])
  })

  test('core rooms order texts bytewise, not by locale', () => {
    const wrong = sources.filter((file) => isCore(file) && /localeCompare|toLocale/.test(file.text))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test(`a file has at most ${maxFileLines} lines`, () => {
    expect(excess(found.longFiles, allowed.longFiles)).toEqual([])
  })

  test(`a function has at most ${maxOwnLines} lines of its own, wherever it stands`, () => {
    expect(excess(found.longFunctions, allowed.longFunctions)).toEqual([])
  })

  test(`a function with all that is in it has at most ${maxFunctionLines} lines, a factory ${maxFactoryLines}`, () => {
    const limit = (name: string) => (name.startsWith('create') ? maxFactoryLines : maxFunctionLines)
    const long = all.flatMap(({ path, functions }) =>
      functions
        .filter(({ name, lines }) => lines > limit(name) && name !== 'callback of describe')
        .map(({ name, line, lines }) => `${path}:${line}: ${name}, ${lines} lines`),
    )
    expect(long).toEqual([])
  })

  test('every export has a docstring', () => {
    expect(excess(found.undocumented, allowed.undocumented)).toEqual([])
  })

  test('no generator is called and dropped', () => {
    expect(droppedGenerators(all)).toEqual([])
  })

  test('every cast has a reason beside it', () => {
    expect(excess(found.unexplainedCasts, allowed.unexplainedCasts)).toEqual([])
  })

  test('files are named in kebab-case, and no room has a barrel', () => {
    const names = all.map(({ path }) => path).filter((path) => path !== 'src/index.ts')
    expect(
      names.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.tsx?$/.test(path.split('/').at(-1) ?? '')),
    ).toEqual([])
    expect(names.filter((path) => path.endsWith('/index.ts'))).toEqual([])
  })
})

describe('the tests', () => {
  const clauses = new Set(
    [...readFileSync(join(root, 'test/fixtures/clauses.txt'), 'utf8').matchAll(/^([A-Z]\d+)\b/gm)].map(
      (match) => match[1] ?? '',
    ),
  )
  const testOf = (isReal: boolean) =>
    tests.filter(({ path }) => path.endsWith('.test.ts') && path.endsWith('.real.test.ts') === isReal)
  const ci = readFileSync(join(root, '.ci/run'), 'utf8')
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  /** A line of .ci/run on which only options follow: a file or folder would make it a part of them. */
  const all = (command: string) => new RegExp(`^ *${command} --(?: \\d+)?(?: -[^ ]+)* *(?:&&|\\|\\||$)`, 'm')

  test('of real programs are those that are named so: the others start no process', () => {
    const started = testOf(false).flatMap(({ path }) => programsOf(path, [...tests, ...others]))
    expect([...new Set(started)]).toEqual([])
    // The rule sees what it looks for.
    expect(testOf(true).filter(({ path }) => programsOf(path, [...tests, ...others]).length === 0)).toEqual([])
  })

  test('that `npm test` leaves out are run by CI, all of them', () => {
    expect(testOf(true).length).toBeGreaterThan(10)
    const commands = ['vitest run', 'vitest run --mode real', 'tsx scripts/soak.ts']
    expect([scripts.test, scripts['test:real'], scripts.soak]).toEqual(commands)
    for (const command of ['npm test', 'npm run test:real', 'npm run soak']) expect(ci).toMatch(all(command))
    expect(readFileSync(join(root, 'scripts/soak.ts'), 'utf8')).toContain("'.soak.test.ts'")
    const kinds = tests.flatMap(({ path }) => /\.([a-z]+)\.test\.ts$/.exec(path)?.slice(1) ?? [])
    expect([...new Set(kinds)].sort()).toEqual(['real', 'soak', 'vectors'])
  })

  test('clause ids in titles exist in the requirements', () => {
    const unknown = tests.flatMap(({ path, titles }) =>
      titles.flatMap(({ name, line }) =>
        (/^(?:[OCVUIEPRLBS]\d+(?:,? (?:and )?|\b))+/.exec(name)?.[0] ?? '')
          .split(/,? (?:and )?/)
          .filter((id) => id !== '' && !clauses.has(id))
          .map((id) => `${path}:${line}: ${id}`),
      ),
    )
    expect(unknown).toEqual([])
  })

  test('draw texts of any code points by anyText, which costs nothing to begin with', () => {
    const isDear = ({ path, text }: SourceFile) => path !== 'test/any-text.ts' && /unit: 'binary'(?!-)/.test(text)
    expect(tests.filter(({ path }) => path !== 'test/tidy/tidy.test.ts').filter(isDear)).toEqual([])
  })

  test('none is skipped or focused', () => {
    const isPicked = ({ text }: SourceFile) =>
      /\b(?:test|it|describe)(?:\.each)?\.(?:skip|only|todo|fails)\b/.test(text)
    expect(tests.filter(isPicked).map(({ path }) => path)).toEqual([])
  })
})

/** What a test may start processes with, itself or by what it imports from beside the sources. */
function programsOf(path: string, files: readonly SourceFile[]): readonly string[] {
  const seen = new Set<string>()
  const visit = (at: string): readonly string[] => {
    const file = files.find((each) => each.path === at)
    if (file === undefined || seen.has(at)) return []
    seen.add(at)
    const own = file.packages.filter((name) => /^(?:node:child_process|node:cluster|playwright-core)$/.test(name))
    return [...own.map((name) => `${at} imports ${name}`), ...file.imports.flatMap(visit)]
  }
  return visit(path)
}

/** Circles as paths: `a.ts -> b.ts -> a.ts`. */
function circlesOf(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(files.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (done.has(path)) return
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      return
    }
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return circles
}
