import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { measuredPlay, updateSamples } from '../test/judge/distributions.ts'
import { ksDistance, ksProbability } from '../test/judge/ks.ts'
import { minorOfFile, type TimelineFile } from '../test/judge/timeline-format.ts'
import { distributionPlot } from './distribution-plot.ts'

/**
 * `npm run distributions [seeds]`: delays of updates of mounted Secrets, simulated over that many seeds (default 1,000),
 * beside what was recorded of a real kubelet; one plot for each strategy and ttl, and a table with the two-sample
 * Kolmogorov-Smirnov test, into docs/. Exit code 1 if a distribution does not agree (p <= 0.01) or a delay exceeds U3's bound.
 */

const seeds = Number(process.argv[2] ?? 1000)
const root = join(import.meta.dirname, '..')
const vectors = process.env.PODSIM_VECTORS ?? join(root, 'test/fixtures/vectors')

interface Row {
  readonly name: string
  readonly title: string
  readonly recorded: readonly number[]
  readonly simulated: readonly number[]
  readonly boundSeconds: number
}

const rows = ['timelines', 'v1.26/timelines'].flatMap((folder) =>
  readdirSync(join(vectors, folder))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(vectors, folder, name), 'utf8')) as TimelineFile)
    .filter(({ category }) => category === 'update-delay')
    .map(measure),
)
mkdirSync(join(root, 'docs/plots'), { recursive: true })
for (const row of rows) writeFileSync(join(root, 'docs/plots', `${row.name}.svg`), distributionPlot(row))
writeFileSync(join(root, 'docs/distributions.md'), page())
const wrong = rows.filter(
  ({ recorded, simulated, boundSeconds }) =>
    ksProbability(recorded, simulated) <= 0.01 || Math.max(...simulated) > boundSeconds,
)
for (const { name } of wrong) process.stderr.write(`${name} does not agree\n`)
process.exitCode = wrong.length > 0 ? 1 : 0

function measure(file: TimelineFile): Row {
  const simulated: number[] = []
  for (let seed = 0; seed < seeds; seed++)
    for (const { delay } of updateSamples(file, measuredPlay(file, `delays-${seed}`))) simulated.push(delay)
  const recorded = updateSamples(file, file.timeline).map(({ delay }) => delay)
  const minor = minorOfFile(file)
  const ttl = file.nodeTTLAnnotation
  const title = `v1.${minor}, ${file.strategy}${file.strategy === 'Cache' ? `, ttl ${ttl ?? 'not set'}` : ''}`
  process.stdout.write(
    `${file.name.padEnd(18)} ${title.padEnd(28)} n ${simulated.length} p ${ksProbability(recorded, simulated).toFixed(3)}\n`,
  )
  return { name: `v1.${minor}-${file.name}`, title, recorded, simulated, boundSeconds: boundOf(file, minor) }
}

/** U3: sync period (90 s and a tick) plus propagation delay of the cache, in whole sync periods where a ttl must run out. */
function boundOf({ strategy, nodeTTLAnnotation }: TimelineFile, minor: number): number {
  const sync = 91.5
  // From v1.22 to v1.28 every sync drops the cached copy: the ttl adds nothing (facts/kubelet.md 1.5).
  if (strategy !== 'Cache' || minor >= 22) return sync
  const ttl = nodeTTLAnnotation === null || nodeTTLAnnotation === undefined ? 60 : Number(nodeTTLAnnotation)
  return ttl <= 60 ? sync : sync + ttl
}

function page(): string {
  const table = rows.map(({ title, name, recorded, simulated, boundSeconds }) => {
    const cells = [recorded, simulated].flatMap((sample) => [
      sample.length,
      quantile(sample, 0.1),
      quantile(sample, 0.5),
      quantile(sample, 0.9),
      Math.max(...sample).toFixed(1),
    ])
    const test = [
      ksDistance(recorded, simulated).toFixed(3),
      ksProbability(recorded, simulated).toFixed(2),
      boundSeconds,
    ]
    return `| [${title}](plots/${name}.svg) | ${[...cells, ...test].join(' | ')} |`
  })
  return `# Delays of updates: simulated and recorded

How long an update of a mounted Secret takes until the container's file has it (U1, U3), in seconds: ${seeds.toLocaleString('en-US')} seeds of the
simulation beside what was recorded of real kubelets. D and p are the two-sample Kolmogorov-Smirnov test; the bound is U3's. Made by
\`npm run distributions\`.

| kubelet | recorded n | 10 % | median | 90 % | max | simulated n | 10 % | median | 90 % | max | D | p | bound |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${table.join('\n')}

${rows.map(({ title, name }) => `## ${title}\n\n![${title}](plots/${name}.svg)`).join('\n\n')}
`
}

function quantile(sample: readonly number[], part: number): string {
  const sorted = [...sample].sort((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN).toFixed(1)
}
