import { isSidecar } from '../../../api/pod-references.ts'
import type { Container, EphemeralContainer, Pod, Secret } from '../../../api/types/core.ts'
import { goSeconds } from '../../../go/duration-text.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { EnsureImageResult, ImageManager } from '../../images/image-manager.ts'
import type { ContainerConfig, ContainerRuntime } from '../../runtime/cri.ts'
import { grpcDescription } from '../../runtime/error-texts.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { imageOfVolume, imageVolumePath } from '../../volumes/plugins/image-volume.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import { resizeContainers } from '../resize/resize-containers.ts'
import type { BackOffTable } from './back-off.ts'
import { type ContainerLives, reasonOf, type StartError } from './container-lives.ts'
import { killContainer, killPod, type PodKiller } from './kill-pod.ts'
import type { HookRunner } from './lifecycle-hooks.ts'
import { computePodActions, type PodActions } from './pod-actions.ts'
import { latestContainer, type PodRuntimeStatus } from './runtime-status.ts'
import { specHash } from './spec-hash.ts'
import type { SyncResult } from './sync-result.ts'

export interface ContainerPlan {
  readonly pod: Pod
  readonly container: Container
  readonly sandboxId: string
  readonly podIp: string | undefined
  readonly attempt: number
  readonly specHash: string
}

/** Resolves environment and mounts at this instant. */
export type BuildContainer = (plan: ContainerPlan) => Steps<BuiltContainer>
export type BuiltContainer =
  | { readonly ok: true; readonly config: ContainerConfig }
  | { readonly ok: false; readonly message: string }

export interface PodRuntimePorts {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly minor: number
  readonly hooks: HookRunner
  readonly killer: PodKiller
  readonly backOff: BackOffTable
  readonly images: ImageManager
  readonly buildContainer: BuildContainer
  readonly containers: ContainerLives
  /** The Pod's sandbox and network are there. */
  readonly sandboxReady: (pod: Pod) => void
  readonly failedProbe: (containerId: string) => 'liveness' | 'startup' | undefined
  /** Whether a running container counts as started. */
  readonly hasStarted: (podUid: string, container: string, containerId: string) => boolean
}

/** One run of `syncPodRuntime`. */
interface Run {
  readonly pod: Pod
  readonly status: PodRuntimeStatus
  readonly pullSecrets: readonly Secret[]
  readonly results: SyncResult[]
  /** Images that are volumes, by the volume's name; those that cannot be had with the reason. */
  readonly imageVolumes: Map<string, EnsureImageResult>
  sandboxId: string
  podIp: string | undefined
}

/**
 * Makes a running Pod what its spec says. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod:
 * 1. compute the actions, 2. kill the Pod if its sandbox changed, 3. kill what must not run, 4. make the sandbox,
 * 5. start ephemeral containers, 6. the next init container, and sidecars, 7. what runs with other amounts, 8. the containers.
 */
