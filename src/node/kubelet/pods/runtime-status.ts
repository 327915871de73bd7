import type { VirtualMs } from '../../../kernel/time.ts'
import type { ContainerRuntime, PodSandbox, RuntimeContainer } from '../../runtime/cri.ts'

/** What the PLEG last saw of a Pod in the runtime. A copy: it does not follow what happens after. */
export interface PodRuntimeStatus {
  /** Latest first, as the kubelet sorts them. */
  readonly sandboxes: readonly PodSandbox[]
  /** Latest first. */
  readonly containers: readonly RuntimeContainer[]
  /** Of the latest sandbox if it is ready; the PLEG remembers what it was. */
  readonly ip: string | undefined
}

export const emptyRuntimeStatus: PodRuntimeStatus = { sandboxes: [], containers: [], ip: undefined }

/** Asks the runtime about a Pod now. Source: kuberuntime_manager.go, GetPodStatus. */
export function inspectPod(runtime: ContainerRuntime, podUid: string): PodRuntimeStatus {
  // The runtime puts another in the place of a sandbox that changes.
  const known = runtime.podSandboxes(podUid)
  const sandboxes = known.length === 1 ? known : known.toReversed()
  const containers = runtime.podContainers(podUid).map(({ now }) => now)
  if (sandboxes.length === 0 && containers.length === 0) return emptyRuntimeStatus
  containers.reverse()
  const latest = sandboxes[0]
  return { sandboxes, containers, ip: latest?.state === 'ready' ? latest.ip : undefined }
}

/** The latest container of a name. Source: container/runtime.go, FindContainerStatusByName. */
export function latestContainer(status: PodRuntimeStatus, name: string): RuntimeContainer | undefined {
  return status.containers.find((container) => container.config.name === name)
}

/** The container of a name, if it runs as far as the PLEG saw: probes go by the published status, which goes by that. */
export function runningContainer(
  status: PodRuntimeStatus,
  name: string,
): { readonly id: string; readonly startedAt: VirtualMs } | undefined {
  const container = latestContainer(status, name)
  if (container?.state !== 'running' || container.startedAt === undefined) return undefined
  return { id: container.id, startedAt: container.startedAt }
}
