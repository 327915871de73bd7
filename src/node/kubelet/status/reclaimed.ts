import type { Pod, PodStatus } from '../../../api/types/core.ts'
import type { KubeletContext } from '../context.ts'
import { hasVolumeDirectories } from '../loop/cleanup.ts'
import { notRunning } from '../pods/pod-ends.ts'

type ReclaimParts = Pick<KubeletContext, 'facts' | 'pleg' | 'volumes' | 'config' | 'fs' | 'workerRows'>

/**
 * Whether nothing of the Pod is left on the node that its deletion has to wait for. v1.18 waits for its containers to be
 * removed, too. Source: pkg/kubelet/kubelet_pods.go, PodResourcesAreReclaimed; v1.26/README.md rows 8 and 10.
 */
export function resourcesAreReclaimed(context: ReclaimParts, pod: Pod, status: PodStatus): boolean {
  const uid = pod.metadata.uid ?? ''
  const { facts, workerRows, pleg, volumes, config } = context
  if (facts.ignoresDeadContainers) {
    if (workerRows.couldHaveRunningContainers(uid)) return false
    if ((status.containerStatuses ?? []).some(({ state }) => state?.running !== undefined)) return false
  } else {
    if (!notRunning(status.containerStatuses)) return false
    if (pleg.get(uid).containers.length > 0) return false
  }
  if (config.keepTerminatedPodVolumes) return true
  return !volumes.hasMountedVolumes(uid) && !hasVolumeDirectories(context, uid)
}
