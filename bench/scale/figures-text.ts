import type { PhaseFigures, ScaleFigures } from './run-scale.ts'
import type { ScaleSettings } from './settings.ts'

const columns = [
  { head: 'phase', of: ({ name }: PhaseFigures) => name },
  { head: 'virtual', of: ({ virtualS }: PhaseFigures) => `${Math.round(virtualS)} s` },
  { head: 'processor', of: ({ cpuS }: PhaseFigures) => `${cpuS.toFixed(2)} s` },
  { head: 'µs a Pod', of: ({ cpuS }: PhaseFigures, { pods }: ScaleSettings) => count((cpuS * 1e6) / pods) },
  { head: 'events', of: ({ events }: PhaseFigures) => count(events) },
  { head: 'events/s', of: ({ events, cpuS }: PhaseFigures) => count(events / Math.max(cpuS, 0.001)) },
  { head: 'requests', of: ({ requests }: PhaseFigures) => count(requests) },
  { head: 'watches', of: ({ watches }: PhaseFigures) => count(watches) },
  { head: 'renewals/s', of: ({ renewalsPerS }: PhaseFigures) => renewalsPerS.toFixed(1) },
  { head: 'peak MB', of: ({ peakBytes }: PhaseFigures) => megabytes(peakBytes) },
  { head: 'kept MB', of: ({ retainedBytes }: PhaseFigures) => megabytes(retainedBytes) },
  {
    head: 'B allocated a Pod',
    of: ({ allocatedBytes }: PhaseFigures, { pods }: ScaleSettings) => count(allocatedBytes / pods),
  },
  { head: 'delay 50/90/99/100 %', of: ({ delays }: PhaseFigures) => percentiles(delays) },
] as const

const widths = [26, 9, 10, 9, 11, 10, 10, 8, 10, 8, 8, 18, 30]

/** One line of the table for each phase. */
export const phaseHeader = columns.map(({ head }, i) => pad(head, i)).join(' ')

/** A phase as it is told in the terminal. */
export function phaseLine(phase: PhaseFigures, settings: ScaleSettings): string {
  return cellsOf(phase, settings).map(pad).join(' ').trimEnd()
}

/** The heads of what `cellsOf` gives. */
export const heads: readonly string[] = columns.map(({ head }) => head)

/** A phase in words, one for each head. */
export function cellsOf(phase: PhaseFigures, settings: ScaleSettings): readonly string[] {
  return columns.map(({ of }) => of(phase, settings))
}

/** What was measured, in a few lines under the phases. */
export function figuresText({ settings, node, load, phases }: ScaleFigures): string {
  const { nodes, pods, containers, secretsPerPod, immutable, strategy, version } = settings
  const peak = Math.max(...phases.map(({ peakBytes }) => peakBytes))
  const cpuS = phases.reduce((sum, phase) => sum + phase.cpuS, 0)
  const told = [
    `${count(nodes)} nodes, ${count(pods)} Pods, ${count(containers)} containers, ${count(pods * (secretsPerPod + 1))} mounts of Secrets${immutable ? ', those of one Pod immutable' : ''}, ${strategy}, ${version}`,
    `${cpuS.toFixed(1)} s of processor time, peak ${megabytes(peak)} MB`,
    `Node.js ${node}, load of the machine ${load.map((each) => each.toFixed(1)).join(' ')}`,
  ]
  return `${told.join('; ')}\n`
}

/** All figures; delays as percentiles. */
export function figuresJson({ phases, ...rest }: ScaleFigures): string {
  const told = phases.map(({ delays, ...phase }) => ({
    ...phase,
    delays: Object.fromEntries(parts.map((part) => [`p${part * 100}`, delays.length === 0 ? null : at(delays, part)])),
  }))
  return `${JSON.stringify({ ...rest, phases: told }, null, 2)}\n`
}

const parts = [0.5, 0.9, 0.99, 1]

function percentiles(delays: readonly number[]): string {
  if (delays.length === 0) return ''
  return `${parts.map((part) => (at(delays, part) / 1000).toFixed(1)).join(' / ')} s`
}

/** Of sorted values. */
function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

function pad(text: string, column: number): string {
  const width = widths[column] ?? 0
  return column === 0 ? text.padEnd(width) : text.padStart(width)
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function megabytes(bytes: number): string {
  return count(bytes / 2 ** 20)
}
