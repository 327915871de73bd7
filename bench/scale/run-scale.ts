import { loadavg } from 'node:os'
import type { Cost } from './meter.ts'
import { Meter } from './meter.ts'
import { bootPhase, phasesOf } from './phases.ts'
import type { ScaleCluster, TrafficSample } from './scale-cluster.ts'
import type { ScaleSettings } from './settings.ts'

/** How long a watch of a kubelet lasts on average. Source: client-go tools/cache/reflector.go, minWatchTimeout times 1 to 2. */
const watchLifeS = 1.5 * 300

/** What one phase came to. */
export interface PhaseFigures extends Cost {
  readonly name: string
  readonly virtualS: number
  readonly events: number
  readonly requests: number
  /** At its end. */
  readonly watches: number
  /** Watches a second that are asked for again as their time is over, at its end: reckoned, for podsim renews them unseen. */
  readonly renewalsPerS: number
  /** In ms, sorted; of a phase that has any. */
  readonly delays: readonly number[]
}

/** All figures of a run. */
export interface ScaleFigures {
  readonly settings: ScaleSettings
  readonly node: string
  /** Of the machine, at the start: over one, five, fifteen minutes. */
  readonly load: readonly number[]
  readonly phases: readonly PhaseFigures[]
  readonly samples: readonly TrafficSample[]
}

/** Runs all phases. `onPhase` hears of each as it is over. */
export async function runScale(settings: ScaleSettings, onPhase: (phase: PhaseFigures) => void): Promise<ScaleFigures> {
  const load = loadavg()
  const meter = new Meter()
  const phases: PhaseFigures[] = []
  const add = (phase: PhaseFigures): void => {
    phases.push(phase)
    onPhase(phase)
  }
  let booted: ScaleCluster | undefined
  const bootCost = await meter.measure(() => {
    booted = bootPhase(settings, () => meter.sample())
  })
  if (booted === undefined) throw new Error('the cluster has booted')
  const cluster: ScaleCluster = booted
  const { events, requests, openWatches } = cluster
  add({
    name: 'boot',
    virtualS: 60,
    events,
    requests,
    watches: openWatches,
    renewalsPerS: openWatches / watchLifeS,
    delays: [],
    ...bootCost,
  })
  for (const { name, run } of phasesOf(settings)) {
    const before = { events: cluster.events, requests: cluster.requests, now: cluster.sim.now() }
    let delays: readonly number[] | undefined
    const cost = await meter.measure(() => {
      delays = run(cluster)
    })
    add({
      name,
      virtualS: (cluster.sim.now() - before.now) / 1000,
      events: cluster.events - before.events,
      requests: cluster.requests - before.requests,
      watches: cluster.openWatches,
      renewalsPerS: cluster.openWatches / watchLifeS,
      delays: [...(delays ?? [])].sort((a, b) => a - b),
      ...cost,
    })
  }
  return { settings, node: process.version, load, phases, samples: cluster.samples }
}
