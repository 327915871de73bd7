import { podRequests } from '../../../api/pod-amounts.ts'
import { quantityMilliValue, quantityValue } from '../../../api/quantity.ts'
import type { Pod } from '../../../api/types/core.ts'

type Amounts = Readonly<Record<string, string>>

/** What a node has too little of. */
export interface NodeRefusal {
  readonly reason: string
  readonly message: string
}

/** The resources that nodes count, beside the number of Pods: thousandths of a CPU, and bytes. */
const counted = [
  { name: 'cpu', reason: 'OutOfcpu', of: ({ cpu = '0' }: Amounts) => quantityMilliValue(cpu) },
  { name: 'memory', reason: 'OutOfmemory', of: ({ memory = '0' }: Amounts) => quantityValue(memory) },
  {
    name: 'ephemeral-storage',
    reason: 'OutOfephemeral-storage',
    of: (amounts: Amounts) => quantityValue(amounts['ephemeral-storage'] ?? '0'),
  },
] as const

/**
 * Why a node has no room for a Pod beside others; undefined: it has. Source: pkg/kubelet/lifecycle/predicate.go, Admit and
 * InsufficientResourceError.Error; pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
 */
export function fitRefusal(pod: Pod, others: readonly Pod[], allocatable: Amounts): NodeRefusal | undefined {
  const asked = podRequests(pod)
  const given = others.map(podRequests)
  for (const { name, reason, of } of counted) {
    const requested = of(asked)
    if (requested === 0) continue
    const used = given.reduce((sum, other) => sum + of(other), 0)
    const capacity = of(allocatable)
    if (requested <= capacity - used) continue
    const amounts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`
    return { reason, message: `Node didn't have enough resource: ${name}, ${amounts}` }
  }
  return undefined
}

/**
 * What those ask for that were let in, resource by resource: never too little, for who has left is in it until all are counted anew. So
 * that most Pods need no count.
 */
export class AtMost {
  #asked: readonly number[] = counted.map(() => 0)

  /** Whether there is room for one more beside all of them; if so, it is one of them. */
  takes(pod: Pod, allocatable: Amounts): boolean {
    const asked = podRequests(pod)
    const together = counted.map(({ of }, at) => (this.#asked[at] ?? 0) + of(asked))
    if (counted.some(({ of }, at) => of(asked) > 0 && (together[at] ?? 0) > of(allocatable))) return false
    this.#asked = together
    return true
  }

  /** They were counted. */
  are(pods: readonly Pod[]): void {
    const given = pods.map(podRequests)
    this.#asked = counted.map(({ of }) => given.reduce((sum, asked) => sum + of(asked), 0))
  }
}

/** Why no node like this can ever have it. Source: pkg/kubelet/allocation/allocation_manager.go, canResizePod. */
export function capacityRefusal(pod: Pod, allocatable: Amounts): string | undefined {
  const asked = podRequests(pod)
  const [cpu, memory] = counted
  for (const { name, of } of [memory, cpu]) {
    const [requested, capacity] = [of(asked), of(allocatable)]
    if (requested > capacity)
      return `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`
  }
  return undefined
}
