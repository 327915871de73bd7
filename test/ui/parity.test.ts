import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { Terminal } from '@xterm/headless'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { course } from '../../src/cli/course.ts'
import { progressIn } from '../../src/cli/course-files.ts'
import { exportRun } from '../../src/cli/export.ts'
import { openScenario } from '../../src/cli/open-world.ts'
import type { Output } from '../../src/cli/output.ts'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'
import type { DelayRow } from '../../src/flow/flow.ts'
import { whereIs } from '../../src/flow/where-is.ts'
import { clock, seconds } from '../../src/report/export/words.ts'
import { formatInstant } from '../../src/sim/duration.ts'
import { comparedWorlds, type PlayState, worldOf } from '../../src/ui/model/play-state.ts'
import type { World } from '../../src/ui/world/world.ts'
import { browserPath, slowStartMs, whereTried } from '../report/export/browser.ts'
import { playedOn } from './played.ts'

/**
 * One list of what happened in a lesson, taken from its run, and every form in which it is told: the screen at 80x24 as a learner goes through it, plain
 * text, the page as a browser shows it, the recording as a terminal shows it. None may leave one out or tell it otherwise.
 */

/** Something that is to be told, as a pattern for one of the forms. */
type Fact = (form: Form) => RegExp

interface Form {
  readonly clock: (ms: number) => string
  /** A place, and the letter of what is there. */
  readonly place: (title: string, letter: string) => string
}

const lessons = ['05-updates/3-never', '05-updates/5-three-ways', '10-who-may-read/3-who-may-make-pods']

const toTheMillisecond = (ms: number) => formatInstant(ms).slice(3)

const ofScreen: Form = {
  clock: toTheMillisecond,
  place: (title, letter) => `${title === 'API server' ? 'etcd version \\d+' : `${title} (?:pod )?\\S+`} ${letter}\\b`,
}
const ofText: Form = { clock: toTheMillisecond, place: (title, letter) => `${letter} ${title}` }
const ofPage: Form = { clock, place: (title, letter) => `${title}(?: of \\S+ \\S+| of \\S+)? ${letter}\\b` }
const ofCast: Form = { ...ofText, clock }

