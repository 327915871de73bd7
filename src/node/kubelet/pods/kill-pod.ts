import type { Container, Pod } from '../../../api/types/core.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { second } from '../../../kernel/time.ts'
import type { ContainerRuntime, RuntimeContainer } from '../../runtime/cri.ts'
import { allContainers } from '../../secrets/pod-references.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import type { HookRunner } from './lifecycle-hooks.ts'
import type { PodRuntimeStatus } from './runtime-status.ts'

/** Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, minimumGracePeriodInSeconds. */
const minGraceSeconds = 2

export interface PodKiller {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly hooks: HookRunner
  /** Told of every container that was ordered to stop. */
  readonly onStopped?: (container: RuntimeContainer) => void
}

/**
 * Stops one container: event, preStop hook, SIGTERM, SIGKILL. `pod` undefined: the API server knows it no longer. Source:
 * kuberuntime_container.go, killContainer; facts/kubelet.md 8.4.
 */
export function killContainer(
  killer: PodKiller,
  pod: Pod | undefined,
  container: RuntimeContainer,
  message: string | undefined,
  graceOverride: number | undefined,
  done: (error: string | undefined) => void,
): void {
  const { kernel, events, facts, hooks, runtime } = killer
  const spec = pod === undefined ? undefined : allContainers(pod).find(({ name }) => name === container.config.name)
  if (pod !== undefined && spec !== undefined)
    events.container(pod, spec, 'Normal', 'Killing', message ?? `Stopping container ${spec.name}`)
  const own =
    pod?.metadata.deletionGracePeriodSeconds ??
    pod?.spec.terminationGracePeriodSeconds ??
    container.config.terminationGracePeriodSeconds ??
    minGraceSeconds
  const grace = facts.terminatingPhases ? (graceOverride ?? own) : own
  const stop = (leftSeconds: number): void => {
    const atLeast = Math.max(leftSeconds, minGraceSeconds)
    // Up to v1.21 an override is taken as it is; later the least time holds for it, too, unless it is shorter.
    const seconds =
      graceOverride !== undefined && (!facts.terminatingPhases || graceOverride < atLeast) ? graceOverride : atLeast
    runtime.stopContainer(container.id, seconds, (result) => {
      killer.onStopped?.(container)
      done(result.ok ? undefined : result.message)
    })
  }
  if (pod === undefined || spec?.lifecycle?.preStop === undefined || grace <= 0) {
    stop(grace)
    return
  }
  const began = kernel.now()
  hooks.preStop(pod, spec, container.id, grace, () => stop(grace - Math.floor((kernel.now() - began) / second)))
}

/** Stops all that runs of a Pod, then its sandboxes. Source: kuberuntime_manager.go, killPodWithSyncResult. */
export function killPod(
  killer: PodKiller,
  pod: Pod | undefined,
  status: PodRuntimeStatus,
  graceOverride: number | undefined,
  done: (error: string | undefined) => void,
): void {
  const running = status.containers.filter(({ state }) => state === 'running')
  let open = running.length
  let failure: string | undefined
  const stopped = (error: string | undefined): void => {
    failure ??= error
    open--
    if (open <= 0) stopSandboxes(killer, status, () => done(failure))
  }
  if (open === 0) {
    stopped(undefined)
    return
  }
  for (const container of running) killContainer(killer, pod, container, undefined, graceOverride, stopped)
}

function stopSandboxes({ runtime }: PodKiller, { sandboxes }: PodRuntimeStatus, done: () => void): void {
  let open = sandboxes.length
  if (open === 0) {
    done()
    return
  }
  for (const { id } of sandboxes)
    runtime.stopPodSandbox(id, () => {
      open--
      if (open === 0) done()
    })
}

/** The container of a spec by name. */
export function containerNamed(pod: Pod, name: string): Container | undefined {
  return allContainers(pod).find((container) => container.name === name)
}
