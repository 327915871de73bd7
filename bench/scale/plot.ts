/** A curve: points of increasing x, or stairs from each point to the next. */
export interface Plot {
  readonly title: string
  readonly xUnit: string
  readonly yUnit: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Where the scale ends; at the highest point unless given. */
  readonly top?: number
}

const width = 900
const height = 260
const margin = { left: 70, right: 16, top: 30, bottom: 36 }

/** One curve in one SVG, which needs nothing else to be drawn. */
export function plotSvg({ title, xUnit, yUnit, points, ...rest }: Plot): string {
  const [first = [0, 0]] = points
  const from = first[0]
  const to = Math.max(from + 1, points.at(-1)?.[0] ?? 1)
  const top = rest.top ?? points.reduce((most, [, y]) => Math.max(most, y), 1)
  const x = (value: number) => margin.left + ((value - from) / (to - from)) * (width - margin.left - margin.right)
  const y = (value: number) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom)
  const ticks = Array.from({ length: 6 }, (_, i) => i / 5)
  const lines = ticks.flatMap((part) => {
    const [atX, atY] = [from + part * (to - from), part * top]
    return [
      `<line x1="${x(atX).toFixed(1)}" y1="${y(0)}" x2="${x(atX).toFixed(1)}" y2="${y(top)}" stroke="#ddd"/><text x="${x(atX).toFixed(1)}" y="${height - 18}" text-anchor="middle">${told(atX)} ${xUnit}</text>`,
      `<line x1="${x(from)}" y1="${y(atY).toFixed(1)}" x2="${x(to)}" y2="${y(atY).toFixed(1)}" stroke="#ddd"/><text x="${margin.left - 6}" y="${(y(atY) + 4).toFixed(1)}" text-anchor="end">${told(atY)}${yUnit}</text>`,
    ]
  })
  const curve = thinned(points).map(([atX, atY]) => `${x(atX).toFixed(1)},${y(atY).toFixed(1)}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
<text x="${margin.left}" y="18" font-weight="bold">${title}</text>
${lines.join('\n')}
<polyline fill="none" stroke="#0072b2" stroke-width="1.5" points="${curve.join(' ')}"/>
</svg>
`
}

/** As many points as can be seen: of those that share a pixel, the lowest and the highest. */
function thinned(points: Plot['points']): Plot['points'] {
  const perBin = Math.ceil(points.length / width)
  if (perBin <= 2) return points
  const kept: (readonly [number, number])[] = []
  for (let i = 0; i < points.length; i += perBin) {
    const bin = points.slice(i, i + perBin)
    const byHeight = [...bin].sort(([, a], [, b]) => a - b)
    const ends = [byHeight[0], byHeight.at(-1)].filter((each) => each !== undefined)
    kept.push(...ends.sort(([a], [b]) => a - b))
  }
  return kept
}

function told(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString('en-US') : String(Math.round(value * 100) / 100)
}
