import type { Flow } from '../src/flow/flow.ts'
import { whereIs } from '../src/flow/where-is.ts'
import type { Album, AlbumWorld, Entry } from '../src/report/export/album.ts'
import { actorText, clock, delayText, partsInOrder, placeText } from '../src/report/export/words.ts'
import { element, fill } from './dom.ts'
import type { Questions } from './questions.ts'

const toneGlyphs = { normal: '', warning: '!', good: '✓', visible: '◆', fault: '↯', chatter: '' } as const

/** The story of a world, a line for each entry; `go` takes the page to an entry's moment. */
export function storyList(world: AlbumWorld, questions: Questions, go: (at: number) => void): HTMLOListElement {
  const list = element('ol', { class: 'story' })
  for (const [i, entry] of world.story.entries()) {
    const line = element('li', {
      class: `entry ${entry.kind} ${entry.tone}`,
      'data-at': String(entry.at),
      'data-i': String(i),
    })
    const time = element('button', { type: 'button', class: 'time', title: 'to this moment' }, clock(entry.at))
    time.addEventListener('click', () => go(entry.at))
    line.append(time, ' ', ...entryContent(entry, questions))
    list.append(line)
  }
  return list
}

/** What an entry says. */
export function entryContent(entry: Entry, questions: Questions): readonly (Node | string)[] {
  const { kind, actor, text, tone } = entry
  if (kind === 'ask') return [...text.split('\n').map((line) => element('p', {}, line)), questions.box(entry)]
  if (kind === 'command') return [element('code', {}, `$ ${text}`)]
  if (kind === 'output') return [element('pre', {}, text)]
  if (kind === 'say') return [element('p', {}, text)]
  const glyph = element('span', { class: 'glyph', 'aria-hidden': 'true' }, toneGlyphs[tone])
  const told = element('span', {}, text)
  // Blanks between them, for who reads or copies it without the styles.
  return actor === ''
    ? [glyph, ' ', told]
    : [glyph, ' ', element('span', { class: 'actor' }, actorText(actor)), ' ', told]
}

/** Marks what has been told and what has not. Gives the line that was told last. */
export function markStory(list: HTMLElement, told: number): HTMLElement | undefined {
  let current: HTMLElement | undefined
  for (const [i, line] of [...list.querySelectorAll<HTMLElement>('.entry')].entries()) {
    line.classList.toggle('future', i >= told)
    line.classList.remove('current')
    if (i < told) current = line
  }
  current?.classList.add('current')
  return current
}

const stateWords = { has: 'has it', older: 'still the older', newer: 'already a newer', nothing: 'nothing' } as const

/** Where a revision is at a moment. */
export function fillWhere(
  table: HTMLTableElement,
  flow: Pick<Flow, 'revisions' | 'lanes'>,
  letter: string | undefined,
  at: number,
): void {
  if (letter === undefined) {
    fill(table, element('caption', {}, 'nothing is written yet'))
    return
  }
  const titles = new Map(flow.lanes.map(({ id, title }) => [id, title] as const))
  const rows = whereIs(flow, letter, at).map(({ lane, state, letter: there, never, afterMs }) => {
    const of = lane.parent === undefined ? '' : ` of ${titles.get(lane.parent) ?? ''}`
    const why =
      state === 'older' && never !== undefined ? `never: ${never.reason}, until ${never.until}` : stateWords[state]
    const after =
      afterMs === undefined || afterMs === 0 ? '' : `, ${(afterMs / 1000).toFixed(1)} s after it was written`
    return element(
      'tr',
      { class: state },
      element('th', { scope: 'row' }, lane.title, element('span', { class: 'dim' }, of)),
      element('td', { class: 'letter' }, there ?? '-'),
      element('td', {}, why + after),
    )
  })
  fill(table, element('caption', {}, `Where is revision ${letter}?`), ...rows)
}

/** What became of each change: bars as long as the wait, and words. */
export function delayList(album: Album, world: AlbumWorld): HTMLElement {
  const rows = world.flow.delays
  const waits = album.worlds.flatMap(({ flow }) => flow.delays.filter(({ parts }) => parts !== undefined))
  const longest = Math.max(1, ...waits.map(({ visibleAt = 0, updatedAt }) => visibleAt - updatedAt))
  const list = element('ul', { class: 'delays' })
  for (const row of rows) {
    const item = element(
      'li',
      { 'data-at': String(row.visibleAt ?? row.updatedAt) },
      element('b', {}, row.letter),
      ` ${placeText(row)}: `,
      element('span', {}, delayText(row)),
    )
    if (row.parts !== undefined) {
      const bar = element('span', { class: 'bar', 'aria-hidden': 'true' })
      for (const { name, ms } of partsInOrder(row.parts)) {
        const part = element('span', { class: `part ${name}`, title: `${name} ${(ms / 1000).toFixed(1)} s` })
        part.style.width = `${(100 * ms) / longest}%`
        bar.append(part)
      }
      item.append(bar)
    }
    if (row.never !== undefined) item.append(element('div', { class: 'dim' }, `cure: ${row.never.cure}`))
    list.append(item)
  }
  return list
}

/** Hides what is told of a later moment than this: of a list each of whose items has its own. Whether nothing is left. */
export function hideLater(list: HTMLElement, at: number): boolean {
  let isEmpty = true
  for (const item of list.querySelectorAll<HTMLElement>('[data-at]')) {
    item.hidden = Number(item.dataset.at) > at
    isEmpty &&= item.hidden
  }
  return isEmpty
}

/** An object as it was at a moment. */
export function fillInspector(
  target: HTMLElement,
  world: AlbumWorld,
  uid: string,
  { at, seq }: { readonly at: number; readonly seq: number },
): void {
  const object = world.objects.find((each) => each.uid === uid)
  const state = object?.states.findLast((each) => each.at < at || (each.at === at && each.seq <= seq))
  const since = state === undefined ? 'it is not there yet' : `as it is since ${clock(state.at)}`
  fill(target, element('div', { class: 'dim' }, since), element('pre', {}, state?.lines.join('\n') ?? ''))
}

/** Letters and what they stand for: sizes of values, or the values if they were asked for. */
export function legend(world: AlbumWorld): HTMLElement {
  const list = element('ul', { class: 'legend' })
  for (const { letter, index, at, by, keys } of world.flow.revisions) {
    const values = world.values[letter]
    const told =
      values === undefined
        ? keys.join(', ')
        : Object.entries(values)
            .map(([key, value]) => `${key}=${value}`)
            .join(', ')
    list.append(
      element(
        'li',
        { 'data-at': String(at) },
        element('span', { class: `chip r${index % 8}` }, letter),
        ` ${clock(at)} ${actorText(by)}: ${told === '' ? 'no keys' : told}`,
      ),
    )
  }
  return list
}
