import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goodTree } from '../check/good-tree.ts'
import { inProcess } from './in-process.ts'

/** check, rotate and graph as a user and a pipe see them. */

const root = join(import.meta.dirname, '../..')
let folder = ''

beforeAll(() => {
  if (!existsSync(join(root, 'dist/bundle/podsim.cjs')))
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' })
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
  mkdirSync(join(folder, 'good'))
  for (const [name, text] of Object.entries(goodTree)) writeFileSync(join(folder, 'good', name), text)
  mkdirSync(join(folder, 'prod'))
  writeFileSync(join(folder, 'good/kustomization.yaml'), 'resources: [secrets.yaml, web.yaml]\n')
  writeFileSync(join(folder, 'prod/kustomization.yaml'), 'namespace: prod\nresources: [../good]\n')
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const podsim = (args: readonly string[]) => inProcess(args, { cwd: folder })

/** The command in a process of its own, as it is installed. */
function podsimProcess(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/podsim.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
  })
  return { code: status, stdout, stderr }
}

describe('podsim check', () => {
  test('0: everything of a folder starts', async () => {
    const { code, stdout, stderr } = await podsim(['check', '-f', 'good', '--for', '2m'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('✓ everything starts: 3 workloads')
  })

  test('1: something does not, from standard input as from a file', () => {
    const broken = (goodTree['web.yaml'] ?? '').replace('secretName: web-tls', 'secretName: web-tsl')
    const input = `${goodTree['secrets.yaml']}---\n${broken}`
    const { code, stdout } = podsimProcess(['check', '-f', '-', '--for', '1m'], input)
    expect(code).toBe(1)
    expect(stdout).toMatch(/✗ secret default\/web-tsl does not exist {2}-:\d+:\d+\n {4}did you mean web-tls\?/)
    const had = podsimProcess(['check', '-f', '-', '--for', '1m', '--have', 'secret/web-tsl:tls.crt,tls.key'], input)
    expect(had.code).toBe(0)
    expect(had.stdout).toContain('secret web-tsl is there already')
  })

  test('C10: a kustomization is built; namespaces that nobody makes are refused, or made', async () => {
    const { code, stdout } = await podsim(['check', '-k', 'prod', '--for', '1m'])
    expect(code).toBe(1)
    expect(stdout).toContain('namespaces "prod" not found')
    expect(stdout).toContain('--create-namespaces')
    expect((await podsim(['check', '-k', 'prod', '--for', '1m', '--create-namespaces'])).code).toBe(0)
  })

  test('2: nothing on standard input is told in words', () => {
    const { code, stderr } = podsimProcess(['check', '-f', '-'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is nothing to check: - holds no object')
  })

  test.each([
    [['check'], 'there is nothing to check'],
    [['check', '-f', 'nowhere.yaml'], 'nowhere.yaml: there is no such file or folder'],
    [['check', '-f', 'prod'], 'the folder holds no .yaml, .yml or .json file; -R looks into the folders below it too'],
    [['check', '-k', '.'], 'unable to find one of'],
    [['check', '-f', 'good', '--have', 'db'], '--have "db" names nothing; expected secret/NAME'],
    [['check', '-f', 'good', '--node-size', '8'], '--node-size "8" is no size; expected cores and memory'],
    [['check', '-f', 'good', '--have', 'storageclass/a:b'], '--have "storageclass/a:b" names nothing'],
    [['check', '-f', 'good', '--version', 'v1.1'], 'v1.1'],
    [['rotate', 'secret/dbs', '-f', 'good'], 'no manifest makes it and nothing uses it; did you mean default/db?'],
    [['rotate', 'secret/db:pasword', '-f', 'good'], 'secret default/db has no key pasword; did you mean password?'],
    [['check', '-f', 'good', '--for', 'soon'], 'soon'],
    [['rotate', '-f', 'good'], 'name a Secret'],
    [
      ['rotate', 'secret/db', '-f', 'good', '--compare', 'Watch,Poll'],
      '--compare "Poll": expected some of Watch, Cache, Get',
    ],
    [['graph', '-f', 'nowhere'], 'there is no such file or folder'],
  ])('2: %j is told in words', async (args, says) => {
    const { code, stdout, stderr } = await podsim(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/ {4}at |podsim is broken/)
  })
})

describe('podsim rotate, podsim graph', () => {
  test('U3, U4: strategies stand side by side', async () => {
    const { code, stdout } = await podsim([
      'rotate',
      'secret/seed',
      '-f',
      'good',
      '--seeds',
      '2',
      '--compare',
      'Watch,Get',
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/ {2}Watch v1\.36 +Get v1\.36\n/)
    expect(stdout).toMatch(
      /deployment default\/web app projected \/etc\/all +[\dms.]+ \/ [\dms.]+ +[\dms.]+ \/ [\dms.]+\n/,
    )
  })

  test('S3: the map shows who uses what', async () => {
    expect((await podsim(['graph', '-f', 'good'])).stdout).toMatch(
      /├─ deployment default\/web: container app, env DB_USER \[user\] {2}\(account web, node-\d, node-\d\)\n/,
    )
  })
})