/** Without what is drawn around it, and where its lines are broken. */
const plainly = (text: string) => text.replace(/[\s│|┌┐└┘├┤┬┴┼─▸▶]+/g, ' ').trim()
const literally = (text: string) => plainly(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const says =
  (text: string): Fact =>
  () =>
    new RegExp(literally(text))

/** Everything that is to be told of a lesson, by what it is. */
function factsOf(state: PlayState): ReadonlyMap<string, Fact> {
  const worlds = comparedWorlds(state).length > 0 ? comparedWorlds(state) : [worldOf(state)]
  const { recording, recipe } = worlds[0] ?? worldOf(state)
  const { source } = recipe.scenario
  const facts = new Map<string, Fact>()
  for (const [name, text] of Object.entries({ about: source.description, ...source.lesson }))
    if (name !== 'follow' && text !== undefined) facts.set(name, says(text))
  for (const { kind, time, text, did } of recording.moments) {
    const [first = '', ...others] = text.split('\n')
    if (kind === 'story')
      facts.set(`${time} ${text}`, (form) => new RegExp(`${form.clock(time)}\\S* .{0,40}?${literally(text)}`))
    else if (kind === 'output') for (const each of [first, ...others]) facts.set(`printed ${each}`, says(each))
    else if (kind === 'command') {
      const user =
        did !== undefined && 'as' in did.action && did.action.as !== undefined ? `(as ${did.action.as}) ` : ''
      facts.set(`command ${user}${first}`, says(`$ ${user}${first}`))
    } else facts.set(`${kind} ${text}`, says(text))
  }
  for (const { question, choices, because } of recording.questions) {
    facts.set(`asked ${question}`, says(question))
    for (const { text } of choices) facts.set(`choice ${text}`, says(text))
    facts.set(`because ${because}`, says(because ?? ''))
  }
  for (const world of worlds) addPlaces(world, facts)
  return facts
}

/** What became of each change in each place, and what is where at the end. */
function addPlaces({ name, recording }: World, facts: Map<string, Fact>): void {
  const [secret] = recording.flows.secrets
  if (secret === undefined) throw new Error('the lesson has a Secret')
  const flow = recording.flows.of({ namespace: secret.namespace, secret: secret.name })
  for (const row of flow.delays)
    facts.set(
      `${name}: ${row.letter} in ${row.pod} ${row.where}`,
      () => new RegExp(`${literally(row.pod)} .{0,10}?${literally(row.where)}.{0,120}?${took(row)}`),
    )
  const newest = flow.revisions.at(-1)?.letter ?? ''
  for (const { lane, letter } of whereIs(flow, newest, recording.result.endedAt))
    if (letter !== undefined)
      facts.set(`${name}: ${lane.title} has ${letter}`, (form) => new RegExp(form.place(literally(lane.title), letter)))
}

function took({ never, visibleAt, updatedAt }: DelayRow): string {
  return never === undefined ? literally(seconds((visibleAt ?? 0) - updatedAt)) : `never: ${literally(never.reason)}`
}

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

const silent: Output = { isColoured: false, out: () => {}, err: () => {}, progress: () => {} }

async function written(work: (output: Output) => Promise<number>): Promise<string> {
  let out = ''
  const output: Output = {
    ...{ isColoured: false, progress: () => {}, err: () => {} },
    out: (text) => {
      out += String(text)
    },
  }
  expect(await work(output)).toBe(0)
  return out
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

/** One for all lessons; it starts while the first is run. */
let browser: Promise<Browser> | undefined
beforeAll(() => {
  if (browserPath !== undefined) browser = chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
})
afterAll(async () => void (await (await browser)?.close()))

describe.each(lessons)('lesson %s', { timeout: slowStartMs }, (lesson) => {
  const file = `scenarios/course/${lesson}.yaml`
  const folder = mkdtempSync(join(tmpdir(), 'podsim-parity-'))
  const texts = new Map<string, string>()
  let facts: ReadonlyMap<string, Fact>
  let masked: (text: string) => string

  beforeAll(async () => {
    const { loaded } = readScenarioFile(file)
    if (!loaded.ok) throw new Error(loaded.errors[0].message)
    const [scenario] = loaded.value
    const opened = await openScenario(scenario, undefined, silent)
    if (opened.state === undefined) throw new Error(opened.result.reason)
    const { state } = opened
    const { redaction } = worldOf(state).recording
    // What a cluster's command prints is masked only where a file is handed on; a letter stands behind what is masked on a screen.
    masked = (text) => redaction.text(text).replace(/(<\d+ bytes?, [0-9a-f]+>) \([A-Z]\)/g, '$1')
    facts = factsOf(state)
    texts.set('screen', seenOnScreen(state))
    texts.set(
      'text',
      await written((output) =>
        course(lesson.replace(/^\d+-/, '').replace(/\/\d+-/, '/'), { ui: 'plain' }, output, {
          ...{ progress: progressIn(folder), input: Readable.from(['']) },
        }),
      ),
    )
    const taken = (format: 'cast' | 'html') => written((output) => exportRun(file, { output: '-', format }, output))
    texts.set('cast', await playedBack(await taken('cast')))
    const page = await (await browser)?.newPage({ viewport: { width: 1280, height: 900 } })
    if (page === undefined) return
    writeFileSync(join(folder, 'run.html'), await taken('html'))
    await page.goto(pathToFileURL(join(folder, 'run.html')).href)
    await page.keyboard.press('End')
    texts.set('page', await page.locator('body').innerText())
    await page.close()
  }, slowStartMs)

  afterAll(() => rmSync(folder, { recursive: true }))

  const missing = (name: string, form: Form) => {
    const told = masked(plainly(texts.get(name) ?? ''))
    return [...facts].flatMap(([fact, of]) => {
      const { source } = of(form)
      return new RegExp(masked(source)).test(told) ? [] : [fact]
    })
  }

  test('the list of facts is no empty one', () => {
    expect(facts.size).toBeGreaterThan(20)
  })

  test('the screen tells every one', () => expect(missing('screen', ofScreen)).toEqual([]))
  test('plain text tells every one', () => expect(missing('text', ofText)).toEqual([]))
  test('the recording tells every one', () => expect(missing('cast', ofCast)).toEqual([]))
  test.runIf(browserPath !== undefined)(`the page tells every one, ${whereTried}`, () =>
    expect(missing('page', ofPage)).toEqual([]),
  )
})
