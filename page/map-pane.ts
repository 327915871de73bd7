import { mapAt } from '../src/check/map-history.ts'
import type { MappedSecret } from '../src/check/mapped-secret.ts'
import { drawMap } from '../src/report/check/map-drawing.ts'
import { wordsOf } from '../src/report/check/map-words.ts'
import type { AlbumWorld } from '../src/report/export/album.ts'
import { drawn, element, fill } from './dom.ts'

/** The map of Secrets of one world, as it is at a moment. */
export interface MapPane {
  readonly content: readonly HTMLElement[]
  /** Shows the map of a moment; what is drawn stays where nothing has changed, so that the focus does. */
  show(at: number): void
  focus(): void
}

/** `choose` hears of a name of the map that was chosen: `secret default/db`. */
export function mapPane(world: AlbumWorld, choose: (name: string) => void): MapPane {
  const picture = element('div', { class: 'map' })
  const table = element('table', {})
  const words = element('details', {}, element('summary', {}, 'as a table'), table)
  let shown = ''
  let map: readonly MappedSecret[] = []
  let chosen: string | undefined
  const boxes = () => [...picture.querySelectorAll<SVGElement>('.box')]
  const draw = (): void => {
    const isThere = map.some(({ secret, users }) => secret === chosen || users.some(({ user }) => user === chosen))
    const focused = document.activeElement?.getAttribute('data-name')
    fill(picture, pictureOf(map, isThere ? chosen : undefined))
    fill(table, ...tableOf(map))
    if (focused !== null && focused !== undefined)
      boxes()
        .find((box) => box.getAttribute('data-name') === focused)
        ?.focus()
  }
  const press = (target: EventTarget | null): void => {
    const name = target instanceof Element ? target.closest('.box')?.getAttribute('data-name') : undefined
    if (name === undefined || name === null) return
    chosen = chosen === name ? undefined : name
    draw()
    if (chosen !== undefined) choose(chosen)
  }
  picture.addEventListener('click', ({ target }) => press(target))
  picture.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    press(event.target)
  })
  return {
    content: [picture, words],
    show(at) {
      const now = mapAt(world.map, at)
      const key = JSON.stringify(now)
      if (key === shown) return
      shown = key
      map = now
      draw()
    },
    focus: () => boxes()[0]?.focus(),
  }
}

function pictureOf(map: readonly MappedSecret[], chosen: string | undefined): Element {
  if (map.length === 0) return element('p', { class: 'dim' }, 'no Secret, and nobody asks for one')
  const { shapes, width, height } = drawMap(map, chosen)
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const attributes = { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': 'map of Secrets' }
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value))
  svg.append(...shapes.map(drawn))
  for (const box of svg.querySelectorAll('.box')) {
    box.setAttribute('tabindex', '0')
    box.setAttribute('role', 'button')
    box.setAttribute('aria-pressed', String(box.getAttribute('data-name') === chosen))
    box.setAttribute('aria-label', box.querySelector('title')?.textContent ?? '')
  }
  return svg
}

function tableOf(map: readonly MappedSecret[]): readonly HTMLElement[] {
  const heads = ['Secret', 'keys', 'who', 'how', 'account', 'node']
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)))
  const rows = map.flatMap(({ secret, isGiven, keys, users }) => {
    const it = [element('th', { scope: 'row' }, secret), cell(isGiven ? keys.join(', ') : 'it is not there')]
    if (users.length === 0) return [element('tr', {}, ...it, cell('nobody'), cell(''), cell(''), cell(''))]
    return users.map((use) => {
      const { user, account = '', nodes } = use
      const own = it.map((each) => each.cloneNode(true))
      return element('tr', {}, ...own, cell(user), cell(wordsOf(use)), cell(account), cell(nodes.join(', ')))
    })
  })
  return [element('thead', {}, head), element('tbody', {}, ...rows)]
}

function cell(text: string): HTMLElement {
  return element('td', {}, text)
}
