import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findScenarioFiles, readScenarioFile } from '../src/cli/scenario-files.ts'

/** Writes docs/coverage.md: every clause of the Secrets page with the scenarios and tests that show it. */

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'docs/coverage.md')

interface Clause {
  readonly id: string
  readonly text: string
}

export function coverage(): string {
  const scenarios = scenariosByClause()
  const tests = testsByClause()
  const clauses = readClauses()
  const rows = clauses.map(({ id, text }) => {
    const shown = (scenarios.get(id) ?? []).map(({ file, title }) => `- scenario [${title}](../${file})`)
    const tested = [...new Set(tests.get(id))].map((file) => `- tests [${file}](../${file})`)
    return [`### ${id}`, '', text, '', ...shown, ...tested, ''].join('\n')
  })
  const [withScenario, withTest] = [scenarios, tests].map((map) => clauses.filter(({ id }) => map.has(id)).length)
  return [
    '# What covers which clause',
    '',
    'Made by `npm run generate coverage` from `covers` of the shipped scenarios and from the titles of tests.',
    'The titles say which they are: `npx vitest run -t U3` runs those of a clause.',
    '',
    `${clauses.length} clauses: ${withScenario} with a scenario, ${withTest} with tests of their own.`,
    '',
    ...rows,
  ].join('\n')
}

function readClauses(): readonly Clause[] {
  return readFileSync(join(root, 'test/fixtures/clauses.txt'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, id = '', text = ''] = /^([A-Z]\d+) (.*)$/.exec(line) ?? []
      return id === '' ? [] : [{ id, text }]
    })
}

function scenariosByClause(): Map<string, { readonly file: string; readonly title: string }[]> {
  const found = new Map<string, { file: string; title: string }[]>()
  for (const path of findScenarioFiles([join(root, 'scenarios')]).files) {
    const { loaded } = readScenarioFile(path)
    if (!loaded.ok) throw new Error(`${path} does not load`)
    const file = relative(root, join(process.cwd(), path)).split(sep).join('/')
    const [{ covers, source }] = loaded.value
    for (const id of covers) add(found, id, { file, title: source.title })
  }
  return found
}

const titles = /\b(?:test|describe)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g

/** The files of tests with ids at the beginning or end of the title of a test or a group: `C1 ...`, `... (U1, U3)`. */
function testsByClause(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of testFiles(join(root, 'test'))) {
    const file = relative(root, path).split(sep).join('/')
    for (const [, , title = ''] of readFileSync(path, 'utf8').matchAll(titles))
      for (const id of clauseIds(title)) add(found, id, file)
  }
  return found
}

function clauseIds(title: string): ReadonlySet<string> {
  const lists = [/^((?:[A-Z]\d+(?:[ ,]+(?:and )?|$))+)/, /\(([^()]*)\)$/].map(
    (pattern) => pattern.exec(title)?.[1] ?? '',
  )
  return new Set(lists.flatMap((list) => list.match(/\b[OCVUIEPRLBS]\d+\b/g) ?? []))
}

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) return name === 'fixtures' ? [] : testFiles(path)
      return /\.test\.tsx?$/.test(name) ? [path] : []
    })
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, coverage())
