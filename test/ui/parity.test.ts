import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Terminal } from '@xterm/headless'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { course } from '../../src/cli/course.ts'
import { progressIn } from '../../src/cli/course-files.ts'
import { exportRun } from '../../src/cli/export.ts'
import { clock } from '../../src/report/export/words.ts'
import { formatInstant } from '../../src/sim/duration.ts'
import type { PlayState } from '../../src/ui/model/play-state.ts'
import { playedOn } from './played.ts'
import { type Form, plainly, type ToldLesson, toldLesson, toldLessons, written } from './told-facts.ts'

/** The screen, plain text and the recording tell all that happened in a lesson, and tell it alike; the page in parity.real.test.ts. */

const toTheMillisecond = (ms: number) => formatInstant(ms).slice(3)

const ofScreen: Form = {
  clock: toTheMillisecond,
  place: (title, letter) => `${title === 'API server' ? 'etcd version \\d+' : `${title} (?:pod )?\\S+`} ${letter}\\b`,
}
const ofText: Form = { clock: toTheMillisecond, place: (title, letter) => `${letter} ${title}` }
const ofCast: Form = { ...ofText, clock }

/** All that a learner sees who answers each question and looks into each pane at the end. */
function seenOnScreen(state: PlayState): string {
  const player = playedOn(state, { columns: 80, rows: 24 })
  const seen: string[] = []
  const look = () => seen.push(player.screen())
  look()
  player.press('2')
  for (let i = 0; i < 500 && player.state().ending !== 'told'; i++) {
    const { overlay } = player.state()
    look()
    if (overlay?.kind !== 'question') player.press('right')
    else if (overlay.answer === undefined) player.press(String(overlay.question.right + 1))
    else player.press('enter', '2')
  }
  look()
  for (const pane of ['2', '3', '4']) {
    player.press(pane)
    for (const _ of player.state().worlds) {
      for (let i = 0; i < 12; i++) {
        look()
        player.press('down')
      }
      player.press('}')
    }
  }
  return seen.map(plainly).join('\n')
}

/** A recording as the terminal has it that plays it. */
async function playedBack(cast: string): Promise<string> {
  const [header = '', ...events] = cast.trim().split('\n')
  const { width, height } = JSON.parse(header) as { width: number; height: number } // as the form has it
  const terminal = new Terminal({ cols: width, rows: height, scrollback: 10_000, allowProposedApi: true })
  for (const event of events) {
    const [, , text = ''] = JSON.parse(event) as readonly [number, string, string] // as the form has it
    await new Promise<void>((done) => terminal.write(text, done))
  }
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i))
  return lines.map((line) => `${line?.isWrapped === true ? '' : '\n'}${line?.translateToString(true) ?? ''}`).join('')
}

describe.each(toldLessons)('lesson %s', (lesson) => {
  const file = `scenarios/course/${lesson}.yaml`
  const folder = mkdtempSync(join(tmpdir(), 'podsim-parity-'))
  let told: ToldLesson

  beforeAll(async () => {
    told = await toldLesson(file)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('the list of facts is no empty one', () => {
    expect(told.facts.size).toBeGreaterThan(20)
  })

  test('the screen tells every one', () => {
    expect(told.missing(seenOnScreen(told.state), ofScreen)).toEqual([])
  })

  test('plain text tells every one', async () => {
    const name = lesson.replace(/^\d+-/, '').replace(/\/\d+-/, '/')
    const host = { progress: progressIn(folder), input: Readable.from(['']) }
    const text = await written((output) => course(name, { ui: 'plain' }, output, host))
    expect(told.missing(text, ofText)).toEqual([])
  })

  test('the recording tells every one', async () => {
    const cast = await written((output) => exportRun(file, { output: '-', format: 'cast' }, output))
    expect(told.missing(await playedBack(cast), ofCast)).toEqual([])
  })
})
