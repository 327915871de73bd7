import { isSidecar } from '../../../api/pod-references.ts'
import { compareQuantities, quantityMilliValue, quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod, ResourceRequirements } from '../../../api/types/core.ts'

/**
 * Containers whose amounts may change while they run; `initToo`: also those that end before the others begin. Source:
 * pkg/kubelet/allocation/allocation_manager.go, IsResizableContainer.
 */
export function resizable({ spec }: Pod, initToo: boolean): readonly Container[] {
  const { containers, initContainers = [] } = spec
  return [...initContainers.filter((container) => initToo || isSidecar(container)), ...containers]
}

/** Whether two say the same, however they write it. Source: apimachinery pkg/api/equality, Semantic. */
export function areEqual(a: ResourceRequirements = {}, b: ResourceRequirements = {}): boolean {
  return a === b || (['limits', 'requests'] as const).every((kind) => areSame(a[kind], b[kind]))
}

type Amounts = Readonly<Record<string, string>>

function areSame(a: Amounts = {}, b: Amounts = {}): boolean {
  const names = Object.keys(a)
  const isSame = (name: string): boolean => {
    const other = b[name]
    return other !== undefined && compareQuantities(a[name] ?? '', other) === 0
  }
  return names.length === Object.keys(b).length && names.every(isSame)
}

/** Below them the kernel makes no difference. Source: pkg/kubelet/cm/helpers_linux.go, MinShares and MinMilliCPULimit. */
const leastCpu = { requests: 2, limits: 10 } as const

/** Thousandths of a CPU. */
function cpuOf(resources: ResourceRequirements, kind: keyof typeof leastCpu): number {
  return Math.max(quantityMilliValue(resources[kind]?.cpu ?? '0'), leastCpu[kind])
}

/** Bytes; 0: it has no limit. */
export function memoryLimitOf({ limits }: ResourceRequirements = {}): number {
  return quantityValue(limits?.memory ?? '0')
}

/**
 * What has to be done to a container that runs with `actual` for what it is to have: nothing, a change of its limits, or a new start, where
 * its policy says so. Requests of memory are known to no runtime. Source: kuberuntime_manager.go, computePodResizeAction.
 */
export function resizeOf(
  { resources: wanted = {}, resizePolicy = [] }: Container,
  actual: ResourceRequirements,
): 'update' | 'restart' | undefined {
  if (wanted === actual) return undefined
  const isOther = {
    memory: memoryLimitOf(wanted) !== memoryLimitOf(actual),
    cpu: (['requests', 'limits'] as const).some((kind) => cpuOf(wanted, kind) !== cpuOf(actual, kind)),
  }
  if (!isOther.memory && !isOther.cpu) return undefined
  const restarts = resizePolicy.some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (resourceName === 'memory' ? isOther.memory : resourceName === 'cpu' && isOther.cpu),
  )
  return restarts ? 'restart' : 'update'
}
