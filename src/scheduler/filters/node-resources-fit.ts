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
  prepare: (pod) => ({ filter: (node) => missingResources(pod, node) }),
}

function missingResources(pod: PodFacts, node: NodeInfo): Failure | undefined {
  const { request } = pod
  const { allocatable, requested } = node
  const hasPlace = node.pods.size + 1 <= node.allowedPods
  if (pod.requestsNothing) return hasPlace ? undefined : missing([tooManyPods])
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
  return reasons.length === 0 ? undefined : missing(reasons)
}

const known = new Map<string, Failure>()
/** Sets of reasons that are shared between nodes; there are few, but extended resources have free names. */
const knownMax = 256

function missing(reasons: readonly string[]): Failure {
  const key = reasons.join()
  const shared = known.get(key)
  if (shared !== undefined) return shared
  const created: Failure = { reasons, isResolvable: true }
  if (known.size < knownMax) known.set(key, created)
  return created
}
