import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { phasesOf } from './scale/phases.ts'
import { type Plot, plotSvg } from './scale/plot.ts'
import { createScaleCluster, type TrafficSample } from './scale/scale-cluster.ts'
import { scaleSettings } from './scale/settings.ts'

/**
 * `npm run bench:plots -- FOLDER OPTIONS` (those of bench:scale): the same cluster with Secrets that may change and with immutable ones, until half an hour after all
 * run: a plot of open watches for each, with one height for both. What was counted goes to stdout.
 */
const [folder = 'docs/plots', ...args] = process.argv.slice(2)
const untilS = 1800

/** Virtual time of the samples, from the start. */
function samplesOf(options: readonly string[]): readonly TrafficSample[] {
  const settings = scaleSettings(options)
  const cluster = createScaleCluster(settings, () => {})
  for (const { name, run } of phasesOf(settings)) {
    run(cluster)
    if (name === 'until all run') break
  }
  cluster.pass(10, untilS)
  cluster.sim.dispose()
  return cluster.samples
}

const cases = [
  { name: 'watched', title: 'Open watches at the API server, Secrets that may change', options: args },
  { name: 'immutable', title: 'Open watches at the API server, immutable Secrets', options: [...args, '--immutable'] },
]
const drawn = cases.map(({ options, ...rest }) => ({ ...rest, samples: samplesOf(options) }))
const top = Math.max(...drawn.flatMap(({ samples }) => samples.map(({ watches }) => watches)))
mkdirSync(folder, { recursive: true })
for (const { name, title, samples } of drawn) {
  const points = samples.map(({ atS, watches }) => [atS / 60, watches] as const)
  const plot: Plot = { title, xUnit: 'min', yUnit: '', points, top }
  writeFileSync(join(folder, `scale-${name}.svg`), `${plotSvg(plot)}\n`)
  const last = samples.at(-1)?.watches ?? 0
  process.stdout.write(`${name}: ${last} watches at the end, at most ${Math.max(...points.map(([, y]) => y))}\n`)
}
