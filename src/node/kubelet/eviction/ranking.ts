import { quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { isStatic } from '../pods/static-pod.ts'
import type { Signal } from './signals.ts'

/** What a container uses of a resource, in bytes. */
export type Usage = (pod: Pod, container: string) => number

/** Source: pkg/apis/scheduling/types.go, SystemCriticalPriority. */
const systemCriticalPriority = 2_000_000_000

/** Such Pods are never evicted. Source: pkg/kubelet/types/pod_update.go, IsCriticalPod. */
export function isCritical(pod: Pod): boolean {
  return isStatic(pod) || (pod.spec.priority ?? 0) >= systemCriticalPriority
}

/** What a container has asked for of a resource, as it wrote it. */
export function requestOf(container: Container, resource: Signal['resource']): string {
  return container.resources?.requests?.[resource] ?? '0'
}

/**
 * The order in which Pods are evicted: those that use more than they asked for, then by priority, then by how much more.
 * Source: pkg/kubelet/eviction/helpers.go, rankMemoryPressure and rankDiskPressureFunc.
 */
export function ranked(pods: readonly Pod[], { resource }: Signal, usage: Usage): readonly Pod[] {
  return pods
    .map((pod, at) => {
      const { containers } = pod.spec
      const used = containers.reduce((sum, { name }) => sum + usage(pod, name), 0)
      const asked = containers.reduce((sum, each) => sum + quantityValue(requestOf(each, resource)), 0)
      return { pod, at, priority: pod.spec.priority ?? 0, excess: used - asked }
    })
    .sort(
      (a, b) =>
        Number(b.excess > 0) - Number(a.excess > 0) ||
        a.priority - b.priority ||
        b.excess - a.excess ||
        // The kubelet's own list has no order here: that of their coming is taken.
        a.at - b.at,
    )
    .map(({ pod }) => pod)
}
