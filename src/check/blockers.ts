import type { Pod } from '../api/types/core.ts'
import type { Sim } from '../sim/sim.ts'
import { type Found, isReady, newestWarning } from './causes/found.ts'
import { missingAt } from './causes/missing.ts'
import { unreadableFiles } from './causes/readable.ts'
import { statesAt, unscheduledAt } from './causes/states.ts'
import type { AppliedCluster } from './cluster.ts'
import type { Blocker, Waiting } from './report.ts'
import { objectName } from './words.ts'
import type { Workload } from './workloads.ts'

/** What keeps workloads from starting, one entry for each cause, in the order of the files. */
export function blockersOf(cluster: AppliedCluster, workloads: readonly Workload[]): readonly Blocker[] {
  const blockers = new Map<string, Blocker>()
  for (const workload of workloads) {
    for (const found of causesAt(cluster, workload)) {
      const waits = waitingOf(cluster, workload, found)
      const known = blockers.get(found.key)
      if (known !== undefined) {
        blockers.set(found.key, { ...known, waits: [...known.waits, waits] })
        continue
      }
      const { cause, summary, hints, path, place = workload.given.place(path) } = found
      blockers.set(found.key, { cause, summary, hints, place, waits: [waits], runs: 1 })
    }
  }
  return [...blockers.values()]
}

/** Missing things explain what hangs on them; only where nothing is missing does the Pod's own state speak. */
function causesAt(cluster: AppliedCluster, workload: Workload): readonly Found[] {
  const unreadable = unreadableFiles(workload)
  if (workload.startedAtMs !== undefined) return unreadable
  const plain = [...missingAt(cluster, workload), ...unscheduledAt(cluster, workload)]
  return [...(plain.length > 0 ? plain : statesAt(cluster, workload)), ...unreadable]
}

function waitingOf({ sim, namespace: fallback }: AppliedCluster, workload: Workload, { uses, about }: Found): Waiting {
  const { given, namespace, pods, chain } = workload
  const pod = pods.find((each) => !isReady(each, sim.now())) ?? pods[0]
  const uids = new Set([...chain.map(({ metadata }) => metadata.uid), pod?.metadata.uid])
  const event =
    (about === undefined ? undefined : newestWarning(sim, namespace, uids, (text) => text.includes(about))) ??
    newestWarning(sim, namespace, uids)
  return {
    workload: objectName(given, fallback),
    place: given.place([]),
    uses,
    status: pod === undefined ? '' : shownStatus(sim, pod),
    event: event === undefined ? undefined : `${event.reason}: ${event.message}`,
  }
}

/** The STATUS column of `kubectl get pods`. */
function shownStatus(sim: Sim, { metadata }: Pod): string {
  const { stdout } = sim.kubectl(['get', 'pod', metadata.name, '-n', metadata.namespace ?? '', '--no-headers'])
  return stdout.trim().split(/\s{2,}/)[2] ?? ''
}
