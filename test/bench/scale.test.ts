import { describe, expect, test } from 'vitest'
import { bootPhase, phasesOf } from '../../bench/scale/phases.ts'
import { plotSvg } from '../../bench/scale/plot.ts'
import { type PhaseFigures, runScale } from '../../bench/scale/run-scale.ts'
import { scalePage } from '../../bench/scale/scale-page.ts'
import { scaleSettings } from '../../bench/scale/settings.ts'

/** What each phase until the last that is looked at asked of the API server, and the watches that were open at its end. */
function phasesWith(
  last: string,
  ...options: readonly string[]
): ReadonlyMap<string, { requests: number; watches: number }> {
  const settings = scaleSettings(['--nodes', '4', '--pods', '12', '--containers', '12', ...options])
  const cluster = bootPhase(settings, () => {})
  const found = new Map<string, { requests: number; watches: number }>()
  for (const { name, run } of phasesOf(settings)) {
    const { requests } = cluster
    run(cluster)
    found.set(name, { requests: cluster.requests - requests, watches: cluster.openWatches })
    if (name === last) break
  }
  return found
}

describe('a cluster of a size goes through its phases', () => {
  test('watches on Secrets that never change are closed, on no node they come back when the API server does (S1)', () => {
    const mounts = ['server lost, found again', '--secrets-per-pod', '5', '--version', 'v1.26'] as const
    const [watched, closed] = [phasesWith(...mounts), phasesWith(...mounts, '--immutable')]
    const of = (phases: typeof watched, name: string) => phases.get(name) ?? { requests: 0, watches: 0 }
    // 12 Pods have 5 of their own; a Secret that 3 Pods of a node share has one watch there.
    expect(of(watched, 'idle hour').watches - of(closed, 'idle hour').watches).toBe(60)
    for (const phases of [watched, closed]) {
      expect(of(phases, 'idle day').watches).toBe(of(phases, 'idle hour').watches)
      expect(of(phases, 'server lost, found again').watches).toBe(of(phases, 'idle hour').watches)
      expect(of(phases, 'idle day').requests).toBeGreaterThanOrEqual(24 * of(phases, 'idle hour').requests)
    }
  })

  test('up to v1.18 there are no immutable Secrets, and all are watched', () => {
    const mounts = ['idle hour', '--secrets-per-pod', '2', '--version', 'v1.18'] as const
    const watches = (...options: readonly string[]) => phasesWith(...mounts, ...options).get('idle hour')?.watches
    expect(watches('--immutable')).toBe(watches())
  })
})

describe('the command', () => {
  test.each([
    ['--nodes', '0', '--nodes 0: expected a whole number from 1 to 5000'],
    ['--strategy', 'Guess', '--strategy Guess: expected Watch, Cache, Get'],
    ['-o', 'pdf', '-o pdf: expected html'],
  ])('%s %s is refused', (option, value, text) => {
    expect(() => scaleSettings([option, value])).toThrow(text)
  })

  test('Pods and containers follow from nodes', () => {
    expect(scaleSettings(['--nodes', '3'])).toMatchObject({ pods: 90, containers: 180, immutable: false })
  })
})

describe('the page', () => {
  const phase: PhaseFigures = {
    ...{ name: 'rotate', virtualS: 90, events: 5, requests: 7, watches: 450, renewalsPerS: 1, delays: [1000, 3000] },
    ...{ cpuS: 1, peakBytes: 2 ** 20, retainedBytes: 2 ** 20, allocatedBytes: 2 ** 20 },
  }

  test('has the table and a plot each of delays, requests and watches', () => {
    const settings = scaleSettings(['--nodes', '2'])
    const samples = [{ atS: 60, requestsPerSecond: 3, watches: 450 }]
    const page = scalePage({ settings, node: 'v20', load: [1, 1, 1], phases: [phase], samples })
    expect(page.match(/<svg/g)).toHaveLength(3)
    expect(page).toContain('<td>rotate</td>')
    expect(page).toContain('<td>3.0 / 3.0 / 3.0 / 3.0 s</td>')
  })

  test('of many points those are drawn that stand out', () => {
    const points = Array.from({ length: 10_000 }, (_, x) => [x, x === 5000 ? 100 : 1] as const)
    const curve = /points="([^"]*)"/.exec(plotSvg({ title: 't', xUnit: 's', yUnit: '', points }))?.[1] ?? ''
    const heights = curve.split(' ').map((pair) => Number(pair.split(',')[1]))
    expect(heights.length).toBeLessThan(2000)
    expect(heights.filter((y) => y === Math.min(...heights))).toHaveLength(1)
  })
})

test('a run without the collector of garbage at hand says so', async () => {
  const settings = scaleSettings(['--nodes', '1', '--pods', '1'])
  if (globalThis.gc === undefined) await expect(runScale(settings, () => {})).rejects.toThrow('run with --expose-gc')
})
