import { flowUntil } from '../src/flow/flow-until.ts'
import { createTimeAxis, type TimeAxis } from '../src/flow/time-axis.ts'
import type { Album, AlbumWorld, Entry } from '../src/report/export/album.ts'
import { shape } from '../src/report/export/drawing.ts'
import { drawLanes, instantsOf, sizes } from '../src/report/export/lane-drawing.ts'
import {
  comparePositions,
  endOf,
  eventsOf,
  openQuestions,
  type Position,
  sentencesOf,
  seqAt,
  stopsOf,
  toldAt,
} from '../src/report/export/stepping.ts'
import { clock } from '../src/report/export/words.ts'
import { byId, drawn, element, fill } from './dom.ts'
import { answerOf, type Command, commandOf, keys, liveKeys } from './keys.ts'
import { livePane } from './live-pane.ts'
import { type MapPane, mapPane } from './map-pane.ts'
import { delayList, fillInspector, fillWhere, hideLater, legend, markStory, storyList } from './panels.ts'
import { createQuestions } from './questions.ts'
import { talkPane } from './talk-pane.ts'

/** The page of an album: lanes with a cursor, and beside them what was so at the cursor's moment. */

/** Steps of the slider over the folded axis. */
const sliderSteps = 2000
/** Pixels of the axis a second when it is played. */
const playSpeed = 60

// Written by podsim into the page.
const written = JSON.parse(byId('data').textContent ?? '') as Album

interface Panel {
  readonly world: AlbumWorld
  readonly svg: SVGSVGElement
  readonly story: HTMLElement
  readonly where: HTMLTableElement
  readonly inspector: HTMLElement
  readonly choice: HTMLSelectElement
  readonly delays: HTMLElement
  /** Says so where no delay is told. */
  readonly unchanged: HTMLElement
  /** Revisions and what they stand for. */
  readonly letters: HTMLElement
  readonly map: MapPane
  cursor: SVGElement
  /** Lies over what comes after the moment. */
  veil: SVGElement
}

/** What is shown: as it was written, or what came of what was done in the page. */
let album = written
/** A row of panes for each kind, so that worlds stand beside each other; a single world has all in one row. */
let paneRows: readonly HTMLElement[] = []
let panels: readonly Panel[] = []
let events: readonly Position[] = []
let stops: readonly Position[] = []
/** Where it pauses by itself. */
let sentences: readonly Position[] = []
const slider = byId<HTMLInputElement>('slider')
const now = byId('now')
/** Of a lesson. */
const next = document.getElementById('next')
const help = byId<HTMLDialogElement>('help')
const veilButton = byId('veil')
let axis: TimeAxis = axisFor(800)
let position = endOf(album.to)
let playing: number | undefined
/** What comes is hidden where there are questions: nobody is to read the answers off the lanes. */
let isVeiled = album.worlds.some(({ story }) => story.some(({ kind }) => kind === 'ask'))
const questions = createQuestions(() => show())
const talk = talkPane(questions)
const live = livePane(written, {
  at: () => position.at,
  show(next, instant) {
    // Who tries things out wants to see what comes of it.
    isVeiled = false
    lay(next)
    go(endOf(instant ?? position.at))
  },
})

/** Puts an album into the page. */
function lay(next: Album): void {
  pause()
  album = next
  fill(byId('worlds'))
  fill(byId('panes'))
  fill(byId('maps'))
  paneRows = album.worlds.length > 1 ? Array.from({ length: 4 }, paneRow) : Array<HTMLElement>(4).fill(paneRow())
  panels = album.worlds.map(makePanel)
  events = within(eventsOf(album.worlds))
  stops = within(stopsOf(album.worlds))
  sentences = within(sentencesOf(album.worlds))
  layOut()
}

function axisFor(width: number): TimeAxis {
  return createTimeAxis(instantsOf(album.worlds), { from: album.from, to: album.to, width })
}

