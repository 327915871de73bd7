import type { Container, Pod, Secret } from '../../../api/types/core.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { ContainerConfig, ContainerRuntime } from '../../runtime/cri.ts'
import { grpcDescription } from '../../runtime/error-texts.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import { type BackOffTable, goSeconds } from './back-off.ts'
import { killContainer, killPod, type PodKiller } from './kill-pod.ts'
import type { HookRunner } from './lifecycle-hooks.ts'
import { computePodActions, type PodActions } from './pod-actions.ts'
import { latestContainer, type PodRuntimeStatus } from './runtime-status.ts'
import { specHash } from './spec-hash.ts'
import type { SyncResult } from './sync-result.ts'

export type EnsureImage = (
  pod: Pod,
  container: Container,
  pullSecrets: readonly Secret[],
  /** `reason`: `ErrImagePull`; `message` is the status's. */
  done: (
    result: { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string },
  ) => void,
) => void

export interface ContainerPlan {
  readonly pod: Pod
  readonly container: Container
  readonly sandboxId: string
  readonly podIp: string | undefined
  readonly attempt: number
  readonly specHash: string
}

/** Resolves environment and mounts at this instant. */
export type BuildContainer = (
  plan: ContainerPlan,
  done: (
    result: { readonly ok: true; readonly config: ContainerConfig } | { readonly ok: false; readonly message: string },
  ) => void,
) => void

export interface PodRuntimePorts {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly hooks: HookRunner
  readonly killer: PodKiller
  readonly backOff: BackOffTable
  readonly ensureImage: EnsureImage
  readonly buildContainer: BuildContainer
  readonly failedProbe: (containerId: string) => 'liveness' | 'startup' | undefined
}

/** State of one run of `syncPod`. */
interface Run {
  readonly pod: Pod
  readonly status: PodRuntimeStatus
  readonly pullSecrets: readonly Secret[]
  readonly results: SyncResult[]
  readonly done: (results: readonly SyncResult[]) => void
  sandboxId: string
  podIp: string | undefined
}

/**
 * Makes a running Pod what its spec says. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod:
 * 1. compute the actions, 2. kill the Pod if its sandbox changed, 3. kill what must not run, 4. make the sandbox,
 * 6. start the next init container, 7. start the containers. (5, ephemeral containers, is not simulated.)
 */
