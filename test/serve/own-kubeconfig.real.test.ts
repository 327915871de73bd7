import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'podsim-home-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('podsim serve leaves the kubeconfig of its user alone, asks for another, and takes that away when it ends', async () => {
  const home = join(folder, 'home')
  const temporary = join(folder, 'tmp')
  const own = join(home, '.kube', 'config')
  mkdirSync(join(home, '.kube'), { recursive: true })
  mkdirSync(temporary)
  writeFileSync(own, 'apiVersion: v1\nkind: Config\ncurrent-context: production\n', { mode: 0o600 })
  const before = { text: readFileSync(own, 'utf8'), changed: statSync(own).mtimeMs }
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: temporary, KUBECONFIG: own }
  const child = spawn(process.execPath, ['bin/podsim.js', 'serve'], { cwd: root, env })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const told = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).on('line', (line) => {
      const path = /export KUBECONFIG=(\S+)/.exec(line)?.[1]
      if (path !== undefined) resolve(path)
    }),
  )
  expect(told.startsWith(temporary)).toBe(true)
  expect(statSync(told).mode & 0o777).toBe(0o600)
  child.kill('SIGTERM')
  expect(await ended).toBe(143)
  expect({ text: readFileSync(own, 'utf8'), changed: statSync(own).mtimeMs }).toEqual(before)
  expect([readdirSync(join(home, '.kube')), readdirSync(temporary)]).toEqual([['config'], []])
})
