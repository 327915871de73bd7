import { has } from '../../versions/changes.ts'
import { scheduler } from '../../versions/scheduler.ts'
import type { Failure, FilterPlugin } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodFacts } from '../pod-facts.ts'

const tooManyPods = 'Too many pods'

/**
 * Whether what a Pod requests is left on the node; all that is missing is told. A Pod that requests nothing needs only
 * a place. Source: framework/plugins/noderesources/fit.go.
 */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  prepare(pod, _view, minor) {
    const looksAtSize = has(minor, scheduler.nodesMayBeTooSmall)
    return { filter: (node) => missingResources(pod, node, looksAtSize) }
  },
}

function missingResources(pod: PodFacts, node: NodeInfo, looksAtSize: boolean): Failure | undefined {
  const hasPlace = node.podCount + 1 <= node.allowedPods
  if (pod.requestsNothing) return hasPlace ? undefined : missing([tooManyPods], true)
  const { request } = pod
  const { allocatable, requested } = node
  const cpuFits = allocatable.milliCpu >= request.milliCpu + requested.milliCpu
  const memoryFits = allocatable.memory >= request.memory + requested.memory
  const storageFits = allocatable.ephemeralStorage >= request.ephemeralStorage + requested.ephemeralStorage
  if (hasPlace && cpuFits && memoryFits && storageFits && request.scalars === undefined) return undefined
  const reasons: string[] = []
  if (!hasPlace) reasons.push(tooManyPods)
  if (!cpuFits) reasons.push('Insufficient cpu')
  if (!memoryFits) reasons.push('Insufficient memory')
  if (!storageFits) reasons.push('Insufficient ephemeral-storage')
  for (const [name, amount] of request.scalars ?? []) {
    const free = (allocatable.scalars?.get(name) ?? 0) - (requested.scalars?.get(name) ?? 0)
    if (free < amount) reasons.push(`Insufficient ${name}`)
  }
  return reasons.length === 0 ? undefined : missing(reasons, !(looksAtSize && isTooSmall(node, pod)))
}

/** Whether a Pod would not fit the node if it were empty. */
function isTooSmall({ allocatable }: NodeInfo, { request }: PodFacts): boolean {
  return (
    request.milliCpu > allocatable.milliCpu ||
    request.memory > allocatable.memory ||
    request.ephemeralStorage > allocatable.ephemeralStorage ||
    [...(request.scalars ?? [])].some(([name, amount]) => amount > (allocatable.scalars?.get(name) ?? 0))
  )
}

const known = new Map<string, Failure>()
/** Sets of reasons that are shared between nodes; there are few, but extended resources have free names. */
const knownMax = 256

function missing(reasons: readonly string[], isResolvable: boolean): Failure {
  const key = `${reasons.join()}${isResolvable}`
  const shared = known.get(key)
  if (shared !== undefined) return shared
  const created: Failure = { reasons, isResolvable }
  if (known.size < knownMax) known.set(key, created)
  return created
}
