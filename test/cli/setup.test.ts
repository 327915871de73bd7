import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstScenario, firstTest } from '../../src/cli/init-files.ts'
import { expect as podExpect, test as podTest } from '../../src/testing/vitest.ts'
import { inProcess } from './in-process.ts'
import { sarifSchema } from './sarif-schema.ts'

/** What somebody calls who sets up a place to work in, or has an editor or a pipeline look at files. */

const root = join(import.meta.dirname, '../..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const podsim = (...args: readonly string[]) => inProcess(args, { cwd: folder })
const read = (path: string) => readFileSync(join(folder, path), 'utf8')

describe('podsim init', () => {
  test('writes a scenario that passes and its schema, and overwrites nothing', async () => {
    const { code, stdout } = await podsim('init')
    expect(code).toBe(0)
    expect(stdout).toBe('scenarios/rotation.yaml\nscenarios/podsim.schema.json\n\nNext:\n  podsim run scenarios\n')
    expect(read('scenarios/rotation.yaml')).toBe(firstScenario)
    expect(firstScenario.split('\n')[0]).toBe('# yaml-language-server: $schema=podsim.schema.json')
    expect(JSON.parse(read('scenarios/podsim.schema.json'))).toMatchObject({ $id: 'urn:podsim:scenario' })
    expect(await podsim('lint', 'scenarios')).toMatchObject({ code: 0, stderr: '' })
    expect(await podsim('run', 'scenarios', '--seeds', '1..3')).toMatchObject({ code: 0 })
    writeFileSync(join(folder, 'scenarios/rotation.yaml'), 'mine')
    const again = await podsim('init')
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toContain('scenarios/rotation.yaml  is there already: kept as it is')
    expect(read('scenarios/rotation.yaml')).toBe('mine')
  })

  test('beside a package.json a test too, and says what is to be installed', async () => {
    mkdirSync(join(folder, 'app'))
    writeFileSync(join(folder, 'app/package.json'), '{"devDependencies": {"vitest": "^4"}}')
    const { stdout } = await podsim('init', 'app')
    expect(read('app/scenarios/scenarios.test.ts')).toBe(firstTest)
    expect(stdout).toMatch(/ {2}podsim run app\/scenarios\n {2}npm install --save-dev podsim\n {2}npx vitest run\n$/)
    expect(existsSync(join(folder, 'scenarios/scenarios.test.ts'))).toBe(false)
  })

  test('where it cannot write is exit code 2', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { code, stderr } = await podsim('init', 'file')
    expect(code).toBe(2)
    expect(stderr).toMatch(/error: file\/scenarios\/rotation.yaml cannot be written \((EEXIST|ENOTDIR)\)/)
    // A file system that takes no folders.
    if (existsSync('/proc/self')) expect(await podsim('init', '/proc/podsim')).toMatchObject({ code: 2 })
  })

  // The test that it writes, as it stands.
  const given: unknown[] = []
  const [, body = ''] = firstTest.split("'podsim/vitest'\n")
  compileFunction(body, ['expect', 'test', 'scenarioTests'])(podExpect, podTest, (...all: unknown[]) =>
    given.push(...all),
  )
  test('the test that it writes takes the scenarios beside it', () => {
    expect(given).toEqual(['scenarios/**/*.yaml', { seeds: [1, 2, 3] }])
  })
})

describe('podsim lint', () => {
  const bad = 'titel: x\nsteps: [{say: a}]\n'
  const doubtful = `title: x
steps:
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: p }
      spec: { containers: [{ name: c, image: i, envFrom: [{ secretRef: { name: nobody } }] }] }
`
  beforeAll(() => {
    writeFileSync(join(folder, 'bad.yaml'), bad)
    writeFileSync(join(folder, 'doubtful.yaml'), doubtful)
  })

  test('as SARIF 2.1.0, with what its schema requires', async () => {
    const { code, stdout, stderr } = await podsim('lint', 'bad.yaml', 'doubtful.yaml', '-o', 'sarif')
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    const log: unknown = JSON.parse(stdout)
    const ajv = new Ajv({ allErrors: true })
    expect(ajv.validate(sarifSchema, log) ? [] : ajv.errors).toEqual([])
    expect(log).toMatchObject({
      runs: [
        {
          tool: { driver: { rules: [{ id: 'UNKNOWN_KEY' }, { id: 'UNKNOWN_SECRET' }] } },
          results: [
            { ruleId: 'UNKNOWN_KEY', ruleIndex: 0, level: 'error' },
            { ruleId: 'UNKNOWN_SECRET', ruleIndex: 1, level: 'warning' },
          ],
        },
      ],
    })
  })

  test('for programs, for pull requests, and for people', async () => {
    const { stdout } = await podsim('lint', 'bad.yaml', 'nowhere.yaml', '-o', 'json')
    expect(JSON.parse(stdout)).toEqual({
      ...{ format: 1, files: 1, wrong: 2 },
      findings: [
        expect.objectContaining({ level: 'error', code: 'NOT_READABLE', file: 'nowhere.yaml', line: 1, column: 1 }),
        expect.objectContaining({ level: 'error', code: 'UNKNOWN_KEY', file: 'bad.yaml', suggestion: '"title"' }),
      ],
    })
    expect((await podsim('lint', 'doubtful.yaml', '-o', 'github')).stdout).toMatch(
      /^::warning file=doubtful.yaml,line=7,col=\d+,title=UNKNOWN_SECRET::nobody creates the Secret "nobody"/,
    )
    expect(await podsim('lint', 'doubtful.yaml')).toMatchObject({ code: 0, stdout: '1 file, 0 with errors\n' })
  })
})

describe('podsim completion', () => {
  test('has every command and every option that the help has, in each shell', async () => {
    const scripts = new Map<string, string>()
    for (const shell of ['bash', 'zsh', 'fish']) scripts.set(shell, (await podsim('completion', shell)).stdout)
    const { stdout: help } = await podsim('run', '--help')
    const options = [...help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name = '']) => name)
    expect(options).toEqual(expect.arrayContaining(['seed', 'journal', 'verify-determinism', 'help']))
    for (const name of options) {
      expect(scripts.get('bash')).toContain(`--${name}`)
      expect(scripts.get('zsh')).toMatch(new RegExp(`--${name}[}\\[]`))
      expect(scripts.get('fish')).toMatch(new RegExp(`from run' -l ${name} `))
    }
    const { stdout: main } = await podsim('--help')
    const commands = [...main.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'podsim')
    expect(commands.length).toBeGreaterThan(10)
    for (const [, script] of scripts) for (const name of commands) if (name !== 'help') expect(script).toContain(name)
  })

  test('another shell is exit code 2', async () => {
    expect(await podsim('completion', 'tcsh')).toMatchObject({ code: 2, stdout: '' })
  })
})

test('all of them are in the help', async () => {
  const { stdout } = await inProcess(['--help'], { cwd: root })
  for (const name of ['explain', 'why', 'diff', 'init', 'completion'])
    expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'))
})
