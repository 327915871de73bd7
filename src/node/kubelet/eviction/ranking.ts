import { quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { isStatic } from '../pods/static-pod.ts'
import type { Threshold } from './thresholds.ts'

type Resource = Threshold['resource']

/** What Pods use of a resource: bytes, or inodes. */
export interface Usage {
  ofPod(pod: Pod): number
  /** Undefined: nobody measures that of a container. */
  ofContainer(pod: Pod, container: string): number | undefined
}

/** Source: pkg/apis/scheduling/types.go, SystemCriticalPriority. */
const systemCriticalPriority = 2_000_000_000

/** Such Pods are never evicted. Source: pkg/kubelet/types/pod_update.go, IsCriticalPod. */
export function isCritical(pod: Pod): boolean {
  return isStatic(pod) || (pod.spec.priority ?? 0) >= systemCriticalPriority
}

/** What a container has asked for of a resource, as it wrote it. */
export function requestOf(container: Container, resource: Resource): string {
  return container.resources?.requests?.[resource] ?? '0'
}

/** Source: pkg/api/v1/resource/helpers.go, GetResourceRequestQuantity. */
function requestOfPod({ spec }: Pod, resource: Resource): number {
  const asked = (container: Container): number => quantityValue(requestOf(container, resource))
  const together = spec.containers.reduce((sum, each) => sum + asked(each), 0)
  const overhead = spec.overhead?.[resource]
  return (
    Math.max(together, ...(spec.initContainers ?? []).map(asked)) +
    (overhead === undefined ? 0 : quantityValue(overhead))
  )
}

/**
 * The order in which Pods are evicted: those that use more than they asked for, then by priority, then by how much more.
 * Of inodes nothing can be asked for: there it is what is asked of the disk that is taken off. Source: pkg/kubelet/eviction/helpers.go,
 * rankMemoryPressure, rankDiskPressureFunc and disk.
 */
export function ranked(pods: readonly Pod[], resource: Resource, usage: Usage): readonly Pod[] {
  return pods
    .map((pod, at) => {
      const used = usage.ofPod(pod)
      return {
        pod,
        at,
        isOver: used > requestOfPod(pod, resource),
        priority: pod.spec.priority ?? 0,
        excess: used - requestOfPod(pod, resource === 'inodes' ? 'ephemeral-storage' : resource),
      }
    })
    .sort(
      (a, b) =>
        Number(b.isOver) - Number(a.isOver) ||
        a.priority - b.priority ||
        b.excess - a.excess ||
        // The kubelet's own list has no order here: that of their coming is taken.
        a.at - b.at,
    )
    .map(({ pod }) => pod)
}
