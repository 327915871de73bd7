import type { VirtualMs } from '../kernel/time.ts'
import type { Scenario } from '../scenario/model.ts'
import { runInSlices } from '../scenario/run.ts'
import { createServedSim, type ServedSim } from '../sim/served-sim.ts'
import type { KubernetesVersion } from '../versions/version.ts'

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
}

/** Of a cluster that nobody described: the newest version, and a node to move Pods to. */
const plainCluster = { version: 'v1.36', nodes: 2 } as const

/** The cluster, at the moment that was asked for. */
export function clusterToServe(choice: ClusterChoice): ServedSim {
  const { scenario, at, version, seed, epoch } = choice
  const chosen = {
    ...(version === undefined ? {} : { version }),
    ...(seed === undefined ? {} : { seed }),
    epoch,
  }
  if (scenario === undefined) return createServedSim({ ...plainCluster, seed: 'serve', ...chosen })
  if (at !== undefined) return momentOf(scenario, at, choice)
  const { cluster } = scenario.source
  return createServedSim({
    seed: scenario.seed,
    files: scenario.files,
    ...chosen,
    ...cluster,
    ...(version && { version }),
  })
}

/** The scenario's run as it is at a moment; what its steps would have done after it is left undone. */
function momentOf(scenario: Scenario, at: VirtualMs, { version, seed }: ClusterChoice): ServedSim {
  let served: ServedSim | undefined
  const slices = runInSlices(
    scenario,
    {
      ...(version === undefined ? {} : { version }),
      ...(seed === undefined ? {} : { seed }),
      createSim(options) {
        served = createServedSim({ ...options, invariants: false, journal: 'summary' })
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
