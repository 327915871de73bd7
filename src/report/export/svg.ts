import { createTimeAxis } from '../../flow/time-axis.ts'
import { segmentAt } from '../../flow/where-is.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Album } from './album.ts'
import { drawLanes, instantsOf, sizes } from './lane-drawing.ts'
import { escaped, markup } from './markup.ts'
import { laneStyle } from './style.ts'
import { clock } from './words.ts'

/** Width of the time in a picture that stands alone. */
const pictureWidth = 860

/** The lanes of all worlds as a picture, with a line at a moment. It stands alone: SVG 1.1, styles inside, no script. */
export function albumSvg(album: Album, at: VirtualMs): string {
  const { from, to, worlds } = album
  const axis = createTimeAxis(instantsOf(worlds), { from, to, width: pictureWidth })
  const width = sizes.labels + pictureWidth + sizes.notes
  let y = 30
  const panels = worlds.map((world) => {
    const { shapes, height } = drawLanes(world, axis)
    const name = world.name === '' ? '' : `<text class="name" x="6" y="${y + 12}">${escaped(world.name)}</text>`
    const x = sizes.labels + axis.x(at)
    const cursor = `<line class="cursor" x1="${x}" x2="${x}" y1="0" y2="${height}"/>`
    const panel = `${name}<g transform="translate(0 ${y})">${shapes.map(markup).join('')}${cursor}</g>`
    y += height + 18
    return panel
  })
  const now = worlds.map(({ name, flow: { lanes } }) => {
    const there = lanes.flatMap(({ title, kind, segments }) => {
      const letter = segmentAt(segments, at)?.letter
      return letter === undefined || kind === 'process' ? [] : [`${title} ${letter}`]
    })
    return `${name === '' ? '' : `${name}: `}${there.join(', ')}`
  })
  const title = `${album.title}, ${album.about}, at ${clock(at)}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="12">
<title>${escaped(title)}</title><desc>${escaped(now.join('. '))}</desc>
<style>svg{background:#fff}${laneStyle}</style>
<text class="head" x="6" y="18">${escaped(title)}</text>
${panels.join('\n')}
</svg>
`
}
