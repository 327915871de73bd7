import { type Amounts, addAmounts, maxAmounts } from './amounts.ts'
import { isSidecar } from './pod-references.ts'
import type { Container, Pod } from './types/core.ts'

/**
 * What a Pod asks for, or is limited to: `regular` of its containers together, and of its init containers, which run one after the other,
 * beside the sidecars before them, which run on beside the regular containers.
 * Source: component-helpers resource/helpers.go, AggregateContainerRequests and AggregateContainerLimits.
 */
export function withInitContainers(
  regular: Amounts,
  init: readonly Container[],
  member: 'requests' | 'limits',
): Amounts {
  let running = regular
  let sidecars: Amounts = {}
  let most: Amounts = {}
  for (const container of init) {
    const own = container.resources?.[member]
    const together = addAmounts(sidecars, own)
    if (isSidecar(container)) {
      running = addAmounts(running, own)
      sidecars = together
    }
    most = maxAmounts(most, together)
  }
  return maxAmounts(running, most)
}

/** What a Pod asks for, with what its runtime takes beside. Source: component-helpers resource/helpers.go, PodRequests. */
export function podRequests({ spec: { containers, initContainers = [], overhead } }: Pod): Amounts {
  const regular = containers.reduce<Amounts>((sum, { resources }) => addAmounts(sum, resources?.requests), {})
  return addAmounts(withInitContainers(regular, initContainers, 'requests'), overhead)
}
