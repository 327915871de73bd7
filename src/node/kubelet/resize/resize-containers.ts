import { isSidecar } from '../../../api/pod-references.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import { baseMemoryBytes } from '../../runtime/memory-use.ts'
import { aggregateErrors } from '../../volumes/plugins/payload.ts'
import type { PodActions } from '../pods/pod-actions.ts'
import type { SyncResult } from '../pods/sync-result.ts'
import { memoryLimitOf } from './amounts.ts'

type Updates = PodActions['containersToUpdate']

/** Gives containers that run what they are to have, unless memory stands in the way. Source: kuberuntime_manager.go, doPodResizeAction. */
export function resizeContainers(
  { runtime, minor }: { readonly runtime: ContainerRuntime; readonly minor: number },
  pod: Pod,
  updates: Updates,
): SyncResult {
  const { name, namespace = '', uid = '' } = pod.metadata
  const result = { action: 'ResizePodInPlace', target: `${name}_${namespace}(${uid})` } as const
  const refuses = has(minor, kubelet.tellsUsageOfResizes) ? tooLittle : tooLittleForPod
  const message = refuses(runtime, pod, updates)
  if (message !== undefined) return { ...result, error: 'ResizePodInPlaceError', message }
  for (const { container, running } of updates) {
    const { resources = {} } = container
    runtime.updateContainerResources(running.id, { resources, memoryLimitBytes: memoryLimitOf(resources) || undefined })
  }
  return result
}

/**
 * Limits become less than what is used: that of the Pod, those of containers. What is told of a container is what the Pod uses, for want of
 * care. Source: kuberuntime_manager.go, validateMemoryResizeAction; kubernetes #133012, and #141100, which mends that after v1.36.
 */
function tooLittle(runtime: ContainerRuntime, pod: Pod, updates: Updates): string | undefined {
  const used = usedBy(runtime, pod)
  const wanted = podLimit(pod, limitIn)
  const isLess = wanted !== 0 && isDecrease(podLimit(pod, given(updates)), wanted)
  const errors =
    isLess && used >= wanted ? [`attempting to set pod memory limit (${wanted}) below current usage (${used})`] : []
  for (const { container, running } of updates) {
    const limit = limitIn(container)
    if (limit === 0 || !isDecrease(memoryLimitOf(running.config.resources), limit)) continue
    if (usageOf(runtime, running.id) < limit) continue
    errors.push(`attempting to set container "${container.name}" memory limit (${limit}) below current usage (${used})`)
  }
  const message = aggregateErrors(errors)
  return message === undefined ? undefined : `cannot decrease memory limits: ${message}`
}

/** In v1.33 only the Pod's is looked at. Source: kuberuntime_manager.go, doPodResizeAction; kubernetes #127300. */
function tooLittleForPod(runtime: ContainerRuntime, pod: Pod, updates: Updates): string | undefined {
  const isMemory = updates.some(
    ({ container, running }) => limitIn(container) !== memoryLimitOf(running.config.resources),
  )
  const limit = podLimit(pod, limitIn)
  if (!isMemory || limit === 0 || usedBy(runtime, pod) < limit) return undefined
  return `aborting attempt to set pod memory limit less than current memory usage for pod ${pod.metadata.name}`
}

/** None at all was more. */
function isDecrease(from: number, to: number): boolean {
  return from === 0 || to < from
}

const limitIn = ({ resources }: Container): number => memoryLimitOf(resources)

/** What containers run with that are to have something else. */
function given(updates: Updates): typeof limitIn {
  return (container) => {
    const update = updates.find((each) => each.container.name === container.name)
    return update === undefined ? limitIn(container) : memoryLimitOf(update.running.config.resources)
  }
}

/** 0: it has none, for one of its containers has none. Source: pkg/kubelet/cm/helpers_linux.go, ResourceConfigForPod. */
function podLimit({ spec }: Pod, limitOf: typeof limitIn): number {
  const { containers, initContainers = [] } = spec
  const lasting = [...containers, ...initContainers.filter(isSidecar)].map(limitOf)
  const first = initContainers.filter((container) => !isSidecar(container)).map(limitOf)
  if ([...lasting, ...first].includes(0)) return 0
  return Math.max(
    lasting.reduce((sum, limit) => sum + limit, 0),
    ...first,
  )
}

function usageOf(runtime: ContainerRuntime, id: string): number {
  return baseMemoryBytes + runtime.memoryBytes(id)
}

function usedBy(runtime: ContainerRuntime, { metadata: { uid = '' } }: Pod): number {
  return runtime
    .podContainers(uid)
    .filter(({ state }) => state === 'running')
    .reduce((sum, { id }) => sum + usageOf(runtime, id), 0)
}
