import type { KubeletContext } from '../context.ts'

/**
 * Which containers of a Pod are removed now that one of them has died. Source: kubelet.go, cleanUpContainersInPod;
 * pod_container_deletor.go.
 */
export function deadContainers(context: KubeletContext, podUid: string, containerId: string): readonly string[] {
  const { pleg, pods, statuses, facts, workers } = context
  const seen = pleg.get(podUid)
  const pod = pods.get(podUid)
  const isOver = workers.get(podUid)?.haveContainersEnded === true
  const isLeaving = pod?.metadata.deletionTimestamp !== undefined
  // Later: pod_workers.go, ShouldPodContentBeRemoved. What has only ended keeps its containers for their logs.
  const isSynced = facts.terminatingPhases ? isOver && (pod === undefined || isLeaving) : isLeaving
  const removesAll = isSynced && (facts.terminatingPhases || statuses.get(podUid) !== undefined)
  const died = seen.containers.find(({ id }) => id === containerId)
  if (!removesAll && died === undefined) return []
  const dead = seen.containers.filter(
    ({ state, config }) => state === 'exited' && (removesAll || config.name === died?.config.name),
  )
  // The latest of a name is kept for its status and logs.
  return dead.slice(removesAll ? 0 : 1).map(({ id }) => id)
}
