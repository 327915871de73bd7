import type { Pod } from '../../../api/types/core.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import { baseMemoryBytes } from '../../runtime/memory-use.ts'
import { aggregateErrors } from '../../volumes/plugins/payload.ts'
import type { PodActions } from '../pods/pod-actions.ts'
import type { SyncResult } from '../pods/sync-result.ts'
import { memoryLimitOf } from './amounts.ts'

/**
 * Gives containers that run what they are to have, unless they use more memory than that. Source: kuberuntime_manager.go,
 * doPodResizeAction and validateMemoryResizeAction.
 */
export function resizeContainers(
  { runtime, minor }: { readonly runtime: ContainerRuntime; readonly minor: number },
  pod: Pod,
  updates: PodActions['containersToUpdate'],
): SyncResult {
  const { name, namespace = '', uid = '' } = pod.metadata
  const result = { action: 'ResizePodInPlace', target: `${name}_${namespace}(${uid})` } as const
  const usageOf = (id: string): number => baseMemoryBytes + runtime.memoryBytes(id)
  const errors = updates.flatMap(({ container, running }) => {
    const [limit, used] = [memoryLimitOf(container.resources), usageOf(running.id)]
    const isLess = limit !== 0 && limit !== memoryLimitOf(running.config.resources) && used > limit
    if (!isLess) return []
    return has(minor, kubelet.tellsUsageOfResizes)
      ? [`attempting to set container "${container.name}" memory limit (${limit}) below current usage (${used})`]
      : [`aborting attempt to set pod memory limit less than current memory usage for pod ${name}`]
  })
  const message = aggregateErrors(errors)
  if (message !== undefined) return { ...result, error: 'ResizePodInPlaceError', message }
  for (const { container, running } of updates) {
    const { resources = {} } = container
    runtime.updateContainerResources(running.id, { resources, memoryLimitBytes: memoryLimitOf(resources) || undefined })
  }
  return result
}
