import { allContainers, hasSidecars, isSidecar } from '../../../api/pod-references.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { after } from '../../../kernel/after.ts'
import { all } from '../../../kernel/all.ts'
import { firstOf } from '../../../kernel/first-of.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { Latch } from '../../../kernel/latch.ts'
import type { Once } from '../../../kernel/once.ts'
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

/** Why one container is stopped: what its event says, and the probe that has found it dead, if one has. */
export interface KillReason {
  readonly message: string
  readonly probe?: 'liveness' | 'startup' | undefined
}

/** A grace period of its own that a probe gives what it finds dead. Source: kuberuntime_container.go, setTerminationGracePeriod (v1.25 on). */
function graceOfProbe(spec: Container | undefined, probe: KillReason['probe']): number | undefined {
  if (probe === undefined) return undefined
  return (probe === 'liveness' ? spec?.livenessProbe : spec?.startupProbe)?.terminationGracePeriodSeconds
}

/**
 * Stops one container: event, preStop hook, its turn (`turn`, at most as long as its grace period), SIGTERM, SIGKILL. `pod`
 * undefined: the API server knows it no longer. Gives the text of a failure. Source: kuberuntime_container.go, killContainer; facts/kubelet.md 8.4.
 */
export function* killContainer(
  killer: PodKiller,
  pod: Pod | undefined,
  container: RuntimeContainer,
  because: KillReason | undefined,
  graceOverride: number | undefined,
  turn?: Once<unknown>,
): Steps<string | undefined> {
  const { kernel, events, facts, hooks, runtime } = killer
  const spec = pod === undefined ? undefined : allContainers(pod).find(({ name }) => name === container.config.name)
  if (pod !== undefined && spec !== undefined)
    events.container(pod, spec, 'Normal', 'Killing', because?.message ?? `Stopping container ${spec.name}`)
  const own =
    pod?.metadata.deletionGracePeriodSeconds ??
    graceOfProbe(spec, because?.probe) ??
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
  if (turn !== undefined && leftSeconds > 0) {
    const began = kernel.now()
    yield* wait(firstOf<unknown>(turn, after(kernel, leftSeconds * second)))
    leftSeconds -= Math.floor((kernel.now() - began) / second)
  }
  const atLeast = Math.max(leftSeconds, minGraceSeconds)
  // Up to v1.21 an override is taken as it is; then the least time holds for it, too, unless it is shorter; now in any case.
  const overrules = !facts.terminatingPhases || (graceOverride !== undefined && graceOverride < atLeast)
  const seconds = graceOverride !== undefined && overrules && !facts.zeroGraceCounts ? graceOverride : atLeast
  const result = yield* wait(runtime.stopContainer(container.id, seconds))
  killer.onStopped?.(container)
  return result.ok ? undefined : result.message
}

interface Turn {
  /** Undefined: at once. */
  readonly comes: Once<unknown> | undefined
  readonly over: Latch
}

/**
 * A sidecar is stopped when the regular containers and the sidecars after it have ended, others at once.
 * Source: kuberuntime_termination_order.go, newTerminationOrdering (v1.29 on).
 */
function terminationTurns(pod: Pod, running: readonly RuntimeContainer[]): ReadonlyMap<string, Turn> {
  const turns = new Map<string, Turn>()
  const runs = ({ name }: { readonly name: string }) => running.some(({ config }) => config.name === name)
  const inits = (pod.spec.initContainers ?? []).filter(runs)
  const before: Latch[] = []
  for (const { name } of pod.spec.containers.filter(runs)) {
    const over = new Latch()
    turns.set(name, { comes: undefined, over })
    before.push(over)
  }
  for (const container of inits.toReversed()) {
    const over = new Latch()
    turns.set(container.name, { comes: isSidecar(container) ? all([...before]) : undefined, over })
    if (isSidecar(container)) before.push(over)
  }
  return turns
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
  const turns = pod !== undefined && hasSidecars(pod) ? terminationTurns(pod, running) : undefined
  let failure: string | undefined
  function* kill(container: RuntimeContainer): Steps<void> {
    const turn = turns?.get(container.config.name)
    const error = yield* killContainer(killer, pod, container, undefined, graceOverride, turn?.comes)
    turn?.over.open()
    failure ??= error
  }
  // In no order in the original; of Pods with sidecars the oldest was recorded first (v1.36 `sidecar`).
  const inOrder = turns === undefined ? running : running.toReversed()
  yield* wait(all(inOrder.map((container) => process(kernel, () => kill(container)))))
  yield* wait(all(status.sandboxes.map(({ id }) => runtime.stopPodSandbox(id))))
  return failure
}
