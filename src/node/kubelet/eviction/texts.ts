import { canonicalQuantity, compareQuantities } from '../../../api/quantity.ts'
import type { Pod } from '../../../api/types/core.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import { requestOf, type Usage } from './ranking.ts'
import type { Signal } from './signals.ts'

/** Reason of Events and statuses. Source: pkg/kubelet/eviction/helpers.go, Reason. */
export const evictedReason = 'Evicted'

/** Bytes as Go prints them: `50Mi`, `51201Ki`. Source: apimachinery pkg/api/resource/quantity.go, BinarySI. */
function bytesText(bytes: number): string {
  return bytes >= 1024 && bytes % 1024 === 0 ? canonicalQuantity(`${bytes / 1024}Ki`) : String(bytes)
}

/** Why a Pod is evicted; it ends in a space. Source: pkg/kubelet/eviction/helpers.go, evictionMessage. */
export function evictionMessage(
  pod: Pod,
  { resource, threshold }: Signal,
  seen: { readonly capacity: number; readonly available: number },
  usage: Usage,
  minor: number,
): string {
  const tellsThresholds = has(minor, kubelet.evictionsTellThresholds)
  const limits = tellsThresholds
    ? `Threshold quantity: ${bytesText(threshold(seen.capacity))}, available: ${bytesText(seen.available)}. `
    : ''
  const excesses = pod.spec.containers.flatMap((container) => {
    const used = bytesText(usage(pod, container.name))
    const asked = canonicalQuantity(requestOf(container, resource))
    if (compareQuantities(used, asked) <= 0) return []
    const rest = tellsThresholds
      ? `request is ${asked}, has larger consumption of ${resource}`
      : `which exceeds its request of ${asked}`
    return [`Container ${container.name} was using ${used}, ${rest}. `]
  })
  return `The node was low on resource: ${resource}. ${limits}${excesses.join('')}`
}

/** Why a node under pressure does not take a Pod; it ends in a space. Source: helpers.go, nodeConditionMessageFmt. */
export function pressureMessage(conditions: readonly Signal['condition'][]): string {
  return `The node had condition: [${conditions.join(' ')}]. `
}
