import { cellsOf, figuresText, heads } from './figures-text.ts'
import { type Plot, plotSvg } from './plot.ts'
import type { ScaleFigures } from './run-scale.ts'

/** A page that works offline: the table, and plots of delays, requests and watches over time. */
export function scalePage(figures: ScaleFigures): string {
  const { settings, phases } = figures
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>podsim at scale</title>
<style>
body { font: 14px sans-serif; margin: 2em; max-width: 1100px }
table { border-collapse: collapse } th, td { padding: 2px 8px; text-align: right } th:first-child, td:first-child { text-align: left }
tr:nth-child(even) { background: #f3f3f3 } svg { display: block; margin: 1em 0; width: 100% }
</style>
<h1>podsim at scale</h1>
<p>${figuresText(figures).trim()}</p>
<table>
${[row(heads, 'th'), ...phases.map((phase) => row(cellsOf(phase, settings), 'td'))].join('\n')}
</table>
${plotsOf(figures).map(plotSvg).join('\n')}
</html>
`
}

function plotsOf({ phases, samples }: ScaleFigures): readonly Plot[] {
  const hours = (atS: number) => atS / 3600
  const ofDelays = phases
    .filter(({ delays }) => delays.length > 0)
    .map(({ name, delays }) => ({
      title: `Delays, ${name}: what part of the volumes has the new value`,
      xUnit: 's',
      yUnit: ' %',
      points: delays.map((delay, i) => [delay / 1000, ((i + 1) / delays.length) * 100] as const),
    }))
  return [
    ...ofDelays,
    {
      title: 'Requests a second at the API server, watches left out',
      xUnit: 'h',
      yUnit: '',
      points: samples.map(({ atS, requestsPerSecond }) => [hours(atS), requestsPerSecond] as const),
    },
    {
      title: 'Open watches at the API server',
      xUnit: 'h',
      yUnit: '',
      points: samples.map(({ atS, watches }) => [hours(atS), watches] as const),
    },
  ]
}
