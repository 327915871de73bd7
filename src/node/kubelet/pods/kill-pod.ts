import { allContainers } from '../../../api/pod-references.ts'
import type { Pod } from '../../../api/types/core.ts'
import { all } from '../../../kernel/all.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { process } from '../../../kernel/process.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import { second } from '../../../kernel/time.ts'
import type { ContainerRuntime, RuntimeContainer } from '../../runtime/cri.ts'
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
 * Stops one container: event, preStop hook, SIGTERM, SIGKILL. `pod` undefined: the API server knows it no longer. Gives
 * the text of a failure. Source: kuberuntime_container.go, killContainer; facts/kubelet.md 8.4.
 */
export function* killContainer(
  killer: PodKiller,
  pod: Pod | undefined,
  container: RuntimeContainer,
  message: string | undefined,
  graceOverride: number | undefined,
): Steps<string | undefined> {
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
  let leftSeconds = grace
  if (pod !== undefined && spec?.lifecycle?.preStop !== undefined && grace > 0) {
    const began = kernel.now()
    yield* hooks.preStop(pod, spec, container.id, grace)
    leftSeconds = grace - Math.floor((kernel.now() - began) / second)
  }
  const atLeast = Math.max(leftSeconds, minGraceSeconds)
  // Up to v1.21 an override is taken as it is; then the least time holds for it, too, unless it is shorter; now in any case.
  const overrules = !facts.terminatingPhases || (graceOverride !== undefined && graceOverride < atLeast)
  const seconds = graceOverride !== undefined && overrules && !facts.zeroGraceCounts ? graceOverride : atLeast
  const result = yield* wait(runtime.stopContainer(container.id, seconds))
  killer.onStopped?.(container)
  return result.ok ? undefined : result.message
}

/**
 * Stops all that runs of a Pod, side by side, then its sandboxes. Gives the text of the first failure. Source:
 * kuberuntime_manager.go, killPodWithSyncResult.
 */
export function* killPod(
  killer: PodKiller,
  pod: Pod | undefined,
  status: PodRuntimeStatus,
  graceOverride: number | undefined,
): Steps<string | undefined> {
  const { kernel, runtime } = killer
  const running = status.containers.filter(({ state }) => state === 'running')
  let failure: string | undefined
  function* kill(container: RuntimeContainer): Steps<void> {
    const error = yield* killContainer(killer, pod, container, undefined, graceOverride)
    failure ??= error
  }
  yield* wait(all(running.map((container) => process(kernel, () => kill(container)))))
  yield* wait(all(status.sandboxes.map(({ id }) => runtime.stopPodSandbox(id))))
  return failure
}