function makePanel(world: AlbumWorld): Panel {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('role', 'img')
  svg.setAttribute(
    'aria-label',
    `lanes of ${album.about}${world.name === '' ? '' : `, ${world.name}`}; the tables below say the same`,
  )
  const story = storyList(world, questions, (at) => go(endOf(at)))
  const delays = delayList(album, world)
  const unchanged = element('p', { class: 'dim' }, 'it has not been changed yet')
  const letters = legend(world)
  const where = element('table', { class: 'where' })
  const inspector = element('div', { class: 'inspector', 'aria-live': 'off' })
  const choice = element('select', { 'aria-label': 'object to look into' })
  for (const { uid, name } of world.objects) choice.append(element('option', { value: uid }, name))
  choice.selectedIndex = world.objects.length > 1 ? 1 : 0
  choice.addEventListener('change', () => show())
  const name = world.name === '' ? '' : `${world.name}: `
  const left =
    world.flow.podsLeft === 0 ? [] : [element('p', { class: 'dim' }, `${world.flow.podsLeft} more Pods use it`)]
  const heading =
    name === '' ? [] : [element('h2', {}, world.name, element('span', { class: 'dim' }, ` ${outcomeText(world)}`))]
  byId('worlds').append(element('section', { class: 'lanes' }, ...heading, svg, ...left))
  const panes = [
    pane(`${name}Where it is`, where, element('h3', {}, 'Revisions'), letters),
    pane(`${name}What became of each change`, unchanged, delays),
    pane(`${name}Story`, story),
    pane(`${name}Look into`, choice, inspector),
  ]
  for (const [i, box] of panes.entries()) paneRows[i]?.append(box)
  const map = mapPane(world, (chosen) => {
    const { uid } = world.objects.find((object) => object.name === chosen) ?? {}
    if (uid === undefined) return
    choice.value = uid
    show()
  })
  byId('maps').append(pane(`${name}Map of Secrets`, ...map.content))
  const panel: Panel = {
    ...{ world, svg, story, where, inspector, choice, cursor: svg, veil: svg, delays, unchanged, letters, map },
  }
  svg.addEventListener('click', (event) => clicked(panel, event))
  return panel
}

/** Who changes the past may well end elsewhere than the scenario expects. */
function outcomeText({ outcome }: AlbumWorld): string {
  return outcome === 'passed' ? '' : outcome === 'failed' ? 'not all that the scenario expects holds' : outcome
}

function paneRow(): HTMLElement {
  const row = element('div', { class: 'beside' })
  byId('panes').append(row)
  return row
}

function pane(title: string, ...content: readonly Node[]): HTMLElement {
  return element('section', { class: 'pane' }, element('h3', {}, title), ...content)
}

/** To the moment that was clicked at; a lane of a Pod also chooses the Pod. */
function clicked({ svg, world, choice }: Panel, event: MouseEvent): void {
  const lane = (event.target as Element).closest('[data-lane]')?.getAttribute('data-lane')
  const uid = world.flow.lanes.find(({ id }) => id === lane)?.uid
  if (uid !== undefined && world.objects.some((object) => object.uid === uid)) choice.value = uid
  const x = event.clientX - svg.getBoundingClientRect().left - sizes.labels
  if (x >= 0 && x <= axis.width) go(endOf(axis.timeAt(x)))
  else show()
}

function layOut(): void {
  const room = byId('worlds').clientWidth - sizes.labels - sizes.notes - 2
  axis = axisFor(Math.max(room, 260))
  for (const panel of panels) {
    const { shapes, width, height } = drawLanes(panel.world, axis)
    panel.svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    panel.svg.setAttribute('width', String(width))
    panel.svg.setAttribute('height', String(height))
    panel.cursor = drawn(shape('line', { class: 'cursor', y1: 14, y2: height }))
    panel.veil = drawn(shape('rect', { class: 'veil', y: 0, height, width: 0 }))
    fill(panel.svg, ...shapes.map(drawn), panel.veil, panel.cursor)
  }
  show()
}

/** Everything that depends on the moment. */
function show(): void {
  const { at } = position
  const x = String(sizes.labels + axis.x(at))
  const isOver = comparePositions(position, endOf(album.to)) >= 0
  now.textContent = clock(at)
  veilButton.setAttribute('aria-pressed', String(isVeiled))
  veilButton.textContent = isVeiled ? 'show what comes' : 'hide what comes'
  slider.value = String(Math.round((axis.x(at) / axis.width) * sliderSteps))
  slider.setAttribute('aria-valuetext', clock(at))
  for (const { world, cursor, veil, story, where, inspector, choice, delays, unchanged, letters, map } of panels) {
    const seq = seqAt(world, position)
    const flow = Number.isFinite(seq) ? flowUntil(world.flow, { clock: at, seq }) : world.flow
    // Of what has no records a part of an instant shows what was before it.
    const before = Number.isFinite(seq) ? at - 1 : at
    veil.setAttribute('x', x)
    veil.setAttribute('width', isVeiled && !isOver ? String(sizes.labels + axis.width + sizes.notes - Number(x)) : '0')
    const written = flow.revisions.filter((revision) => revision.at <= at)
    for (const [i, each] of letters.querySelectorAll('li').entries()) each.hidden = isVeiled && i >= written.length
    unchanged.hidden = !hideLater(delays, isVeiled ? before : album.to)
    story.classList.toggle('veiled', isVeiled)
    cursor.setAttribute('x1', x)
    cursor.setAttribute('x2', x)
    const current = markStory(story, toldAt(world, position))
    if (current !== undefined) story.scrollTop = current.offsetTop - story.clientHeight / 2
    fillWhere(where, flow, written.at(-1)?.letter, at)
    fillInspector(inspector, world, choice.value, { at, seq })
    map.show(before)
  }
  talk.show(album.worlds, position, isVeiled ? waiting() : [])
  // What to try then tells what was to be seen.
  if (next !== null) next.hidden = isVeiled && !isOver
  live?.moved()
}

