import { addQuantities, canonicalQuantity, compareQuantities, quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import type { KubeletContext } from '../context.ts'
import { limitMessages } from './texts.ts'
import { diskOf, emptyDirBytes, layerOf } from './usage.ts'

const storage = 'ephemeral-storage'

/** Whether a Pod may take only so much of the node's disk. */
export function isLimited({ spec: { containers, initContainers = [], volumes = [] } }: Pod): boolean {
  return (
    volumes.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
    containers.some((each) => limitOf(each) !== undefined) ||
    initContainers.some((each) => limitOf(each) !== undefined)
  )
}

/** Whether something of it has to be measured that is only measured now and then. */
export function hasEmptyDirs({ spec: { volumes = [] } }: Pod): boolean {
  return volumes.some(({ emptyDir }) => emptyDir !== undefined)
}

/**
 * Why a Pod is evicted that takes more of the disk than it may; undefined: it does not. 1. its emptyDir volumes, 2. the whole
 * Pod, 3. its containers. Source: pkg/kubelet/eviction/eviction_manager.go, localStorageEviction.
 */
export function excessOf(machine: Pick<KubeletContext, 'fs' | 'runtime'>, pod: Pod): string | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const { sizeLimit } = emptyDir ?? {} // 1
    if (sizeLimit === undefined || quantityValue(sizeLimit) <= 0) continue
    if (emptyDirBytes(machine, pod, name) > quantityValue(sizeLimit))
      return limitMessages.emptyDir(name, canonicalQuantity(sizeLimit))
  }
  const limit = limitOfPod(pod) // 2
  if (limit !== undefined && diskOf(machine, pod) > quantityValue(limit))
    return limitMessages.pod(canonicalQuantity(limit))
  for (const container of pod.spec.containers) {
    const own = limitOf(container) // 3
    if (own !== undefined && quantityValue(own) > 0 && layerOf(machine, pod, container.name) > quantityValue(own))
      return limitMessages.container(container.name, canonicalQuantity(own))
  }
  return undefined
}

function limitOf(container: Container): string | undefined {
  return container.resources?.limits?.[storage]
}

/** That of its containers together, or of the init container that may take most. Source: pkg/api/v1/resource/helpers.go, PodRequestsAndLimits. */
function limitOfPod({ spec: { containers, initContainers = [], overhead } }: Pod): string | undefined {
  let limit: string | undefined
  for (const container of containers) {
    const own = limitOf(container)
    if (own !== undefined) limit = limit === undefined ? own : addQuantities(limit, own)
  }
  for (const container of initContainers) {
    const own = limitOf(container)
    if (own !== undefined && (limit === undefined || compareQuantities(own, limit) > 0)) limit = own
  }
  const extra = overhead?.[storage]
  return limit === undefined || extra === undefined ? limit : addQuantities(limit, extra)
}
