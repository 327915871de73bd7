export interface PlotData {
  readonly title: string
  readonly recorded: readonly number[]
  readonly simulated: readonly number[]
  readonly boundSeconds: number
}

const width = 640
const height = 320
const margin = { left: 46, right: 14, top: 30, bottom: 36 }

/** Two distribution functions in one SVG: what part of the updates was visible after how many seconds. */
export function distributionPlot({ title, recorded, simulated, boundSeconds }: PlotData): string {
  const end = Math.ceil(Math.max(boundSeconds, ...recorded, ...simulated.slice(0, 1000)) / 20) * 20
  const x = (seconds: number) => margin.left + (seconds / end) * (width - margin.left - margin.right)
  const y = (part: number) => height - margin.bottom - part * (height - margin.top - margin.bottom)
  const ticks = Array.from({ length: 6 }, (_, i) => Math.round((end / 5) * i))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
<text x="${margin.left}" y="18" font-weight="bold">Delay of updates: ${title}</text>
${ticks.map((tick) => `<line x1="${x(tick)}" y1="${y(0)}" x2="${x(tick)}" y2="${y(1)}" stroke="#ddd"/><text x="${x(tick)}" y="${height - 18}" text-anchor="middle">${tick} s</text>`).join('\n')}
${[0, 0.25, 0.5, 0.75, 1].map((part) => `<line x1="${x(0)}" y1="${y(part)}" x2="${x(end)}" y2="${y(part)}" stroke="#ddd"/><text x="${margin.left - 6}" y="${y(part) + 4}" text-anchor="end">${part * 100} %</text>`).join('\n')}
<line x1="${x(boundSeconds)}" y1="${y(0)}" x2="${x(boundSeconds)}" y2="${y(1)}" stroke="#b00" stroke-dasharray="4 3"/>
<text x="${x(boundSeconds) - 4}" y="${y(0) - 6}" text-anchor="end" fill="#b00">bound ${boundSeconds} s</text>
<polyline fill="none" stroke="#0072b2" stroke-width="2" points="${stairs(simulated, x, y)}"/>
<polyline fill="none" stroke="#d55e00" stroke-width="2" points="${stairs(recorded, x, y)}"/>
<text x="${width - margin.right - 6}" y="${y(0.2)}" text-anchor="end" fill="#0072b2">simulated (${simulated.length})</text>
<text x="${width - margin.right - 6}" y="${y(0.13)}" text-anchor="end" fill="#d55e00">recorded (${recorded.length})</text>
</svg>
`
}

/** The distribution function as stairs; large samples at 400 of their quantiles. */
function stairs(sample: readonly number[], x: (seconds: number) => number, y: (part: number) => number): string {
  const sorted = [...sample].sort((a, b) => a - b)
  const steps = Math.min(sorted.length, 400)
  const points = [`${x(0).toFixed(1)},${y(0).toFixed(1)}`]
  let part = 0
  for (let i = 0; i < steps; i++) {
    const at = sorted[Math.floor((i / steps) * sorted.length)] ?? 0
    points.push(`${x(at).toFixed(1)},${y(part).toFixed(1)}`)
    part = (i + 1) / steps
    points.push(`${x(at).toFixed(1)},${y(part).toFixed(1)}`)
  }
  return points.join(' ')
}
