import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Tmux } from '../ui/tmux.ts'
import { installedKubectls } from './clients.ts'

/** A real kubectl in one window, the player in the other. */

const root = join(import.meta.dirname, '../..')
const [kubectl] = installedKubectls()

describe.runIf(Tmux.isInstalled() && kubectl !== undefined)('kubectl beside the player', { concurrent: true }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-watched-'))
  let tmux: Tmux

  beforeAll(() => {
    tmux = new Tmux(`podsim-watched-${process.pid}`)
  })
  afterAll(() => {
    tmux.end()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = async (kubeconfig: string, ...words: readonly string[]) => {
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig }
    const { stdout } = await promisify(execFile)(kubectl?.path ?? '', words, { env })
    return stdout.trim()
  }
  const window = async (name: string, size: string, command: string) => {
    const [columns = '', rows = ''] = size.split('x')
    await tmux.run('new-session', '-d', '-s', name, '-x', columns, '-y', rows, '-c', root, 'bash --norc --noprofile')
    await tmux.run('send-keys', '-t', name, `PS1="ready> "; clear; ${command}`, 'Enter')
  }
  const keys = (name: string, ...names: readonly string[]) => tmux.run('send-keys', '-t', name, ...names)

  test('podsim serve --ui shows what a client does while it does it; leaving it ends the server', async () => {
    const kubeconfig = join(folder, 'served')
    await window('served', '60x16', `node bin/podsim.js serve --ui --kubeconfig ${kubeconfig}; echo code $?`)
    await tmux.until('served', 'for clients', 'kubectl get pods', '● live')
    expect(await run(kubeconfig, 'create', 'secret', 'generic', 'db', '--from-literal=password=one')).toBe(
      'secret/db created',
    )
    await tmux.until('served', 'admin: creates secret default/db')
    await tmux.run('resize-window', '-t', 'served', '-x', '80', '-y', '24')
    await keys('served', '1')
    await tmux.until('served', '▶ flow of secret default/db', /API server +A━*│/)
    await keys('served', 'Left')
    await tmux.until('served', '❚❚ the past')
    await run(kubeconfig, 'patch', 'secret', 'db', '-p', '{"stringData":{"password":"two"}}')
    await keys('served', 'Space')
    await tmux.until('served', '● live', /API server +A─+●B━*│/)
    await keys('served', 'q')
    await tmux.until('served', 'podsim serves a cluster', 'code 0')
    expect(existsSync(kubeconfig)).toBe(false)
  }, 60_000)

  test('podsim play --serve offers the moment at the cursor, and then another, by one kubeconfig', async () => {
    await window('offered', '140x40', 'node bin/podsim.js play --serve scenarios/updates/never.yaml; echo code $?')
    await tmux.until('offered', 'space plays')
    await keys('offered', 't', '2m5s', 'Enter')
    await tmux.until('offered', '00:02:05.000')
    await keys('offered', 'K')
    const shown = await tmux.until('offered', '● live', 'export KUBECONFIG=', 'branch offered')
    const [, kubeconfig = ''] = /KUBECONFIG=(\S+)/.exec(shown) ?? []
    expect(await run(kubeconfig, 'exec', 'mixed', '--', 'cat', '/etc/whole/password')).toBe('first')
    await run(kubeconfig, 'delete', 'pod', 'mixed', '--wait=false')
    await tmux.until('offered', 'asks pod default/mixed to end')
    // Back in the lesson nothing has happened to the Pod; an hour later it has the new password.
    await keys('offered', '{', 't', '1h', 'Enter')
    await tmux.until('offered', '01:00:00.000', 'branch main')
    await tmux.run('resize-window', '-t', 'offered', '-x', '80', '-y', '24')
    await keys('offered', 'K')
    await tmux.until('offered', '● live', 'export KUBECONFIG=', '01:00:0')
    expect(await run(kubeconfig, 'exec', 'mixed', '--', 'cat', '/etc/whole/password')).toBe('second')
    await keys('offered', 'q')
    await tmux.until('offered', 'code 0')
    expect(existsSync(kubeconfig)).toBe(false)
  }, 60_000)
})
