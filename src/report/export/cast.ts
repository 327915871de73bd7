import { safeLine } from '../../bytes/terminal-text.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { createPaint, joined, lines, plain, type Style, type TerminalText } from '../text.ts'
import type { Tone } from '../told.ts'
import type { Album, AlbumWorld, Entry } from './album.ts'
import { albumText } from './flow-text.ts'
import { actorText, clock, nextText, watchText } from './words.ts'

/** Size of the recorded terminal. */
const terminal = { width: 100, height: 30 } as const

/** A quiet stretch is played in this many seconds at most: real ones last minutes. */
const longestPause = 2
/** Between lines that come at one instant, so that eyes can follow. */
const shortestPause = 0.08
/** Before what somebody has to read goes on. */
const readingPause = 1.5

const styles: Readonly<Record<Tone, Style | undefined>> = {
  normal: undefined,
  warning: 'yellow',
  good: 'green',
  visible: 'cyan',
  fault: 'red',
  chatter: 'dim',
}

/**
 * The story as a recording for asciinema (asciicast v2): each line when it happens, quiet stretches cut short, and at the end
 * the lanes. Of several worlds one after the other.
 */
export function albumCast(album: Album): string {
  const header = { version: 2, ...terminal, title: safeLine(album.title), env: { TERM: 'xterm-256color' } }
  const out: string[] = [JSON.stringify(header)]
  let playedAt = 0.2
  const say = (text: TerminalText, pause: number): void => {
    playedAt += pause
    out.push(JSON.stringify([Math.round(playedAt * 1000) / 1000, 'o', text.toString().replace(/\n/g, '\r\n')]))
  }
  const paint = createPaint(true)
  const tell = (text: string) => lines(wrapped(text, terminal.width - 2).map((line) => plain`${line}`))
  say(plain`${paint('bold', album.title)}\n${paint('dim', `${album.file}, seed ${album.seed}`)}\n\n`, 0)
  for (const text of [album.description, watchText(album)]) if (text !== '') say(plain`${tell(text)}\n`, readingPause)
  for (const world of album.worlds) {
    if (world.name !== '') say(plain`${paint('bold', world.name)}\n`, 1)
    tellWorld(album, world, say)
    say(plain`\n${albumText({ ...album, worlds: [world] }, album.to)}\n`, readingPause)
  }
  if (album.lesson !== undefined) say(tell(nextText(album)), readingPause)
  return `${out.join('\n')}\n`
}

function tellWorld(album: Album, { story }: AlbumWorld, say: (text: TerminalText, pause: number) => void): void {
  let before: Entry | undefined
  for (const entry of story) {
    say(entryText(entry), pauseOf(before, entry, album.from))
    before = entry
  }
}

function pauseOf(before: Entry | undefined, { at }: Entry, from: VirtualMs): number {
  const passed = (at - (before?.at ?? from)) / 1000
  const read = before?.kind === 'say' || before?.kind === 'ask' ? readingPause : shortestPause
  return Math.max(read, Math.min(passed, longestPause))
}

/** A line of the story as the terminal has it. */
function entryText({ at, kind, actor, text, tone, choices = [] }: Entry): TerminalText {
  const paint = createPaint(true)
  const style = styles[tone]
  const time = paint('dim', clock(at))
  switch (kind) {
    case 'say':
      return plain`\n${lines(wrapped(text, terminal.width - 4).map((line) => plain`  ${paint('dim', '│')} ${line}`))}\n`
    case 'command':
      return plain`${time}  ${paint('bold', `$ ${text}`)}\n`
    case 'output':
      return lines(text.split('\n').map((line) => plain`            ${paint('dim', '|')} ${line}`))
    case 'verdict':
      return joined([
        plain`            ${paint(tone === 'good' ? 'green' : 'red', `${tone === 'good' ? '✓' : '✗'} ${text}`)}\n`,
      ])
    case 'ask': {
      const asked = text.split('\n').map((line) => plain`  ${paint('bold', line)}`)
      return plain`\n${lines(asked)}${lines(choices.map((choice, i) => plain`    ${i + 1}  ${choice.text}`))}\n`
    }
    case 'answer':
      return plain`\n${lines(wrapped(text, terminal.width - 4).map((line, i) => plain`  ${i === 0 ? paint('green', '✓') : ' '} ${line}`))}\n`
    case 'story': {
      const line = `${actorText(actor).padEnd(20)} ${text}`
      return plain`${time}  ${style === undefined ? line : paint(style, line)}\n`
    }
  }
}

/** Lines no longer than a width, broken at blanks. */
function wrapped(text: string, width: number): readonly string[] {
  const all: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = all[all.length - 1]
    if (last === undefined || last.length + 1 + word.length > width) all.push(word)
    else all[all.length - 1] = `${last} ${word}`
  }
  return all
}
