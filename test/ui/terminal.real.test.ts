import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt, root } from '../cli/built.ts'
import { Tmux } from './tmux.ts'

/** Drives `podsim play` in a real terminal: tmux presses the keys and reads the screen. CI installs tmux. */

// Terminals and processes are mostly waited for: together.
describe.runIf(Tmux.isInstalled())('podsim play on a terminal', { concurrent: true }, () => {
  let server: Tmux
  const tmux = (...words: readonly string[]) => server.run(...words)
  const until = (name: string, ...texts: readonly (string | RegExp)[]) => server.until(name, ...texts)

  beforeAll(() => {
    ensureBuilt()
    server = new Tmux(`podsim-test-${process.pid}`)
  }, 120_000)
  afterAll(() => server.end())

  const play = 'node bin/podsim.js play scenarios/first-light.yaml'
  const isColoured = async (name: string) =>
    /\u001b\[(?:\d+;)*3[1-7]/.test(await tmux('capture-pane', '-p', '-e', '-t', name))

  /** A shell in a window of its own, and the player started from it. */
  async function played(name: string, command: string, columns = 80, rows = 24): Promise<void> {
    const size = ['-x', String(columns), '-y', String(rows)]
    await tmux('new-session', '-d', '-s', name, ...size, '-c', root, 'bash --norc --noprofile')
    await tmux('send-keys', '-t', name, 'PS1="ready> "; clear; echo before the play', 'Enter')
    await until(name, /before the play\nready>/)
    await tmux('send-keys', '-t', name, command, 'Enter')
  }

  /** The process that plays, as the shell's job. */
  const signal = async (name: string, which: string) => {
    const shell = (await tmux('display-message', '-p', '-t', name, '#{pane_pid}')).trim()
    execFileSync('pkill', [`-${which}`, '-P', shell, 'node'])
  }

  /** It has ended: the screen is as it was, with a line that tells of it, and the exit code says that it was interrupted. */
  async function interrupted(name: string): Promise<void> {
    await until(name, /before the play[\s\S]*digest [0-9a-f]{16}/)
    await tmux('send-keys', '-t', name, 'echo code $?', 'Enter')
    await until(name, /\ncode 130/)
    await tmux('send-keys', '-t', name, 'clear; echo before the play', 'Enter')
    await until(name, /before the play\nready>/)
  }

  test('steps, plays, shows help and quits, in colours, and leaves the screen as it was', async () => {
    const name = 'plays'
    await played(name, play)
    const first = await until(name, 'space plays', 'what happened', '▶ flow', 'q quit')
    expect(first.split('\n')[0]).toContain('A Pod waits for its Secret')
    expect(first.trimEnd().split('\n')).toHaveLength(24)

    await tmux('send-keys', '-t', name, 'Right', 'Right', 'Right')
    await until(name, /\b3\/\d+/, 'creates pod default/mypod')
    await tmux('send-keys', '-t', name, 'Left')
    await until(name, /\b2\/\d+/, 'undone: user/admin: creates pod default/mypod')

    await tmux('send-keys', '-t', name, 'Right', '6')
    await until(name, '▶ inspector: pod mypod')
    await tmux('send-keys', '-t', name, '?')
    await until(name, 'one event on', '▶ keys')
    await tmux('send-keys', '-t', name, '?')
    await until(name, '▶ inspector: pod mypod')

    await tmux('send-keys', '-t', name, 'End')
    await until(name, '[running, ready]')
    await tmux('send-keys', '-t', name, 'Home', ']', ']')
    await until(name, 'Warning FailedMount')
    expect(await isColoured(name)).toBe(true)
    await tmux('send-keys', '-t', name, 'Home', '+', '+', '+', '+', 'Space')
    // Narration pauses by itself: at the first word, and again at the second.
    await until(name, /1\/\d+ +❚❚ paused/)
    await tmux('send-keys', '-t', name, 'Space')
    await until(name, 'The Pod was bound to a node')

    await tmux('send-keys', '-t', name, 'q')
    const after = await until(name, /digest [0-9a-f]{16}/)
    expect(after).toContain('before the play')
    expect(after).not.toContain('what happened')
    await tmux('kill-session', '-t', name)
  }, 60_000)

  test('one session: one pane where it is small, resizes, what is pasted, stops, fg, ctrl-C', async () => {
    const name = 'manners'
    await played(name, play, 50, 14)
    expect(await until(name, 'one pane')).not.toContain('what happened')
    await tmux('resize-window', '-t', name, '-x', '140', '-y', '40')
    await until(name, 'space plays', '▶ flow', '├─ where', '├─ inspector')
    await tmux('resize-window', '-t', name, '-x', '80', '-y', '24')
    await until(name, 'space plays', '▶ flow', 'what happened')

    // Pasted text, alt, ctrl and shift are not taken for the keys that they contain.
    await tmux('set-buffer', '-b', 'text', 'quit q\nq')
    await tmux('paste-buffer', '-p', '-b', 'text', '-t', name)
    await tmux('send-keys', '-t', name, 'M-q', 'C-k', 'Right')
    await until(name, /\b1\/\d+/, 'what happened')
    await tmux('send-keys', '-t', name, 'BTab')
    await until(name, '▶ map of Secrets')
    await tmux('send-keys', '-t', name, 'Tab', 'Right')
    await until(name, '▶ flow', /\b2\/\d+/)

    // After a stop the shell goes on, and fg brings the player back.
    for (const [i, how] of ['ctrl-Z', 'from outside'].entries()) {
      if (how === 'ctrl-Z') await tmux('send-keys', '-t', name, 'C-z')
      else await signal(name, 'TSTP')
      const left = await until(name, /Stopped[^\n]*\n+ready>/)
      expect(left).toContain('before the play')
      await tmux('send-keys', '-t', name, `clear; echo before the play ${i}`, 'Enter')
      await until(name, new RegExp(`before the play ${i}\nready>`))
      await tmux('send-keys', '-t', name, 'fg', 'Enter')
      await until(name, new RegExp(`\\b${2 + i}/\\d+`), 'what happened', '▶ flow')
      await tmux('send-keys', '-t', name, 'Right')
      await until(name, new RegExp(`\\b${3 + i}/\\d+`))
    }
    await tmux('send-keys', '-t', name, 'C-c')
    await interrupted(name)
    await tmux('kill-session', '-t', name)
  }, 60_000)

  test('no colour where NO_COLOR or --color never says so, ASCII where the locale has no more; SIGTERM and SIGHUP end it', async () => {
    const name = 'plain'
    await played(name, `LC_ALL=C NO_COLOR=1 ${play}`)
    const drawn = await until(name, 'space plays', '-- > flow of secret default/mysecret', 'q quit')
    expect(drawn).not.toMatch(/[^\u0000-\u007f]/)
    await tmux('send-keys', '-t', name, ']', ']')
    await until(name, 'Warning FailedMount')
    expect(await isColoured(name)).toBe(false)
    await signal(name, 'TERM')
    await interrupted(name)
    await tmux('send-keys', '-t', name, `${play} --color never`, 'Enter')
    await until(name, 'space plays', '▶ flow')
    await tmux('send-keys', '-t', name, ']', ']')
    await until(name, 'Warning FailedMount')
    expect(await isColoured(name)).toBe(false)
    await signal(name, 'HUP')
    await interrupted(name)
    await tmux('kill-session', '-t', name)
  }, 60_000)

  test.each([
    { size: '60x16', other: '80x24' },
    { size: '80x24', other: '140x40' },
    { size: '140x40', other: '60x16' },
  ])(
    'at $size, resized meanwhile: a lesson is stepped, predicted, asked why, followed, broken, forked, compared and taken home',
    async ({ size, other }) => {
      const folder = mkdtempSync(join(tmpdir(), 'podsim-play-'))
      const name = `lesson-${size}`
      const bin = join(root, 'bin/podsim.js')
      const file = join(root, 'scenarios/updates/never.yaml')
      const sized = (text: string) => {
        const [columns = '', rows = ''] = text.split('x')
        return ['-x', columns, '-y', rows]
      }
      const keys = (...names: readonly string[]) => tmux('send-keys', '-t', name, ...names)
      /** A key that asks for a line, and the line. */
      const answer = async (key: string, text: string) => {
        await keys(key)
        await tmux('send-keys', '-t', name, '-l', text)
        await keys('Enter')
      }
      const taken = `node ${bin} export ${file} --at 2m10s -o taken.txt && echo it is taken home`
      // A file does not know on which screen it was asked for.
      const command = `node ${bin} play ${file}; clear; ${size === '80x24' ? taken : 'echo it is over'}; sleep 60`
      await tmux('new-session', '-d', '-s', name, ...sized(size), '-c', folder, command)
      await until(name, 'space plays', '▶ flow of secret default/mysecret')

      // Time: jump, step back (what it undoes is named), a word.
      await answer('t', '2m5s')
      await until(name, '00:02:05.000', /API server +A─+●B/)
      await keys('Left')
      await until(name, 'undone:')
      await keys('Right')

      // Predict, then see.
      await keys('p', '2')
      await until(name, 'When will the file', '✓ 2  in a sync of the', '1 of 1 right')
      await keys('Enter')
      await until(name, /\/etc\/whole +A─+.*●B.* \d+\.\d s/)

      // Why is it so, and where the byte is: places that have it, and places that never will.
      await keys('w')
      await until(name, '▶ why', /\/etc\/whole of pod mixed is B|admin: updates secret/)
      await keys('3')
      await until(name, '▶ where is revision B now?', '/etc/whole')
      await keys('b')
      await until(name, '▶ follow one key of a Secret', 'default/mysecret')
      await keys('Enter')
      await until(name, '▶ flow of secret default/mysecret')
      await keys('4')
      await until(name, '▶ delays of B', /sync\s+\d+\.\d/)

      await tmux('resize-window', '-t', name, ...sized(other))
      await until(name, '▶ delays of B', 'q quit')

      // Do: kubectl as one knows it; a fork, an accident in it; then the strategies side by side.
      await answer(':', 'get pods')
      await until(name, /mixed +1\/1 +Running/)
      await keys('f')
      await until(name, /fork 1: nothing differs/)
      await keys('i')
      await until(name, '▶ accidents', 'reboot node-1')
      await keys('Down', 'Down', 'Down', 'Enter')
      await until(name, '▶ fault reboot node-1', '▸')
      await keys('9')
      await until(name, /╰─ fork 1 +from main/, 'first differs')
      await tmux('resize-window', '-t', name, ...sized(size))
      await keys('{', 'c')
      await until(name, '┌ strategy Watch', /┌ strategy Cache|1-\d+ of \d+/)

      // Take it home: what is saved passes, and the moment is a file.
      await keys('T')
      await until(name, 'save as never-strategy-watch.yaml')
      await keys('Enter')
      await until(name, /saved as never-strategy-watch/)
      expect(readFileSync(join(folder, 'never-strategy-watch.yaml'), 'utf8')).toContain(
        'kubectl: patch secret mysecret',
      )
      await keys('q')
      await until(name, size === '80x24' ? 'it is taken home' : 'it is over')
      if (size === '80x24') expect(readFileSync(join(folder, 'taken.txt'), 'utf8')).toMatch(/env PASSWORD\s+A═/)
      await tmux('kill-session', '-t', name)
    },
    90_000,
  )

  test('podsim alone opens the course: a lesson is chosen, predicted, seen, and kept; NO_COLOR and ASCII, a resize meanwhile', async () => {
    const state = mkdtempSync(join(tmpdir(), 'podsim-state-'))
    const name = 'course'
    await tmux('new-session', '-d', '-s', name, '-x', '60', '-y', '16', '-c', root, 'bash --norc --noprofile')
    const keys = (...names: readonly string[]) => tmux('send-keys', '-t', name, ...names)
    await keys('PS1="ready> "; clear; echo before the course', 'Enter')
    await until(name, /before the course\nready>/)
    await keys(`XDG_STATE_HOME=${state} LC_ALL=C NO_COLOR=1 node bin/podsim.js`, 'Enter')
    const shown = await until(name, '0 of 60 lessons done', /> +1\.1 May a Pod name/, 'q quit')
    expect(shown).not.toMatch(/[^\u0000-\u007f]/)
    expect(await tmux('capture-pane', '-p', '-e', '-t', name)).not.toMatch(/\u001b\[(?:\d+;)*3[1-7]/)
    await tmux('resize-window', '-t', name, '-x', '80', '-y', '24')
    await until(name, '+- lesson 1.1', /12 \+ Accidents to explain/)
    await keys('Enter')
    await until(name, '> this lesson', 'Watch for: what happened')
    await keys('End')
    await until(name, 'Does the API server take the Pod?', '1-2 answer')
    await keys('1', 'Enter', 'End')
    await until(name, 'How is the Pod?', '1-3 answer')
    await keys('1')
    await until(name, 'x 1  Running', 'v 3  Pending, it waits', 'Not so')
    await keys('Enter', 'End')
    await until(name, 'You have predicted 1 of 2.', 'Try next')
    await keys('q')
    await until(name, '1 of 60 lessons done, 1 predicted right', /> +1\.2 Who starts the Pod/)
    expect(JSON.parse(readFileSync(join(state, 'podsim/course.json'), 'utf8'))).toMatchObject({
      lessons: { 'waiting/a-name-is-enough': { isDone: true, right: 1 } },
    })
    await keys('m')
    await tmux('send-keys', '-t', name, '-l', 'nowhere')
    await keys('Enter')
    await until(name, 'nowhere: there is no such file or folder')
    await keys('q', 'q')
    await until(name, /before the course\nready>[\s\S]*\nready>/)
    // A lesson that is named is played at once, and counts as one that was chosen.
    await keys(`XDG_STATE_HOME=${state} node bin/podsim.js course 1.2`, 'Enter')
    await until(name, 'Who starts the Pod once the Secret is ther', '▶ this lesson')
    await keys('q')
    await until(name, /node bin\/podsim\.js course 1\.2\n(?:[^\n]*\n)*ready>/)
    await tmux('kill-session', '-t', name)
  }, 90_000)
})
