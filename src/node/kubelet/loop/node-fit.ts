import { quantityMilliValue, quantityValue } from '../../../api/quantity.ts'
import type { Pod } from '../../../api/types/core.ts'
import { podFacts } from '../../../scheduler/pod-facts.ts'

type Allocatable = Readonly<Record<string, string>>

/** What a node has too little of. */
export interface NodeRefusal {
  readonly reason: string
  readonly message: string
}

/** What a Pod asks for of the resources that nodes count, beside their number. */
const counted = [
  {
    name: 'cpu',
    reason: 'OutOfcpu',
    of: (pod: Pod) => podFacts(pod).request.milliCpu,
    there: (amounts: Allocatable) => quantityMilliValue(amounts.cpu ?? '0'),
  },
  {
    name: 'memory',
    reason: 'OutOfmemory',
    of: (pod: Pod) => podFacts(pod).request.memory,
    there: (amounts: Allocatable) => quantityValue(amounts.memory ?? '0'),
  },
  {
    name: 'ephemeral-storage',
    reason: 'OutOfephemeral-storage',
    of: (pod: Pod) => podFacts(pod).request.ephemeralStorage,
    there: (amounts: Allocatable) => quantityValue(amounts['ephemeral-storage'] ?? '0'),
  },
] as const

/**
 * Why a node has no room for a Pod beside others; undefined: it has. Source: pkg/kubelet/lifecycle/predicate.go, Admit and
 * InsufficientResourceError.Error; pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
 */
export function fitRefusal(pod: Pod, others: readonly Pod[], allocatable: Allocatable): NodeRefusal | undefined {
  for (const { name, reason, of, there } of counted) {
    const requested = of(pod)
    if (requested === 0) continue
    const used = others.reduce((sum, other) => sum + of(other), 0)
    const capacity = there(allocatable)
    if (requested <= capacity - used) continue
    const amounts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`
    return { reason, message: `Node didn't have enough resource: ${name}, ${amounts}` }
  }
  return undefined
}

/** Why no node like this can ever have it. Source: pkg/kubelet/allocation/allocation_manager.go, canResizePod. */
export function capacityRefusal(pod: Pod, allocatable: Allocatable): string | undefined {
  const [cpu, memory] = counted
  for (const { name, of, there } of [memory, cpu]) {
    const [requested, capacity] = [of(pod), there(allocatable)]
    if (requested > capacity)
      return `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`
  }
  return undefined
}