export function syncPodRuntime(
  ports: PodRuntimePorts,
  pod: Pod,
  status: PodRuntimeStatus,
  pullSecrets: readonly Secret[],
  done: (results: readonly SyncResult[]) => void,
): void {
  const actions = computePodActions(pod, status, { specHash, failedProbe: ports.failedProbe }) // 1
  const run: Run = {
    pod,
    status,
    pullSecrets,
    results: [],
    done,
    sandboxId: actions.sandboxId ?? '',
    podIp: status.ip,
  }
  if (actions.createSandbox && actions.sandboxId !== undefined)
    ports.events.pod(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  if (actions.killPod && (status.sandboxes.length > 0 || status.containers.length > 0))
    killPod(ports.killer, pod, status, undefined, (error) => {
      // 2
      run.results.push({
        action: 'KillPodSandbox',
        target: pod.metadata.uid ?? '',
        ...failed('KillPodSandboxError', error),
      })
      if (error !== undefined) done(run.results)
      else if (actions.createSandbox) removeInitContainers(ports, run, 0, () => makeSandbox(ports, run, actions))
      else startContainers(ports, run, actions)
    })
  else if (actions.killPod) makeSandbox(ports, run, actions)
  else killUnwanted(ports, run, actions, 0)
}

function failed(reason: string, message: string | undefined) {
  return message === undefined ? {} : { error: reason, message }
}

function killUnwanted(ports: PodRuntimePorts, run: Run, actions: PodActions, index: number): void {
  const next = actions.containersToKill[index] // 3
  if (next === undefined) {
    removeInitContainers(ports, run, 1, () => makeSandbox(ports, run, actions))
    return
  }
  killContainer(ports.killer, run.pod, next.container, next.message, undefined, (error) => {
    run.results.push({
      action: 'KillContainer',
      target: next.container.config.name,
      ...failed('KillContainerError', error),
    })
    if (error !== undefined) run.done(run.results)
    else killUnwanted(ports, run, actions, index + 1)
  })
}

/** Keeps the latest `keep` ended init containers of each name. Source: kuberuntime_container.go, pruneInitContainersBeforeStart. */
function removeInitContainers(ports: PodRuntimePorts, run: Run, keep: number, then: () => void): void {
  const names = run.pod.spec.initContainers ?? []
  const surplus = names.flatMap(({ name }) =>
    run.status.containers.filter((one) => one.config.name === name && one.state === 'exited').slice(keep),
  )
  const removeNext = (): void => {
    const container = surplus.shift()
    if (container === undefined) then()
    else ports.runtime.removeContainer(container.id, removeNext)
  }
  removeNext()
}

function makeSandbox(ports: PodRuntimePorts, run: Run, actions: PodActions): void {
  if (!actions.createSandbox) {
    startContainers(ports, run, actions)
    return
  }
  const { uid = '', name, namespace = '' } = run.pod.metadata
  const config = { podUid: uid, podName: name, podNamespace: namespace, attempt: actions.attempt }
  ports.runtime.runPodSandbox(config, (result) => {
    // 4
    if (!result.ok) {
      run.results.push({
        action: 'CreatePodSandbox',
        target: name,
        error: 'CreatePodSandboxError',
        message: `CreatePodSandbox for pod ${JSON.stringify(`${name}_${namespace}(${uid})`)} failed: ${result.message}`,
      })
      ports.events.pod(run.pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${result.message}`)
      run.done(run.results)
      return
    }
    run.results.push({ action: 'CreatePodSandbox', target: name })
    run.sandboxId = result.value.id
    run.podIp = result.value.ip
    startContainers(ports, run, actions)
  })
}

function startContainers(ports: PodRuntimePorts, run: Run, actions: PodActions): void {
  run.results.push({ action: 'ConfigPodSandbox', target: run.sandboxId })
  const init = actions.nextInitContainer
  if (init === undefined) {
    startNext(ports, run, actions.containersToStart, 0)
    return
  }
  startContainer(ports, run, init, (hasStarted) => {
    // 6
    if (hasStarted) startNext(ports, run, actions.containersToStart, 0)
    else run.done(run.results)
  })
}

function startNext(ports: PodRuntimePorts, run: Run, containers: readonly Container[], index: number): void {
  const container = containers[index] // 7
  if (container === undefined) run.done(run.results)
  else startContainer(ports, run, container, () => startNext(ports, run, containers, index + 1))
}

function startContainer(ports: PodRuntimePorts, run: Run, container: Container, done: (ok: boolean) => void): void {
  const finish = (reason?: string, message = '', retryAt?: VirtualMs): void => {
    run.results.push({
      action: 'StartContainer',
      target: container.name,
      ...(reason === undefined ? {} : { error: reason, message }),
      ...(retryAt === undefined ? {} : { retryAt }),
    })
    done(reason === undefined)
  }
  const backOff = crashBackOff(ports, run, container)
  if (backOff !== undefined) {
    finish('CrashLoopBackOff', backOff.message, backOff.until)
    return
  }
  ports.ensureImage(run.pod, container, run.pullSecrets, (image) => {
    if (!image.ok) {
      ports.events.container(run.pod, container, 'Warning', 'Failed', `Error: ${image.reason}`)
      finish(image.reason, image.message)
      return
    }
    makeContainer(ports, run, container, finish)
  })
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

type Finish = (reason?: string, message?: string) => void

function makeContainer(ports: PodRuntimePorts, run: Run, container: Container, finish: Finish): void {
  const { runtime, events, facts, buildContainer } = ports
  const last = latestContainer(run.status, container.name)
  const refused = (reason: string, text: string): void => {
    const message = grpcDescription(text)
    events.container(run.pod, container, 'Warning', 'Failed', `Error: ${message}`)
    finish(reason, message)
  }
  const plan: ContainerPlan = {
    pod: run.pod,
    container,
    sandboxId: run.sandboxId,
    podIp: run.podIp,
    attempt: last === undefined ? 0 : last.config.attempt + 1,
    specHash: specHash(container),
  }
  buildContainer(plan, (built) => {
    if (!built.ok) {
      refused('CreateContainerConfigError', built.message)
      return
    }
    runtime.createContainer(built.config, (created) => {
      if (!created.ok) {
        refused('CreateContainerError', created.message)
        return
      }
      events.container(run.pod, container, 'Normal', 'Created', facts.createdMessage.replace('%s', container.name))
      runtime.startContainer(created.value.id, (started) => {
        if (!started.ok) {
          refused('RunContainerError', started.message)
          return
        }
        const message = facts.startedMessage.replace('%s', container.name)
        events.container(run.pod, container, 'Normal', 'Started', message)
        afterStart(ports, run, container, created.value.id, finish)
      })
    })
  })
}

function afterStart(ports: PodRuntimePorts, run: Run, container: Container, id: string, finish: Finish): void {
  if (container.lifecycle?.postStart === undefined) {
    finish()
    return
  }
  ports.hooks.postStart(run.pod, container, id, (error) => {
    const running = ports.runtime.podContainers(run.pod.metadata.uid ?? '').find((one) => one.id === id)
    if (error === undefined || running === undefined) {
      finish(...(error === undefined ? [] : (['PostStartHookError', error] as const)))
      return
    }
    killContainer(ports.killer, run.pod, running, 'FailedPostStartHook', undefined, () =>
      finish('PostStartHookError', error),
    )
  })
}
