import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, root } from './built.ts'

/** How the command is loaded: docs/decisions/0008. */

const folder = mkdtempSync(join(tmpdir(), 'podsim-bundle-'))
const lesson = join(folder, 'lesson.yaml')

beforeAll(() => {
  writeFileSync(lesson, 'title: short\nsteps:\n  - kubectl: get secrets -o name\n')
  ensureBuilt()
  for (const path of ['bin', 'package.json', 'dist/bundle/podsim.cjs'])
    cpSync(join(root, path), join(folder, path), { recursive: true })
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(at: string, env: Readonly<Record<string, string>> = {}) {
  const args = [join(at, 'bin/podsim.js'), 'run', lesson]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, stdout, stderr }
}

test('without the code cache, with one that V8 refuses, and with source maps, a run tells the same', () => {
  const usual = run(root)
  expect(usual.status).toBe(0)
  expect(run(folder)).toEqual(usual)
  writeFileSync(join(folder, 'dist/bundle/podsim.v8-cache'), 'what another V8 wrote')
  expect(run(folder)).toEqual(usual)
  expect(run(root, { PODSIM_DEBUG: '1' })).toEqual(usual)
})

test('threads that make runs let the space for young objects grow: they do not collect it ten times as often', () => {
  const args = ['--trace-gc', join(root, 'bin/podsim.js'), 'run', 'scenarios/creating', '--jobs', '2']
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  expect(status).toBe(0)
  // Some 16; 117 where a thread takes itself for a player.
  expect(stdout.match(/ Scavenge /g)?.length).toBeLessThan(50)
})

test('a checkout that is not built says so', () => {
  rmSync(join(folder, 'dist'), { recursive: true })
  expect(run(folder)).toEqual({ status: 70, stdout: '', stderr: 'podsim is not built: npm run build\n' })
})

test('the library is one file, and runs without the modules that tsc leaves', () => {
  const code = `const { createSim } = await import('podsim')
    process.stdout.write(createSim().kubectl('get secrets -o name').stdout)`
  const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' })
  expect(stdout).toMatch(/^secret\/default-token-\w{5}\n$/)
})

test("the player's screen has React as it is for production, and nothing of what is for development", () => {
  const map = readFileSync(join(root, 'dist/bundle/show-on-terminal.mjs.map'), 'utf8')
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(map)
  const builds = sources.flatMap(
    (path) => /\/(react|react-reconciler|scheduler)\/cjs\/\1\.(\w+)\.js$/.exec(path)?.slice(1) ?? [],
  )
  expect(builds).toEqual(['react', 'production', 'scheduler', 'production', 'react-reconciler', 'production'])
  expect(sources.filter((path) => /development|devtools-core\/|profiling/.test(path))).toEqual([])
  // It does not ask again when it runs: whatever the environment says, it is the same.
  expect(readFileSync(join(root, 'dist/bundle/show-on-terminal.mjs'), 'utf8')).not.toContain('process.env.NODE_ENV')
})
