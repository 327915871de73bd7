import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inProcess } from './in-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'podsim-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("bash's own completion function gives commands, options, values, terms, scenarios and files", async () => {
  const { stdout } = await inProcess(['completion', 'bash'], { cwd: folder })
  mkdirSync(join(folder, 'words/more folders'), { recursive: true })
  for (const name of ['a.yaml', 'b.yml', 'c.txt']) writeFileSync(join(folder, 'words', name), '')
  const lines = [
    ['wh'],
    ['run', '--sto'],
    ['run', '--story', ''],
    ['run', 'x.yaml', '-r', 'j'],
    ['explain', 'CrashLoop'],
    ['diff', '--version', 'v1.2'],
    ['run', '--seed', ''],
    ['completion', ''],
    ['run', 'words/'],
    ['run', '--journal', 'words/c'],
    ['init', 'words/m'],
  ]
  const calls = lines.map((words) => {
    const all = ['podsim', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
    return `COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _podsim; (IFS='|'; echo "\${COMPREPLY[*]}")`
  })
  const script = `${stdout}\n${calls.join('\n')}\n`
  const ran = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
  expect(ran.stderr).toBe('')
  expect(ran.stdout.trimEnd().split('\n')).toEqual([
    'why',
    '--story',
    'auto|always|never',
    'json|junit',
    'CrashLoopBackOff',
    'v1.20|v1.21|v1.22|v1.23|v1.24|v1.25|v1.26|v1.27|v1.28|v1.29',
    '',
    'bash|zsh|fish',
    'words/more folders|words/a.yaml|words/b.yml',
    'words/c.txt',
    'words/more folders',
  ])
})
