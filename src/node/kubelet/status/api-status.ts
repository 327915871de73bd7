import { isSidecar } from '../../../api/pod-references.ts'
import type { Container, ContainerStatus, Pod, PodCondition, PodStatus } from '../../../api/types/core.ts'
import type { Calendar } from '../../../kernel/calendar.ts'
import { extended } from '../../../kernel/extended.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { StartFailure } from '../pods/container-lives.ts'
import type { PodRuntimeStatus } from '../pods/runtime-status.ts'
import { podConditions } from './conditions.ts'
import { containerStatuses } from './container-status.ts'
import { podPhase } from './phase.ts'
import { qosClass } from './qos.ts'
import { isTerminal } from './status-manager.ts'
import { ownConditions } from './status-rules.ts'

export interface ApiStatusSources {
  readonly calendar: Calendar
  readonly runtimeType: string
  readonly facts: KubeletFacts
  readonly hostIp: string
  /** What the status manager has. */
  readonly knownStatus: PodStatus | undefined
  readonly failureOf: (container: string) => StartFailure | undefined
  /** Whether a running container counts as started and ready, as far as probes have found out. */
  readonly readiness: (container: string, containerId: string) => { readonly started: boolean; readonly ready: boolean }
  /** Why the Pod has to be ended by its node, if so. */
  readonly eviction: { readonly reason: string; readonly message: string } | undefined
  /** How resizes of the Pod stand. */
  readonly resizes: readonly PodCondition[]
  /** Nothing of the Pod will ever run again (v1.27 on). */
  readonly isOver: boolean
}

/**
 * The status that a sync publishes, from what the PLEG saw before it began. Source: pkg/kubelet/kubelet_pods.go,
 * generateAPIPodStatus; facts/kubelet.md 8.5..8.8.
 */
export function apiPodStatus(pod: Pod, seen: PodRuntimeStatus, sources: ApiStatusSources): PodStatus {
  const { facts, knownStatus } = sources
  const old = knownStatus ?? pod.status ?? {}
  const { containers, initContainers = [] } = pod.spec
  const regular = containerStatuses(pod, seen, old.containerStatuses ?? [], containers, false, sources)
  const init = containerStatuses(pod, seen, old.initContainerStatuses ?? [], initContainers, true, sources)
  const late = pod.spec.ephemeralContainers
  const ip = addressOf(pod, seen, sources)
  const base: { -readonly [K in keyof PodStatus]: PodStatus[K] } = { qosClass: qosClass(pod) }
  if (late !== undefined) {
    const before = old.ephemeralContainerStatuses ?? []
    base.ephemeralContainerStatuses = containerStatuses(pod, seen, before, late, false, sources)
  }
  if (sources.hostIp !== '') {
    base.hostIP = sources.hostIp
    if (facts.tellsHostIps) base.hostIPs = [{ ip: sources.hostIp }]
  }
  if (ip !== undefined) {
    base.podIP = ip
    base.podIPs = [{ ip }]
  }
  // From v1.22 on the rest is made as of others, too.
  if (sources.eviction !== undefined && !facts.terminatingPhases) {
    return {
      ...withStatuses(base, regular, init),
      phase: 'Failed',
      reason: sources.eviction.reason,
      message: sources.eviction.message,
      conditions: (pod.status?.conditions ?? []).filter(({ type }) => !ownConditions.has(type)),
    }
  }
  let phase = podPhase(
    pod.spec,
    regular,
    init.map((status) => withReadiness(status, sources)),
    sources.isOver,
  )
  // A terminal phase is final. From v1.22 on the status manager's memory counts, too.
  const reached = isTerminal(pod.status?.phase) ? pod.status?.phase : facts.terminalPhaseWaits ? old.phase : undefined
  if (reached !== undefined && isTerminal(reached)) phase = reached
  const why = facts.terminatingPhases ? reasonOf(pod, old, phase, sources) : {}
  if (sources.eviction !== undefined && !isTerminal(pod.status?.phase)) phase = 'Failed'
  const ready = regular.map((status) => withReadiness(status, sources))
  const initReady = initContainers.flatMap((container, at) => {
    const status = init[at]
    return status === undefined ? [] : withInitReadiness(container, status, sources)
  })
  const foreign = (pod.status?.conditions ?? []).filter(({ type }) => !ownConditions.has(type))
  const readyToStart = facts.readyToStartCondition ? hasSandbox(pod, seen) : undefined
  const conditions = podConditions(pod.spec, { phase, regular: ready, init: initReady }, foreign, facts, readyToStart)
  return extended(withStatuses(base, ready, initReady), {
    phase,
    ...why,
    conditions: [...foreign, ...sources.resizes, ...conditions],
  })
}

/** A reason stays with its phase. */
function reasonOf(
  { status }: Pod,
  old: PodStatus,
  phase: PodStatus['phase'],
  { eviction }: ApiStatusSources,
): Pick<PodStatus, 'reason' | 'message'> {
  if (eviction !== undefined) return { reason: eviction.reason, message: eviction.message }
  if (phase !== old.phase) return {}
  const reason = old.reason || status?.reason
  const message = old.message || status?.message
  return { ...(reason ? { reason } : {}), ...(message ? { message } : {}) }
}

/** Whether no new sandbox is needed. Source: pkg/kubelet/kuberuntime/util/util.go, PodSandboxChanged. */
function hasSandbox(pod: Pod, { sandboxes, ip }: PodRuntimeStatus): boolean {
  const [latest, ...older] = sandboxes
  if (latest?.state !== 'ready' || older.some(({ state }) => state === 'ready')) return false
  return pod.spec.hostNetwork === true || ip !== undefined
}

function withStatuses(
  base: PodStatus,
  regular: readonly ContainerStatus[],
  init: readonly ContainerStatus[],
): PodStatus {
  return init.length === 0
    ? extended(base, { containerStatuses: regular })
    : extended(base, { containerStatuses: regular, initContainerStatuses: init })
}

function addressOf(pod: Pod, seen: PodRuntimeStatus, { hostIp }: ApiStatusSources): string | undefined {
  if (pod.spec.hostNetwork === true) return hostIp === '' ? undefined : hostIp
  return seen.ip
}

/** Sidecars are ready as regular containers are, others when they have ended well. From v1.29 on all tell whether they started. */
function withInitReadiness(container: Container, status: ContainerStatus, sources: ApiStatusSources): ContainerStatus {
  const probed = sources.facts.sidecars ? withReadiness(status, sources) : status
  if (isSidecar(container)) return probed
  const isDone = status.state?.terminated?.exitCode === 0
  return isDone === probed.ready ? probed : { ...probed, ready: isDone }
}

/** Source: pkg/kubelet/prober/prober_manager.go, UpdatePodStatus. */
function withReadiness(status: ContainerStatus, { readiness }: ApiStatusSources): ContainerStatus {
  if (status.state?.running === undefined) return extended(status, { started: false, ready: false })
  const id = status.containerID?.slice(status.containerID.indexOf('://') + 3) ?? ''
  return extended(status, readiness(status.name, id))
}
