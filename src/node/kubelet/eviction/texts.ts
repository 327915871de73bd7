import { canonicalQuantity, compareQuantities } from '../../../api/quantity.ts'
import type { Pod } from '../../../api/types/core.ts'
import { goQuote } from '../../../go/quote.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import { requestOf, type Usage } from './ranking.ts'
import { leastOf, type Pressure, type Threshold } from './thresholds.ts'

/** Reason of Events and statuses. Source: pkg/kubelet/eviction/helpers.go, Reason. */
export const evictedReason = 'Evicted'

/** Bytes as Go prints them: `50Mi`, `51201Ki`. Source: apimachinery pkg/api/resource/quantity.go, BinarySI. */
function bytesText(bytes: number): string {
  if (bytes < 1024) return canonicalQuantity(String(bytes))
  return bytes % 1024 === 0 ? canonicalQuantity(`${bytes / 1024}Ki`) : String(bytes)
}

/** A share is told as bytes are, of inodes, too. Source: pkg/kubelet/eviction/api/types.go, GetThresholdQuantity. */
function leastText(threshold: Threshold, capacity: number): string {
  return threshold.said === undefined ? bytesText(leastOf(threshold, capacity)) : canonicalQuantity(threshold.said)
}

/** A container that uses more than it asked for. */
interface Excess {
  readonly name: string
  readonly used: string
  readonly asked: string
}

function excessesOf(pod: Pod, resource: Threshold['resource'], usage: Usage): readonly Excess[] {
  return pod.spec.containers.flatMap((container) => {
    const amount = usage.ofContainer(pod, container.name)
    const asked = canonicalQuantity(requestOf(container, resource))
    if (amount === undefined || compareQuantities(String(amount), asked) <= 0) return []
    return [{ name: container.name, used: bytesText(amount), asked }]
  })
}

/** Why a Pod is evicted; it ends in a space. Source: pkg/kubelet/eviction/helpers.go, evictionMessage. */
export function evictionMessage(
  pod: Pod,
  threshold: Threshold,
  seen: { readonly capacity: number; readonly available: number },
  usage: Usage,
  minor: number,
): string {
  const { resource } = threshold
  const available = resource === 'inodes' ? canonicalQuantity(String(seen.available)) : bytesText(seen.available)
  const tellsThresholds = has(minor, kubelet.evictionsTellThresholds)
  const limits = tellsThresholds
    ? `Threshold quantity: ${leastText(threshold, seen.capacity)}, available: ${available}. `
    : ''
  const excesses = excessesOf(pod, resource, usage).map(({ name, used, asked }) => {
    const rest = tellsThresholds
      ? `request is ${asked}, has larger consumption of ${resource}`
      : `which exceeds its request of ${asked}`
    return `Container ${name} was using ${used}, ${rest}. `
  })
  return `The node was low on resource: ${resource}. ${limits}${excesses.join('')}`
}

/** Why a node under pressure does not take a Pod; it ends in a space. Source: helpers.go, nodeConditionMessageFmt. */
export function pressureMessage(conditions: readonly Pressure[]): string {
  return `The node had condition: [${conditions.join(' ')}]. `
}

/** Why a Pod is evicted that has taken more of the disk than it may; they end in a space. Source: helpers.go, the formats of these names. */
export const limitMessages = {
  emptyDir: (volume: string, limit: string) =>
    `Usage of EmptyDir volume ${goQuote(volume)} exceeds the limit ${goQuote(limit)}. `,
  pod: (limit: string) => `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `,
  container: (name: string, limit: string) =>
    `Container ${name} exceeded its local ephemeral storage limit ${goQuote(limit)}. `,
} as const
