import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { Terminal } from '@xterm/headless'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createSim } from '../../src/index.ts'
import { seconds } from '../../src/report/export/words.ts'
import { createPlayerHost } from '../../src/ui/host-player.ts'
import { firstState } from '../../src/ui/model/play-state.ts'
import { prepareRenderer } from '../../src/ui/screen/prepare-renderer.ts'
import { albumOf, lesson } from '../report/export/album.ts'
import { playedOn, scenarioFrom, worldFrom } from './played.ts'

/** What the player writes to a terminal, byte by byte, read by a terminal emulator: no half-painted screen, nothing left behind. */

// Without its question, which would stop whoever steps.
const text = lesson('correct-horse').replace(/ {4}ask:[\s\S]*?(?=\n {2}- after: 4m)/, '')
const world = worldFrom(scenarioFrom(text))
const beginUpdate = '\u001b[?2026h'
const before = 'before the play\r\n$ podsim play\r\n'

/** Standard output of a terminal, as far as the player knows it. */
class Screen extends EventEmitter {
  readonly isTTY = true
  readonly chunks: string[] = []
  /** The whole screen after each paint. */
  readonly seen: string[] = []
  readonly terminal: Terminal
  columns: number
  rows: number

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true })
  }

  write(chunk: string): boolean {
    this.chunks.push(chunk)
    this.terminal.write(chunk, () => {
      if (chunk.includes(beginUpdate)) this.seen.push(this.text())
    })
    return true
  }

  resize(columns: number, rows: number): void {
    Object.assign(this, { columns, rows })
    this.terminal.resize(columns, rows)
    this.emit('resize')
  }

  text(): string {
    const { active } = this.terminal.buffer
    const lines = Array.from({ length: this.rows }, (_, row) => active.getLine(active.viewportY + row))
    return trimmed(lines.map((line) => line?.translateToString() ?? '').join('\n'))
  }
}

/** Standard input of one: raw mode is all that it has beside keys. */
class Keys extends PassThrough {
  readonly isTTY = true
  isRaw = false

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

/** It is looked for often: a key is answered within some ms, and there are many. */
const soon = { timeout: 5_000, interval: 2 }
const trimmed = (screen: string) => screen.replace(/ +$/gm, '')
const keysOf: Readonly<Record<string, string>> = { right: '\u001b[C', left: '\u001b[D', end: '\u001b[F', tab: '\t' }

describe.each([
  { columns: 60, rows: 16 },
  { columns: 80, rows: 24 },
  { columns: 140, rows: 40 },
])('the bytes of the player at $columns x $rows', ({ columns, rows }) => {
  const screen = new Screen(columns, rows)
  const keys = new Keys()
  /** What the frames must be: the same player without a terminal. */
  const told = playedOn(world, { columns, rows })
  const frames: string[] = [trimmed(told.screen())]
  let ending: Promise<{ readonly ending: string }>

  beforeAll(async () => {
    prepareRenderer(process.env, false)
    const { playOnTerminal } = await import('../../src/ui/play-terminal.ts')
    screen.write(before)
    const host = createPlayerHost({ createSim, write: () => 'nothing is written here' })
    // The streams have all that the player asks of them.
    const streams = { stdin: keys as unknown as NodeJS.ReadStream, stdout: screen as unknown as NodeJS.WriteStream }
    ending = playOnTerminal(firstState(world), host, { ...streams, isUtf8: true, isColoured: false })
    await vi.waitFor(() => expect(screen.text()).toBe(frames[0]), soon)
  })

  const pressed = async (key: string) => {
    told.press(key)
    frames.push(trimmed(told.screen()))
    keys.write(keysOf[key] ?? key)
    await vi.waitFor(() => expect(screen.text()).toBe(frames.at(-1)), soon)
  }

  test('each key leads to the frame that it must, on screens of every size that come in between', async () => {
    for (const key of ['right', 'right', ']', 'left', 'tab', '?', '?', '7', 'end', '1']) await pressed(key)
    told.resize(100, 30)
    frames.push(trimmed(told.screen()))
    screen.resize(100, 30)
    await vi.waitFor(() => expect(screen.text()).toBe(frames.at(-1)), soon)
    await pressed('left')
    told.resize(columns, rows)
    frames.push(trimmed(told.screen()))
    screen.resize(columns, rows)
    await vi.waitFor(() => expect(screen.text()).toBe(frames.at(-1)), soon)
    await pressed('end')
  })

  test.runIf(columns >= 80)(
    'U3 U4 the screen tells the facts of the page: how long each place waits, and which never comes',
    () => {
      const delays = albumOf(text, { key: 'password' }).worlds[0]?.flow.delays ?? []
      expect(delays.map(({ kind }) => kind)).toEqual(['update', 'update', 'update'])
      for (const { where, visibleAt, updatedAt, never } of delays) {
        const row = screen
          .text()
          .split('\n')
          .find((line) => line.trimStart().replace(/^env /, '').startsWith(where))
        expect(row).toContain(never === undefined ? seconds((visibleAt ?? 0) - updatedAt) : 'never')
      }
    },
  )

  test('no screen is torn: each write is one whole change of the picture, in a bracket of its own', () => {
    const paints = screen.chunks.filter((chunk) => chunk.includes(beginUpdate))
    expect(paints.length).toBeGreaterThan(5)
    for (const paint of paints) {
      expect(paint).toMatch(/^\u001b\[\?2026h[\s\S]*\u001b\[\?2026l$/)
      expect(paint.split('\u001b[?2026')).toHaveLength(3)
    }
    const whole = new Set(frames)
    expect(screen.seen.filter((each) => !whole.has(each))).toEqual([])
    // Nothing scrolls, nothing is said to the terminal that is no place, style, mode or erasure.
    const said = screen.chunks
      .slice(1)
      .join('')
      .replace(/\u001b\[[0-9;?]*[HmKJhl]/g, '')
    expect(said).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  })

  test('the terminal is as it was: screen, cursor, modes', async () => {
    keys.write('q')
    expect((await ending).ending).toBe('quit')
    await vi.waitFor(() => expect(screen.terminal.buffer.active.type).toBe('normal'), soon)
    expect(screen.text().trimEnd().split('\n')).toEqual(['before the play', '$ podsim play'])
    expect([screen.terminal.buffer.active.cursorX, screen.terminal.buffer.active.cursorY]).toEqual([0, 2])
    expect(screen.terminal.modes).toMatchObject({
      bracketedPasteMode: false,
      mouseTrackingMode: 'none',
      wraparoundMode: true,
    })
    const bytes = screen.chunks.join('')
    for (const mode of ['25', '2026', '1049', '2004']) {
      const [on, off] = [bytes.lastIndexOf(`\u001b[?${mode}h`), bytes.lastIndexOf(`\u001b[?${mode}l`)]
      expect(on > off, `mode ${mode}`).toBe(mode === '25')
    }
    expect(keys.isRaw).toBe(false)
  })
})
