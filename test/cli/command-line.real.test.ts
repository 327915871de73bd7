import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bin, ensureBuilt, podsimProcess, root } from './built.ts'
import { inProcess } from './in-process.ts'

/** The command line in a process of its own, where that makes a difference. */

let folder = ''

beforeAll(() => {
  ensureBuilt()
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const podsim = (args: readonly string[]) => inProcess(args, { cwd: root })

function scenario(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const good = 'title: quick\nsteps:\n  - kubectl: get pods\n    output: {contains: No resources found}\n'

test('the same seed gives the same bytes in another process, locale and time zone; another seed other times', async () => {
  const args = ['run', 'scenarios/first-light.yaml', '--verbose']
  const first = await podsim(args)
  const second = podsimProcess(args, { env: { LANG: 'tr_TR.UTF-8', LC_ALL: 'de_DE.UTF-8', TZ: 'Pacific/Chatham' } })
  const third = await podsim([...args, '--seed', 'another'])
  expect(second).toEqual(first)
  expect(third.stdout).not.toBe(first.stdout)
  expect(third.code).toBe(0)
})

test('a signal stops a run at once: what was done is summed up, exit code 130', async () => {
  const file = scenario(
    'endless.yaml',
    'title: endless\nsteps:\n  - kubectl: run p --image=busybox -- sh -c "exit 1"\n  - wait: 900000h\n',
  )
  const running = spawn(process.execPath, [bin, 'run', file], { cwd: root })
  let stdout = ''
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    // It waits: of the 900,000 hours hardly one is over.
    if (!stdout.includes('BackOff') && `${stdout}${text}`.includes('BackOff')) running.kill('SIGINT')
    stdout += text
  })
  const [code] = (await once(running, 'close')) as [number | null]
  expect(code).toBe(130)
  expect(stdout).toContain('interrupted after 1 of 2 steps')
  expect(stdout).toContain(`repeat with: podsim run ${file} --seed endless`)
}, 60_000)

test('several runs at once come to the same, in the same order; standard input is a file like any other', async () => {
  const args = ['run', 'scenarios/creating/refused.yaml', 'scenarios/first-light.yaml', '--seeds', '1..2']
  const alone = await podsim([...args, '--reporter', 'json'])
  expect(alone.code).toBe(0)
  expect(podsimProcess([...args, '--reporter', 'json', '--jobs', '2'])).toEqual(alone)
  const sweep = ['sweep', 'scenarios/first-light.yaml', '--seeds', '1..6']
  expect(podsimProcess([...sweep, '--jobs', '2'])).toEqual(await podsim(sweep))
  const read = podsimProcess(['run', '-', '--story', 'never'], { input: good })
  expect(read.stdout).toMatch(/^✓ quick {2}-: 0\.0\d+s of virtual time, seed stdin, digest [0-9a-f]{16}\n$/)
})
