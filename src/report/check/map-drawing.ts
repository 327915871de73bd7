import type { MappedSecret, SecretUser } from '../../check/mapped-secret.ts'
import { type Shape, shape } from '../export/drawing.ts'
import { placeOf, wordsOf } from './map-words.ts'

/** A picture of the map; with one of its names chosen, all that has nothing to do with it steps back. */
export interface MapDrawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}

/** Sizes in pixels. */
const sizes = { margin: 10, secret: 300, gap: 130, user: 440, line: 16, between: 12 } as const

/** About how many letters go into a box. */
const letters = { secret: 44, user: 66 } as const

/** Styles of the map; colours come from the page, defaults are for any paper. Nothing is told by colour alone. */
export const mapStyle = [
  '.edge{fill:none;stroke:var(--dim,#888)}.edge.optional{stroke-dasharray:5 4}',
  '.box rect{fill:var(--band,#8882);stroke:var(--dim,#888)}.box.missing rect{stroke-dasharray:5 4}',
  '.box text{fill:var(--text,currentColor)}.box .title{font-weight:600}.box .dim{fill:var(--dim,#888)}',
  '.aside{opacity:.25}.box.chosen rect{stroke:var(--accent,#1f5fbf);stroke-width:2}',
].join('')

/** Secrets on the left, with their keys; on the right who uses them, a line for each use, and a curve that leads to it. */
export function drawMap(map: readonly MappedSecret[], chosen?: string): MapDrawing {
  const users = boxesOfUsers(map)
  const secrets = boxesOfSecrets(map)
  const near = nearTo(map, chosen)
  const aside = (...names: readonly string[]) => (names.every((name) => near?.has(name) ?? true) ? '' : ' aside')
  const edges = map.flatMap(({ secret, users: own }) =>
    own.map((use) => {
      const from = secrets.get(secret)
      const to = users.get(use.user)
      const y1 = from === undefined ? 0 : from.y + heightOf(from) / 2
      const y2 = to === undefined ? 0 : to.y + 14 + sizes.line * (1 + to.lines.indexOf(lineOf(secret, use)))
      const [x1, x2] = [sizes.margin + sizes.secret, sizes.margin + sizes.secret + sizes.gap]
      const bend = (x1 + x2) / 2
      const related = chosen === undefined || chosen === secret || chosen === use.user ? '' : ' aside'
      return shape(
        'path',
        {
          class: `edge${use.isOptional ? ' optional' : ''}${related}`,
          d: `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`,
        },
        [shape('title', {}, `${secret}, ${use.user}: ${wordsOf(use)}`)],
      )
    }),
  )
  const drawn = [...secrets.values(), ...users.values()].map((box) =>
    boxShape(box, `${aside(box.name)}${box.name === chosen ? ' chosen' : ''}`),
  )
  const height = Math.max(...[...secrets.values(), ...users.values()].map((box) => box.y + heightOf(box)), 0)
  const width = 2 * sizes.margin + sizes.secret + sizes.gap + sizes.user
  return { width, height: height + sizes.margin, shapes: [...edges, ...drawn] }
}

interface Box {
  readonly name: string
  readonly kind: 'secret' | 'user'
  readonly isMissing: boolean
  readonly x: number
  readonly y: number
  /** Below the name. */
  readonly lines: string[]
}

const heightOf = ({ lines }: Box) => 12 + sizes.line * (1 + lines.length)

function boxesOfSecrets(map: readonly MappedSecret[]): ReadonlyMap<string, Box> {
  let y: number = sizes.margin
  const boxes = map.map(({ secret, isGiven, keys }): Box => {
    const lines = [isGiven ? keys.join(', ') : `! it is not there; asked for: ${keys.join(', ') || 'all keys'}`]
    const box: Box = { name: secret, kind: 'secret', isMissing: !isGiven, x: sizes.margin, y, lines }
    y += heightOf(box) + sizes.between
    return box
  })
  return new Map(boxes.map((box) => [box.name, box]))
}

/** Which use of which Secret: several lines of a user may else read the same. */
function lineOf(secret: string, use: SecretUser): string {
  const name = secret.slice(secret.indexOf('/') + 1)
  return `${name}: ${wordsOf(use)}`
}

function boxesOfUsers(map: readonly MappedSecret[]): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>()
  const x = sizes.margin + sizes.secret + sizes.gap
  const places = new Map<string, Set<string>>()
  for (const { secret, users } of map)
    for (const use of users) {
      const box = boxes.get(use.user) ?? { name: use.user, kind: 'user', isMissing: false, x, y: 0, lines: [] }
      box.lines.push(lineOf(secret, use))
      boxes.set(use.user, box)
      const place = placeOf(use)
      if (place !== '') places.set(use.user, (places.get(use.user) ?? new Set()).add(place))
    }
  let y: number = sizes.margin
  return new Map(
    [...boxes.values()].map((box) => {
      const place = [...(places.get(box.name) ?? [])]
      const placed = { ...box, y, lines: [...box.lines, ...place] }
      y += heightOf(placed) + sizes.between
      return [box.name, placed]
    }),
  )
}

/** The chosen name, and those that a use connects with it; undefined where nothing is chosen. */
function nearTo(map: readonly MappedSecret[], chosen: string | undefined): ReadonlySet<string> | undefined {
  if (chosen === undefined) return undefined
  const pairs = map.flatMap(({ secret, users }) => users.map(({ user }) => [secret, user] as const))
  return new Set([chosen, ...pairs.filter((pair) => pair.includes(chosen)).flat()])
}

function boxShape({ name, kind, isMissing, x, y, lines }: Box, state: string): Shape {
  const room = letters[kind]
  const height = 12 + sizes.line * (1 + lines.length)
  return shape('g', { class: `box ${kind}${isMissing ? ' missing' : ''}${state}`, 'data-name': name }, [
    shape('title', {}, [name, ...lines].join('\n')),
    shape('rect', { x, y, width: sizes[kind], height, rx: 6 }),
    shape('text', { class: 'title', x: x + 10, y: y + 18 }, cut(name, room)),
    ...lines.map((line, i) =>
      shape('text', { class: 'dim', x: x + 10, y: y + 18 + sizes.line * (i + 1) }, cut(line, room)),
    ),
  ])
}

function cut(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text
}
