import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What docs/architecture.md states about the tree, kept true by reading the tree. */

/** Each room knows only itself and those above it. */
const rooms = [
  'kernel',
  'versions',
  'bytes',
  'go',
  'api',
  'fs',
  'client',
  'shell',
  'apiserver',
  'controllers',
  'scheduler',
  'node',
  'cluster',
  'invariants',
  'kustomize',
  'kubectl',
  'looks',
  'sim',
  'scenario',
  'check',
  'report',
  'ui',
  'cli',
] as const

/** Rooms that see the API server only through its client, and the contracts that they share with it. */
const clientsOnly = ['controllers', 'scheduler', 'node']
/** Rooms that may speak to the host. */
const hostRooms = ['ui', 'cli', 'testing']

/** The longest file and the ratchet: lower it when a file shrinks, never raise it. */
const maxFileLines = 400
/** A factory holds the functions of what it makes; those are counted by themselves. */
const maxFactoryLines = 290
const maxFunctionLines = 81

interface SourceFile {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly imports: readonly string[]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

const root = join(import.meta.dirname, '..')
const sources: readonly SourceFile[] = filesBelow(join(root, 'src'))
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('/generated/'))
  .map((absolute) => {
    const path = relative(root, absolute)
    const text = readFileSync(absolute, 'utf8')
    const imports = [
      ...text.matchAll(/(?:^|\n)\s*(?:import|export)[^'"\n]*?from\s+'([^']+)'|import\('([^']+)'\)/g),
    ].map((match) => match[1] ?? match[2] ?? '')
    return { path, room: path.split('/')[1] ?? '', text, imports }
  })

function importedPath(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith('.') ? normalize(join(dirname(file.path), specifier)) : undefined
}

/** Functions and methods by their indentation, which the formatter keeps. */
function functionsOf({ path, text }: SourceFile): { path: string; name: string; lines: number }[] {
  const lines = text.split('\n')
  return lines.flatMap((line, start) => {
    const match =
      /^(\s*)(?:export )?(?:async )?function\*? ?(\w+)/.exec(line) ??
      /^( {2})(?:(?:private|static|override|async|get) |\*)*(#?\w+)(?:<[^>]*>)?\(.*\{$/.exec(line)
    if (match === null) return []
    const [, indent = '', name = ''] = match
    const end = lines.findIndex((later, i) => i > start && later.startsWith(`${indent}}`))
    return end === -1 ? [] : [{ path, name, lines: end - start + 1 }]
  })
}

describe('the tree', () => {
  test('rooms know only the rooms above them', () => {
    const wrong = sources.flatMap((file) => {
      const rank = rooms.indexOf(file.room as (typeof rooms)[number])
      return file.imports.flatMap((specifier) => {
        const target = importedPath(file, specifier)?.split('/')[1]
        const targetRank = rooms.indexOf(target as (typeof rooms)[number])
        if (rank === -1 || target === undefined || targetRank === -1) return []
        return targetRank > rank ? [`${file.path} imports ${specifier}`] : []
      })
    })
    expect(wrong).toEqual([])
  })

  test('controllers, scheduler and nodes see the API server only through its client', () => {
    const wrong = sources
      .filter(({ room }) => clientsOnly.includes(room))
      .flatMap((file) =>
        file.imports
          .map((specifier) => importedPath(file, specifier) ?? '')
          .filter((path) => path.startsWith('src/apiserver/'))
          .map((path) => `${file.path} imports ${path}`),
      )
    expect(wrong).toEqual([])
  })

  test('no circle of imports', () => {
    const graph = new Map(
      sources.map((file) => [
        file.path,
        file.imports.map((specifier) => importedPath(file, specifier)).filter((path) => path !== undefined),
      ]),
    )
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
    expect(circles).toEqual([])
  })

  test('the core reads no clock, no ambient randomness, no environment and no files', () => {
    const hidden =
      /\bDate\.now\(|\bnew Date\b|\bMath\.random\(|\bprocess\.(?!ts)|\bperformance\.now\(|(?<!\.)\bsetTimeout\((?!work)|(?<!\.)\bsetInterval\(|from 'node:/
    const wrong = sources
      .filter(({ room }) => !hostRooms.includes(room))
      .flatMap((file) =>
        file.text
          .split('\n')
          .map((line, i) => ({ line, at: `${file.path}:${i + 1}` }))
          .filter(({ line }) => hidden.test(line.replace(/\/\/.*|^\s*\*.*|\/\*.*/, '')))
          .map(({ at }) => at),
      )
    expect(wrong).toEqual([])
  })

  test('core rooms order texts bytewise, not by locale', () => {
    const wrong = sources
      .filter(({ room, text }) => !hostRooms.includes(room) && /localeCompare|toLocale/.test(text))
      .map(({ path }) => path)
    expect(wrong).toEqual([])
  })

  test('files stay readable', () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > maxFileLines)
      .map(({ path, lines }) => `${path}: ${lines} lines`)
    expect(long).toEqual([])
  })

  test('functions stay readable', () => {
    const long = sources
      .flatMap(functionsOf)
      .filter(({ name, lines }) => lines > (name.startsWith('create') ? maxFactoryLines : maxFunctionLines))
    expect(long.map(({ path, name, lines }) => `${path}: ${name}, ${lines} lines`)).toEqual([])
  })

  test('files are named in kebab-case, and no room has a barrel', () => {
    const names = sources.map(({ path }) => path).filter((path) => path !== 'src/index.ts')
    expect(
      names.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.tsx?$/.test(path.split('/').at(-1) ?? '')),
    ).toEqual([])
    expect(names.filter((path) => path.endsWith('/index.ts'))).toEqual([])
  })
})

describe('the tests', () => {
  const tests = filesBelow(join(root, 'test'))
    .filter((path) => /\.test\.tsx?$/.test(path))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
  const clauses = new Set(
    [...readFileSync(join(root, 'test/fixtures/clauses.txt'), 'utf8').matchAll(/^([A-Z]\d+)\b/gm)].map(
      (match) => match[1] ?? '',
    ),
  )

  test('clause ids in titles exist in the requirements', () => {
    const unknown = tests.flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /\b(?:test|describe|it)(?:\.each\([\s\S]*?\))?\(\s*['"`]((?:[OCVUIEPRLBS]\d+(?:,? (?:and )?)?)+)/g,
        ),
      ].flatMap((match) =>
        (match[1] ?? '')
          .split(/,? (?:and )?/)
          .filter((id) => id !== '' && !clauses.has(id))
          .map((id) => `${path}: ${id}`),
      ),
    )
    expect(unknown).toEqual([])
  })

  test('none is skipped or focused', () => {
    expect(
      tests
        .filter(({ path, text }) => path !== 'test/tidy.test.ts' && /\.(skip|only|todo|fails)\(/.test(text))
        .map(({ path }) => path),
    ).toEqual([])
  })
})
