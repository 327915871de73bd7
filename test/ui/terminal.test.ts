import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Drives `podsim play` in a real terminal: tmux presses the keys and reads the screen. CI installs tmux. */

const root = join(import.meta.dirname, '../..')
const socket = `podsim-test-${process.pid}`

function tmux(...args: string[]): string {
  return execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
}

function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const screen = (name: string) => tmux('capture-pane', '-p', '-t', name)

/** Waits until the screen says all of it: terminals and processes take real time, and a screen may be read half painted. */
async function until(name: string, ...texts: readonly (string | RegExp)[]): Promise<string> {
  const says = (shown: string) =>
    texts.every((text) => (typeof text === 'string' ? shown.includes(text) : text.test(shown)))
  for (let tries = 0; tries < 400; tries++) {
    const shown = screen(name)
    if (says(shown)) return shown
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the screen never showed ${texts.map(String).join(' and ')}:\n${screen(name)}`)
}

describe.runIf(hasTmux())('podsim play on a terminal', () => {
  beforeAll(() => {
    if (!existsSync(join(root, 'dist/cli/main.js')))
      execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' })
    // The server ends with its last session: this one keeps it.
    tmux('new-session', '-d', '-s', 'keep', 'sleep 600')
  }, 120_000)
  afterAll(() => {
    try {
      tmux('kill-server')
    } catch {
      // It ends by itself with its last session.
    }
  })

  test.each([
    { columns: 80, rows: 24 },
    { columns: 140, rows: 40 },
  ])(
    'steps, plays, shows help and quits at $columns x $rows, and leaves the screen as it was',
    async ({ columns, rows }) => {
      const name = `at${columns}`
      tmux(
        'new-session',
        '-d',
        '-s',
        name,
        '-x',
        String(columns),
        '-y',
        String(rows),
        '-c',
        root,
        'bash --norc --noprofile',
      )
      tmux('send-keys', '-t', name, 'PS1="ready> "; clear; echo before the play', 'Enter')
      await until(name, /before the play\nready>/)
      tmux('send-keys', '-t', name, 'node bin/podsim.js play scenarios/first-light.yaml', 'Enter')

      const first = await until(name, 'space plays', 'what happened', '▶ flow', 'q quit')
      expect(first.split('\n')[0]).toContain('A Pod waits for its Secret')
      expect(first.trimEnd().split('\n')).toHaveLength(rows)

      tmux('send-keys', '-t', name, 'Right', 'Right', 'Right')
      await until(name, /\b3\/\d+/, 'creates pod default/mypod')
      tmux('send-keys', '-t', name, 'Left')
      await until(name, /\b2\/\d+/, 'undone: user/admin: creates pod default/mypod')

      tmux('send-keys', '-t', name, 'Right', '6')
      await until(name, '▶ inspector: pod mypod')
      tmux('send-keys', '-t', name, '?')
      await until(name, 'one event on', '▶ keys')
      tmux('send-keys', '-t', name, '?')
      await until(name, '▶ inspector: pod mypod')

      tmux('send-keys', '-t', name, 'End')
      await until(name, '[running, ready]')
      tmux('send-keys', '-t', name, 'Home', '+', '+', '+', '+', 'Space')
      // Narration pauses by itself: at the first word, and again at the second.
      await until(name, /1\/\d+ +❚❚ paused/)
      tmux('send-keys', '-t', name, 'Space')
      await until(name, 'The Pod was bound to a node')

      tmux('send-keys', '-t', name, 'q')
      const after = await until(name, /digest [0-9a-f]{16}/)
      expect(after).toContain('before the play')
      expect(after).not.toContain('what happened')
      tmux('kill-session', '-t', name)
    },
    60_000,
  )

  /** A shell in a window of its own, and the player started from it. */
  async function played(name: string, command = 'node bin/podsim.js play scenarios/first-light.yaml'): Promise<void> {
    tmux('new-session', '-d', '-s', name, '-x', '80', '-y', '24', '-c', root, 'bash --norc --noprofile')
    tmux('send-keys', '-t', name, 'PS1="ready> "; clear; echo before the play', 'Enter')
    await until(name, /before the play\nready>/)
    tmux('send-keys', '-t', name, command, 'Enter')
  }

  /** The process that plays, as the shell's job. */
  const signal = (name: string, which: string) => {
    const shell = tmux('display-message', '-p', '-t', name, '#{pane_pid}').trim()
    execFileSync('pkill', [`-${which}`, '-P', shell, 'node'])
  }

  test('pasted text, alt, ctrl and shift are not taken for the keys that they contain', async () => {
    await played('manners')
    await until('manners', 'space plays')
    tmux('set-buffer', '-b', 'text', 'quit q\nq')
    tmux('paste-buffer', '-p', '-b', 'text', '-t', 'manners')
    tmux('send-keys', '-t', 'manners', 'M-q', 'C-k', 'Right')
    await until('manners', /\b1\/\d+/, 'what happened')
    tmux('send-keys', '-t', 'manners', 'BTab')
    await until('manners', '▶ map of Secrets')
    tmux('send-keys', '-t', 'manners', 'Tab')
    await until('manners', '▶ flow')
    tmux('kill-session', '-t', 'manners')
  }, 60_000)

  test.each(['ctrl-Z', 'a stop from outside'])(
    'after %s the shell goes on, and fg brings the player back',
    async (how) => {
      const name = how === 'ctrl-Z' ? 'ctrl-z' : 'stopped'
      await played(name)
      await until(name, 'space plays')
      tmux('send-keys', '-t', name, 'Right', 'Right')
      await until(name, /\b2\/\d+/)
      if (how === 'ctrl-Z') tmux('send-keys', '-t', name, 'C-z')
      else signal(name, 'TSTP')
      const left = await until(name, /Stopped[^\n]*\n+ready>/)
      expect(left).toContain('before the play')
      tmux('send-keys', '-t', name, 'echo in between', 'Enter')
      await until(name, /\nin between/)
      tmux('send-keys', '-t', name, 'fg', 'Enter')
      await until(name, /\b2\/\d+/, 'what happened', '▶ flow')
      tmux('send-keys', '-t', name, 'Right')
      await until(name, /\b3\/\d+/)
      tmux('send-keys', '-t', name, 'q')
      await until(name, /in between[\s\S]*digest [0-9a-f]{16}/)
      tmux('kill-session', '-t', name)
    },
    60_000,
  )

  test.each(['C-c', 'TERM', 'HUP'])(
    '%s ends it with exit code 130 and the screen as it was',
    async (how) => {
      const name = `end-${how}`
      await played(name)
      await until(name, 'space plays')
      if (how === 'C-c') tmux('send-keys', '-t', name, 'C-c')
      else signal(name, how)
      await until(name, /before the play[\s\S]*digest [0-9a-f]{16}/)
      tmux('send-keys', '-t', name, 'echo code $?', 'Enter')
      await until(name, /\ncode 130/)
      tmux('kill-session', '-t', name)
    },
    60_000,
  )

  test('no colour where NO_COLOR or --color never says so, and ASCII where the locale has no more', async () => {
    const coloured = () => /\u001b\[(?:\d+;)*3[1-7]/.test(tmux('capture-pane', '-p', '-e', '-t', 'plain'))
    await played('plain', 'LC_ALL=C NO_COLOR=1 node bin/podsim.js play scenarios/first-light.yaml')
    const drawn = await until('plain', 'space plays', '-- > flow of secret default/mysecret', 'q quit')
    expect(drawn).not.toMatch(/[^\u0000-\u007f]/)
    tmux('send-keys', '-t', 'plain', ']', ']')
    await until('plain', 'Warning FailedMount')
    expect(coloured()).toBe(false)
    tmux('send-keys', '-t', 'plain', 'q')
    await until('plain', /digest [0-9a-f]{16}/)
    tmux('send-keys', '-t', 'plain', 'clear; node bin/podsim.js play scenarios/first-light.yaml --color never', 'Enter')
    await until('plain', 'space plays', '▶ flow')
    tmux('send-keys', '-t', 'plain', ']', ']')
    await until('plain', 'Warning FailedMount')
    expect(coloured()).toBe(false)
    tmux('send-keys', '-t', 'plain', 'q')
    await until('plain', /digest [0-9a-f]{16}/)
    tmux('send-keys', '-t', 'plain', 'clear; node bin/podsim.js play scenarios/first-light.yaml', 'Enter')
    await until('plain', 'space plays')
    tmux('send-keys', '-t', 'plain', ']', ']')
    await until('plain', 'Warning FailedMount')
    expect(coloured()).toBe(true)
    tmux('kill-session', '-t', 'plain')
  }, 90_000)

  test('a lesson is played, asked, changed and taken home, in a terminal that grows meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podsim-play-'))
    const name = 'lesson'
    const bin = join(root, 'bin/podsim.js')
    const file = join(root, 'scenarios/updates/never.yaml')
    tmux('new-session', '-d', '-s', name, '-x', '60', '-y', '16', '-c', folder, `node ${bin} play ${file}; sleep 20`)
    const type = (text: string) => tmux('send-keys', '-t', name, '-l', text)
    await until(name, 'space plays', '▶ flow of secret default/mysecret')

    // Time: jump, step back (what it undoes is named), a word.
    tmux('send-keys', '-t', name, 't')
    type('2m5s')
    tmux('send-keys', '-t', name, 'Enter')
    await until(name, '00:02:05.000', /API server +A─+●B/)
    tmux('send-keys', '-t', name, 'Left')
    await until(name, 'undone:')
    tmux('send-keys', '-t', name, 'Right', '/')
    type('whole volume')
    tmux('send-keys', '-t', name, 'Enter')
    await until(name, 'no later moment says')

    // Predict, then see.
    tmux('resize-window', '-t', name, '-x', '80', '-y', '24')
    await until(name, /▼ 02:01/, 'what happened')
    tmux('send-keys', '-t', name, 'p', '2')
    await until(name, 'When will the file in /etc/whole', '✓ 2  in a sync of the Pod', '1 of 1 right')
    tmux('send-keys', '-t', name, 'Enter')
    await until(name, /\/etc\/whole +A─+●B.* 57\.6 s/)

    // Why; where; delays.
    tmux('send-keys', '-t', name, '/')
    type('files change')
    tmux('send-keys', '-t', name, 'Enter', 'N', 'w')
    await until(name, '▶ why')
    tmux('send-keys', '-t', name, '3')
    await until(name, '▶ where is revision B now?', 'never: the environment is fixed')
    tmux('send-keys', '-t', name, '4')
    await until(name, '▶ delays of B', '= cache 0.0 + sync 13.5 + mount 0.1')

    // Do: a look, a fork, an accident in it; then the strategies side by side.
    tmux('resize-window', '-t', name, '-x', '140', '-y', '40')
    tmux('send-keys', '-t', name, ':')
    type('get pods')
    tmux('send-keys', '-t', name, 'Enter')
    await until(name, /mixed +1\/1 +Running/, '├─ where is revision B now?')
    tmux('send-keys', '-t', name, 'f')
    await until(name, 'fork 1: nothing differs yet')
    tmux('send-keys', '-t', name, 'i')
    await until(name, '▶ accidents', 'reboot node-1')
    tmux('send-keys', '-t', name, 'Down', 'Down', 'Down', 'Enter')
    await until(name, /╰─ fork 1 +from main/, 'first differs', 'fault reboot node-1')
    tmux('send-keys', '-t', name, '{', 'c')
    await until(name, '┌ strategy Watch', '┌ strategy Cache', '┌ strategy Get')

    // Take it home: what is saved passes.
    tmux('send-keys', '-t', name, 'T')
    await until(name, 'save as never-strategy-watch.yaml')
    tmux('send-keys', '-t', name, 'Enter')
    await until(name, 'saved as never-strategy-watch.yaml')
    expect(readFileSync(join(folder, 'never-strategy-watch.yaml'), 'utf8')).toContain('kubectl: patch secret mysecret')
    tmux('send-keys', '-t', name, 'q')
    await until(name, /digest [0-9a-f]{16}/)
    tmux('kill-session', '-t', name)
  }, 90_000)

  test('a small terminal shows one pane at a time, and a resize repaints', async () => {
    tmux(
      'new-session',
      '-d',
      '-s',
      'small',
      '-x',
      '50',
      '-y',
      '14',
      '-c',
      root,
      'node bin/podsim.js play scenarios/first-light.yaml; sleep 20',
    )
    expect(await until('small', 'one pane')).not.toContain('what happened')
    tmux('resize-window', '-t', 'small', '-x', '100', '-y', '30')
    await until('small', 'space plays', '▶ flow', 'what happened')
    tmux('resize-window', '-t', 'small', '-x', '140', '-y', '40')
    await until('small', 'space plays', '▶ flow', '├─ where', '├─ inspector')
    tmux('kill-session', '-t', 'small')
  }, 60_000)
})
