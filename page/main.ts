import { createTimeAxis, type TimeAxis } from '../src/flow/time-axis.ts'
import type { Album, AlbumWorld } from '../src/report/export/album.ts'
import { shape } from '../src/report/export/drawing.ts'
import { drawLanes, instantsOf, sizes } from '../src/report/export/lane-drawing.ts'
import { clock } from '../src/report/export/words.ts'
import { byId, drawn, element, fill } from './dom.ts'
import { type Command, commandOf, keys, liveKeys } from './keys.ts'
import { livePane } from './live-pane.ts'
import { type MapPane, mapPane } from './map-pane.ts'
import { delayList, fillInspector, fillWhere, hideLater, legend, markStory, storyList } from './panels.ts'

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
let events: readonly number[] = []
let moments: readonly number[] = []
const slider = byId<HTMLInputElement>('slider')
const now = byId('now')
const said = byId('said')
/** Of a lesson. */
const next = document.getElementById('next')
const help = byId<HTMLDialogElement>('help')
let axis: TimeAxis = axisFor(800)
let at = album.to
let playing: number | undefined
/** What comes is hidden where there are questions: nobody is to read the answers off the lanes. */
let isVeiled = album.worlds.some(({ story }) => story.some(({ kind }) => kind === 'ask'))
const live = livePane(written, {
  at: () => at,
  show(next, instant) {
    // Who tries things out wants to see what comes of it.
    isVeiled = false
    lay(next)
    go(instant ?? at)
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
  events = instants(album.worlds.flatMap(({ story }) => story.map((entry) => entry.at)))
  moments = instants(album.worlds.flatMap(({ flow }) => flow.moments.map((moment) => moment.at)))
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
  const story = storyList(world, go)
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
  if (x >= 0 && x <= axis.width) go(axis.timeAt(x))
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
  const x = String(sizes.labels + axis.x(at))
  now.textContent = clock(at)
  byId('veil').setAttribute('aria-pressed', String(isVeiled))
  slider.value = String(Math.round((axis.x(at) / axis.width) * sliderSteps))
  slider.setAttribute('aria-valuetext', clock(at))
  const told: string[] = []
  for (const { world, cursor, veil, story, where, inspector, choice, delays, unchanged, letters, map } of panels) {
    veil.setAttribute('x', x)
    veil.setAttribute(
      'width',
      isVeiled && at < album.to ? String(sizes.labels + axis.width + sizes.notes - Number(x)) : '0',
    )
    hideLater(letters, isVeiled ? at : album.to)
    unchanged.hidden = !hideLater(delays, isVeiled ? at : album.to)
    story.classList.toggle('veiled', isVeiled)
    cursor.setAttribute('x1', x)
    cursor.setAttribute('x2', x)
    const current = markStory(story, at)
    if (current !== undefined) {
      story.scrollTop = current.offsetTop - story.clientHeight / 2
      told.push(`${world.name} ${current.textContent ?? ''}`.trim())
    }
    const letter = world.flow.revisions.findLast((revision) => revision.at <= at)?.letter
    fillWhere(where, world, letter, at)
    fillInspector(inspector, world, choice.value, at)
    map.show(at)
  }
  said.textContent = told.join('; ')
  // What to try then tells what was to be seen.
  if (next !== null) next.hidden = isVeiled && at < album.to
  live?.moved()
}

function go(time: number): void {
  at = Math.min(Math.max(Math.round(time), album.from), album.to)
  history.replaceState(null, '', `#t=${at / 1000}`)
  show()
}

function instants(times: readonly number[]): readonly number[] {
  return [...new Set(times)].filter((time) => time >= album.from && time <= album.to).sort((a, b) => a - b)
}

function step(times: readonly number[], by: 1 | -1): void {
  const next = by === 1 ? times.find((time) => time > at) : times.findLast((time) => time < at)
  go(next ?? (by === 1 ? album.to : album.from))
}

function play(): void {
  if (playing !== undefined) {
    pause()
    return
  }
  if (at >= album.to) at = album.from
  let x = axis.x(at)
  let before = performance.now()
  byId('play').textContent = 'pause'
  const tick = (time: number): void => {
    x += ((time - before) / 1000) * playSpeed
    before = time
    const next = axis.timeAt(x)
    // Narration stops it, as a teacher would.
    const say = panels
      .flatMap(({ world }) => world.story)
      .find((entry) => (entry.kind === 'say' || entry.kind === 'ask') && entry.at > at && entry.at <= next)
    go(say?.at ?? next)
    if (say !== undefined || at >= album.to) pause()
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
  before: () => step(moments, -1),
  after: () => step(moments, 1),
  first: () => go(album.from),
  last: () => go(album.to),
  play,
  map: () => panels[0]?.map.focus(),
  veil: () => {
    isVeiled = !isVeiled
    show()
  },
  command: () => live?.toCommand(),
  accident: () => live?.toAccident(),
  help: () => (help.open ? help.close() : help.showModal()),
  close: () => help.close(),
}

/** `#t=135.5`: seconds of virtual time. */
function momentOfLink(): number | undefined {
  const text = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash)?.[1]
  return text === undefined ? undefined : Number(text) * 1000
}

function start(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-command]'))
    button.addEventListener('click', () => commands[button.dataset.command as Command]())
  slider.max = String(sliderSteps)
  slider.addEventListener('input', () => go(axis.timeAt((Number(slider.value) / sliderSteps) * axis.width)))
  document.addEventListener('keydown', (event) => {
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
    const time = momentOfLink()
    if (time !== undefined && Math.round(time) !== at) go(time)
  })
  document.documentElement.classList.add('live')
  if (isVeiled) byId('tables').removeAttribute('open')
  lay(album)
  // The end is where all can be seen; a link says otherwise.
  go(momentOfLink() ?? moments[0] ?? album.from)
}

start()