/** What is asked, and has no answer yet: nobody goes on before. */
function waiting(): readonly Entry[] {
  if (!isVeiled) return []
  return openQuestions(album.worlds, position)
    .map(({ entry }) => entry)
    .filter((entry) => !questions.isSettled(entry))
}

function go(to: Position): void {
  const at = Math.min(Math.max(Math.round(to.at), album.from), album.to)
  position = { at, told: to.told }
  history.replaceState(null, '', `#t=${at / 1000}${Number.isFinite(to.told) ? `&n=${to.told}` : ''}`)
  show()
}

function within(positions: readonly Position[]): readonly Position[] {
  return positions.filter(({ at }) => at >= album.from && at <= album.to)
}

function step(places: readonly Position[], by: 1 | -1): void {
  if (by === 1 && isHeldUp()) return
  const next =
    by === 1
      ? places.find((place) => comparePositions(place, position) > 0)
      : places.findLast((place) => comparePositions(place, position) < 0)
  go(next ?? (by === 1 ? endOf(album.to) : { at: album.from, told: 0 }))
}

/** Whoever goes on is asked first. */
function isHeldUp(): boolean {
  if (waiting().length === 0) return false
  talk.remind()
  return true
}

function play(): void {
  if (playing !== undefined) {
    pause()
    return
  }
  if (isHeldUp()) return
  if (comparePositions(position, endOf(album.to)) >= 0) position = { at: album.from, told: 0 }
  let x = axis.x(position.at)
  let before = performance.now()
  byId('play').textContent = 'pause'
  const tick = (time: number): void => {
    x += ((time - before) / 1000) * playSpeed
    before = time
    const next = endOf(axis.timeAt(x))
    // Narration stops it, as a teacher would.
    const sentence = sentences.find(
      (place) => comparePositions(place, position) > 0 && comparePositions(place, next) <= 0,
    )
    go(sentence ?? next)
    if (sentence !== undefined || comparePositions(position, endOf(album.to)) >= 0) pause()
    else playing = requestAnimationFrame(tick)
  }
  playing = requestAnimationFrame(tick)
}

function pause(): void {
  if (playing !== undefined) cancelAnimationFrame(playing)
  playing = undefined
  byId('play').textContent = 'play'
}

const commands: Readonly<Record<Command, () => void>> = {
  back: () => step(events, -1),
  next: () => step(events, 1),
  before: () => step(stops, -1),
  after: () => step(stops, 1),
  first: () => go({ at: album.from, told: 0 }),
  last: () => go(endOf(album.to)),
  play,
  map: () => panels[0]?.map.focus(),
  veil: () => {
    isVeiled = !isVeiled
    show()
  },
  command: () => live?.toCommand(),
  accident: () => live?.toAccident(),
  help: () => (help.open ? help.close() : help.showModal()),
  close: () => (help.open ? help.close() : skip()),
}

/** Goes on without an answer. */
function skip(): void {
  for (const entry of waiting()) questions.settle(entry, undefined)
}

/** `#t=135.5`: seconds of virtual time; `&n=3` of whose lines three are told. */
function positionOfLink(): Position | undefined {
  const [, at, told] = /^#t=(\d+(?:\.\d+)?)(?:&n=(\d+))?$/.exec(location.hash) ?? []
  if (at === undefined) return undefined
  return told === undefined ? endOf(Number(at) * 1000) : { at: Number(at) * 1000, told: Number(told) }
}

function start(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-command]'))
    button.addEventListener('click', () => commands[button.dataset.command as Command]())
  slider.max = String(sliderSteps)
  slider.addEventListener('input', () => go(endOf(axis.timeAt((Number(slider.value) / sliderSteps) * axis.width))))
  document.addEventListener('keydown', (event) => {
    const answer = answerOf(event)
    if (answer !== undefined && talk.answer(answer)) {
      event.preventDefault()
      return
    }
    const command = commandOf(event)
    if (command === undefined) return
    event.preventDefault()
    if (command !== 'play') pause()
    commands[command]()
  })
  fill(
    byId('keys'),
    ...(live === undefined ? keys : [...keys, ...liveKeys]).map(({ label, does }) =>
      element('tr', {}, element('th', { scope: 'row' }, element('kbd', {}, label)), element('td', {}, does)),
    ),
  )
  addEventListener('resize', layOut)
  addEventListener('hashchange', () => {
    const linked = positionOfLink()
    if (linked !== undefined && comparePositions(linked, position) !== 0) go(linked)
  })
  document.documentElement.classList.add('live')
  if (isVeiled) byId('tables').removeAttribute('open')
  lay(album)
  go(positionOfLink() ?? stops[0] ?? { at: album.from, told: 0 })
}

start()
