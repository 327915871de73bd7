import type { VirtualMs } from '../kernel/time.ts'
import type { Scenario } from '../scenario/model.ts'
import { runInSlices } from '../scenario/run.ts'
import { createServedSim, type ServedSim } from '../sim/served-sim.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import type { RecordedCluster } from './recorder.ts'

/** Which cluster is served. */
export interface ClusterChoice {
  /** Its cluster, files and seed; undefined: two empty nodes. */
  readonly scenario: Scenario | undefined
  /** The scenario's steps are run until then; undefined: none of them is. */
  readonly at: VirtualMs | undefined
  readonly version: KubernetesVersion | undefined
  readonly seed: string | undefined
  /** Start of virtual time, RFC 3339, unless the scenario says another. */
  readonly epoch: string
  /** Somebody watches how it goes: syncs and requests are told, too. A recording of it has another digest then. */
  readonly isWatched?: boolean
}

/** Of a cluster that nobody described: the newest version, and a node to move Pods to. */
const plainCluster = { version: 'v1.36', nodes: 2 } as const

/** A cluster with what it was made from. */
export interface ChosenCluster {
  readonly served: ServedSim
  readonly made: RecordedCluster
}

/** The cluster, at the moment that was asked for. */
export function clusterToServe(choice: ClusterChoice): ChosenCluster {
  const { scenario, at, version, epoch, isWatched = false } = choice
  const journal: 'full' | 'summary' = isWatched ? 'full' : 'summary'
  const seed = choice.seed ?? scenario?.seed ?? 'serve'
  const cluster = {
    ...(scenario === undefined ? plainCluster : {}),
    epoch,
    journal,
    ...scenario?.source.cluster,
    ...(version === undefined ? {} : { version }),
  }
  const files = scenario?.files ?? {}
  const made = { seed, cluster, files }
  if (scenario !== undefined && at !== undefined) return { served: momentOf(scenario, at, choice, journal), made }
  return { served: createServedSim({ ...cluster, seed, files }), made }
}

/** Minor version of Kubernetes that a cluster plays. */
export function minorOf({ sim }: ServedSim): number {
  const answer = sim.request({ method: 'GET', path: '/version', user: 'admin' })
  return 'body' in answer ? Number(/"minor":"(\d+)"/.exec(answer.body)?.[1]) : Number.NaN
}

/** The scenario's run as it is at a moment; what its steps would have done after it is left undone. */
function momentOf(
  scenario: Scenario,
  at: VirtualMs,
  { version, seed }: ClusterChoice,
  journal: 'full' | 'summary',
): ServedSim {
  let served: ServedSim | undefined
  const slices = runInSlices(
    scenario,
    {
      ...(version === undefined ? {} : { version }),
      ...(seed === undefined ? {} : { seed }),
      createSim(options) {
        served = createServedSim({ ...options, invariants: false, journal })
        // The run is over before the cluster is.
        return { ...served.sim, dispose: () => {} }
      },
    },
    () => served !== undefined && (served.nextAt() ?? Number.POSITIVE_INFINITY) > at,
  )
  while (served === undefined || served.sim.now() < at) {
    const { done } = slices.next('go')
    if (done === true || (served?.nextAt() ?? Number.POSITIVE_INFINITY) > at) break
  }
  if (served === undefined) throw new Error('a scenario that was loaded has a cluster')
  if (served.sim.now() < at) served.sim.runFor(at - served.sim.now())
  return served
}
