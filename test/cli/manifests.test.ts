import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goodTree } from '../check/good-tree.ts'
import { inProcess } from './in-process.ts'

/** check, rotate and graph as a user sees them; what comes through a pipe is tried in manifests.real.test.ts. */

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
  mkdirSync(join(folder, 'good'))
  for (const [name, text] of Object.entries(goodTree)) writeFileSync(join(folder, 'good', name), text)
  mkdirSync(join(folder, 'prod'))
  // As editors of Windows write it.
  const [, jobs = ''] = Object.entries(goodTree).find(([name]) => name === 'jobs.yaml') ?? []
  writeFileSync(join(folder, 'good/jobs.yaml'), `\ufeff${jobs}`, 'utf16le')
  mkdirSync(join(folder, 'remote'))
  writeFileSync(join(folder, 'remote/kustomization.yaml'), 'resources: ["https://example.com/base?ref=v1"]\n')
  writeFileSync(join(folder, 'good/kustomization.yaml'), 'resources: [secrets.yaml, web.yaml]\n')
  writeFileSync(join(folder, 'prod/kustomization.yaml'), 'namespace: prod\nresources: [../good]\n')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const podsim = (args: readonly string[]) => inProcess(args, { cwd: folder })

describe('podsim check', () => {
  test('0: everything of a folder starts', async () => {
    const { code, stdout, stderr } = await podsim(['check', '-f', 'good', '--for', '2m', '--have', 'image/own:1'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('image own:1 is on each node already')
    expect(stdout).toContain('✓ everything starts: 3 workloads')
  })

  test('C10: a kustomization is built; namespaces that nobody makes are refused, or made', async () => {
    const { code, stdout } = await podsim(['check', '-k', 'prod', '--for', '1m'])
    expect(code).toBe(1)
    expect(stdout).toContain('namespaces "prod" not found')
    expect(stdout).toContain('--create-namespaces')
    expect((await podsim(['check', '-k', 'prod', '--for', '1m', '--create-namespaces'])).code).toBe(0)
  })

  test.each([
    [['check'], 'there is nothing to check'],
    [['check', '-f', 'nowhere.yaml'], 'nowhere.yaml: there is no such file or folder'],
    [['check', '-f', 'prod'], 'the folder holds no .yaml, .yml or .json file; -R looks into the folders below it too'],
    [['check', '-k', '.'], 'unable to find one of'],
    [['check', '-k', 'remote'], '(podsim reaches no network: put https://example.com/base?ref=v1 beside it)'],
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