export function* syncPodRuntime(
  ports: PodRuntimePorts,
  pod: Pod,
  status: PodRuntimeStatus,
  pullSecrets: readonly Secret[],
): Steps<readonly SyncResult[]> {
  const hasStarted = (name: string, id: string) => ports.hasStarted(pod.metadata.uid ?? '', name, id)
  const actions = computePodActions(pod, status, {
    ...{ specHash, failedProbe: ports.failedProbe, hasStarted },
    resizes: ports.facts.resizesInPlace,
  }) // 1
  const results: SyncResult[] = []
  const imageVolumes = new Map<string, EnsureImageResult>()
  const run: Run = {
    pod,
    status,
    pullSecrets,
    results,
    imageVolumes,
    sandboxId: actions.sandboxId ?? '',
    podIp: status.ip,
  }
  if (actions.createSandbox && actions.sandboxId !== undefined)
    ports.events.pod(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  if (mayHaveToKill(run, actions) && !(yield* killWhatMustGo(ports, run, actions))) return results // 2, 3
  if (actions.createSandbox && !(yield* makeSandbox(ports, run, actions.attempt))) return results // 4
  results.push({ action: 'ConfigPodSandbox', target: run.sandboxId })
  yield* pullVolumes(ports, run, actions)
  for (const container of actions.ephemeralToStart) yield* startContainer(ports, run, container) // 5
  for (const init of actions.initContainersToStart)
    if (!(yield* startContainer(ports, run, init)) && !isSidecar(init)) return results // 6
  if (actions.containersToUpdate.length > 0) results.push(resizeContainers(ports, pod, actions.containersToUpdate)) // 7
  for (const container of actions.containersToStart) yield* startContainer(ports, run, container) // 8
  return results
}

function failed(reason: string, message: string | undefined) {
  return message === undefined ? {} : { error: reason, message }
}

/** Whether there is anything to look at: most syncs have nothing to take away. */
function mayHaveToKill({ pod, status }: Run, { killPod: isWhole, containersToKill }: PodActions): boolean {
  if (isWhole) return status.sandboxes.length > 0 || status.containers.length > 0
  return containersToKill.length > 0 || (pod.spec.initContainers?.length ?? 0) > 0
}

/** The whole Pod, or the containers that must not run. Whether it worked. */
function* killWhatMustGo(ports: PodRuntimePorts, run: Run, actions: PodActions): Steps<boolean> {
  const { pod, status, results } = run
  if (!actions.killPod) {
    for (const { container, ...because } of actions.containersToKill) {
      const error = yield* killContainer(ports.killer, pod, container, because, undefined)
      results.push({ action: 'KillContainer', target: container.config.name, ...failed('KillContainerError', error) })
      if (error !== undefined) return false
    }
    yield* removeInitContainers(ports, run, 1)
    return true
  }
  const error = yield* killPod(ports.killer, pod, status, undefined)
  const target = pod.metadata.uid ?? ''
  results.push({ action: 'KillPodSandbox', target, ...failed('KillPodSandboxError', error) })
  if (error !== undefined) return false
  if (actions.createSandbox) yield* removeInitContainers(ports, run, 0)
  return true
}

/** Keeps the latest `keep` ended init containers of each name. Source: kuberuntime_container.go, pruneInitContainersBeforeStart. */
function* removeInitContainers(ports: PodRuntimePorts, run: Run, keep: number): Steps<void> {
  const names = run.pod.spec.initContainers ?? []
  const surplus = names.flatMap(({ name }) =>
    run.status.containers.filter((one) => one.config.name === name && one.state === 'exited').slice(keep),
  )
  for (const { id } of surplus) yield* wait(ports.runtime.removeContainer(id))
}

function* makeSandbox(ports: PodRuntimePorts, run: Run, attempt: number): Steps<boolean> {
  const { uid = '', name, namespace = '' } = run.pod.metadata
  const config = { podUid: uid, podName: name, podNamespace: namespace, attempt }
  const result = yield* wait(ports.runtime.runPodSandbox(config))
  if (!result.ok) {
    run.results.push({
      action: 'CreatePodSandbox',
      target: name,
      error: 'CreatePodSandboxError',
      message: `CreatePodSandbox for pod ${JSON.stringify(`${name}_${namespace}(${uid})`)} failed: ${result.message}`,
    })
    ports.events.pod(run.pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${result.message}`)
    return false
  }
  run.results.push({ action: 'CreatePodSandbox', target: name })
  run.sandboxId = result.value.id
  run.podIp = result.value.ip
  ports.sandboxReady(run.pod)
  return true
}

/**
 * The images that are volumes of a Pod of which something is to start (a choice: docs/fidelity.md). Source: kuberuntime_manager.go,
 * getImageVolumes.
 */
function* pullVolumes({ images, runtime }: PodRuntimePorts, run: Run, actions: PodActions): Steps<void> {
  const { initContainersToStart, containersToStart, ephemeralToStart } = actions
  if (initContainersToStart.length + containersToStart.length + ephemeralToStart.length === 0) return
  for (const volume of run.pod.spec.volumes ?? []) {
    const image = imageOfVolume(volume)
    if (image === undefined) continue
    const result = yield* wait(images.ensureVolumeExists(run.pod, image, run.pullSecrets))
    run.imageVolumes.set(volume.name, result)
    if (result.ok) runtime.mountImage(image.reference, imageVolumePath(run.pod.metadata.uid ?? '', volume.name))
  }
}

/** A volume of a container that cannot be had. Source: kuberuntime_manager.go, toKubeContainerImageVolumes. */
function missingVolume({ events }: PodRuntimePorts, run: Run, container: Container): StartRefusal | undefined {
  let last: StartRefusal | undefined
  for (const { name } of container.volumeMounts ?? []) {
    const result = run.imageVolumes.get(name)
    if (result === undefined || result.ok) continue
    const { reason, message } = result
    events.container(run.pod, container, 'Warning', 'Failed', `Error: ${reasonOf(reason, message)}`)
    last = { error: reason, message }
  }
  return last
}

/** Why a container did not start. */
interface StartRefusal {
  readonly error: StartError
  readonly message: string
  readonly retryAt?: VirtualMs
}

/** Whether it runs now. */
function* startContainer(ports: PodRuntimePorts, run: Run, container: Container): Steps<boolean> {
  const refusal = yield* tryToStart(ports, run, container)
  if (refusal !== undefined) ports.containers.of(run.pod, container.name).refuse(refusal.error, refusal.message)
  const told = refusal && { ...refusal, error: reasonOf(refusal.error, refusal.message) }
  run.results.push({ action: 'StartContainer', target: container.name, ...told })
  return refusal === undefined
}

/** Source: kuberuntime_container.go, startContainer: back-off, image, configuration, creation, start, postStart hook. */
function* tryToStart(ports: PodRuntimePorts, run: Run, container: Container): Steps<StartRefusal | undefined> {
  const backOff = crashBackOff(ports, run, container)
  if (backOff !== undefined) return { error: 'CrashLoopBackOff', message: backOff.message, retryAt: backOff.until }
  const missing = missingVolume(ports, run, container)
  if (missing !== undefined) return missing
  const image = yield* wait(ports.images.ensureImageExists(run.pod, container, run.pullSecrets))
  if (!image.ok) {
    ports.events.container(run.pod, container, 'Warning', 'Failed', `Error: ${reasonOf(image.reason, image.message)}`)
    return { error: image.reason, message: image.message }
  }
  return yield* makeContainer(ports, run, container)
}

/** The message of the back-off if the container has to wait; else notes one more start. Source: doBackOff. */
function crashBackOff(
  ports: PodRuntimePorts,
  run: Run,
  container: Container,
): { readonly message: string; readonly until: VirtualMs } | undefined {
  const { backOff, kernel, events, facts } = ports
  const last = run.status.containers.find(({ config, state }) => config.name === container.name && state === 'exited')
  if (last?.finishedAt === undefined) return undefined
  const { name, namespace, uid } = run.pod.metadata
  const pod = `${name}_${namespace}(${uid})`
  const key = `${name}_${namespace}_${uid}_${container.name}_${specHash(container)}`
  if (!backOff.isInBackOffSince(key, last.finishedAt, kernel.now())) {
    backOff.next(key, last.finishedAt, kernel.now())
    return undefined
  }
  const message = facts.backOffNamesPod
    ? `Back-off restarting failed container ${container.name} in pod ${pod}`
    : 'Back-off restarting failed container'
  events.container(run.pod, container, 'Warning', 'BackOff', message)
  const pauseMs = backOff.get(key)
  return {
    message: `back-off ${goSeconds(pauseMs)} restarting failed container=${container.name} pod=${pod}`,
    until: last.finishedAt + pauseMs,
  }
}

function* makeContainer(ports: PodRuntimePorts, run: Run, container: Container): Steps<StartRefusal | undefined> {
  const { runtime, events, facts, buildContainer } = ports
  const last = latestContainer(run.status, container.name)
  const target = targetOf(run, container)
  // Events have the container's name where runtimes have its id. Source: kuberuntime_container.go, recordContainerEvent.
  const refused = (error: StartError, text: string, id?: string): StartRefusal => {
    const message = grpcDescription(text)
    const told = id === undefined ? message : message.replaceAll(id, container.name)
    events.container(run.pod, container, 'Warning', 'Failed', `Error: ${told}`)
    return { error, message }
  }
  if (target !== undefined && 'missing' in target) {
    return refused('CreateContainerConfigError', `unable to find target container ${target.missing}`)
  }
  const built = yield* buildContainer({
    pod: run.pod,
    container,
    sandboxId: run.sandboxId,
    podIp: run.podIp,
    attempt: last === undefined ? 0 : last.config.attempt + 1,
    specHash: specHash(container),
  })
  if (!built.ok) return refused('CreateContainerConfigError', built.message)
  const created = yield* wait(runtime.createContainer(built.config))
  if (!created.ok) return refused('CreateContainerError', created.message)
  events.container(run.pod, container, 'Normal', 'Created', facts.createdMessage.replace('%s', container.name))
  const started = yield* wait(runtime.startContainer(created.value.id))
  if (!started.ok) return refused('RunContainerError', started.message, created.value.id)
  ports.containers.of(run.pod, container.name).started(created.value.id)
  events.container(run.pod, container, 'Normal', 'Started', facts.startedMessage.replace('%s', container.name))
  return container.lifecycle?.postStart === undefined
    ? undefined
    : yield* runPostStart(ports, run, container, created.value.id)
}

/** Whose processes an ephemeral container is to see. Source: kuberuntime_container.go, startSpec.getTargetID. */
function targetOf(
  run: Run,
  container: EphemeralContainer,
): { readonly id: string } | { readonly missing: string } | undefined {
  const { targetContainerName: name = '' } = container
  if (name === '') return undefined
  const target = latestContainer(run.status, name)
  return target === undefined ? { missing: name } : { id: target.id }
}

function* runPostStart(
  ports: PodRuntimePorts,
  run: Run,
  container: Container,
  id: string,
): Steps<StartRefusal | undefined> {
  const error = yield* ports.hooks.postStart(run.pod, container, id)
  if (error === undefined) return undefined
  const running = ports.runtime.podContainers(run.pod.metadata.uid ?? '').find((one) => one.id === id)
  if (running === undefined) return { error: 'PostStartHookError', message: error }
  yield* killContainer(ports.killer, run.pod, running, { message: 'FailedPostStartHook' }, undefined)
  return { error: 'PostStartHookError', message: error }
}
