import { hasSidecars, isSidecar } from '../../../api/pod-references.ts'
import type { Container, EphemeralContainer, Pod } from '../../../api/types/core.ts'
import type { RuntimeContainer } from '../../runtime/cri.ts'
import { shouldBeRestarted } from '../status/container-status.ts'
import type { KillReason } from './kill-pod.ts'
import { latestContainer, type PodRuntimeStatus } from './runtime-status.ts'
import { type ContainerFacts, resizeText, resizing, sidecarActions } from './sidecar-actions.ts'

/** What a sync will do to a Pod's sandbox and containers. */
export interface PodActions {
  /** Everything of the Pod is stopped first. */
  readonly killPod: boolean
  readonly createSandbox: boolean
  /** The sandbox that is kept, or the one that is replaced; undefined for a Pod without one. */
  readonly sandboxId: string | undefined
  readonly attempt: number
  /** In this order: one, or of Pods with sidecars several. */
  readonly initContainersToStart: readonly Container[]
  readonly containersToStart: readonly Container[]
  /** Those that never were: they are not started again, and may come before the Pod is initialised. */
  readonly ephemeralToStart: readonly EphemeralContainer[]
  /** That run on with other amounts. */
  readonly containersToUpdate: readonly { readonly container: Container; readonly running: RuntimeContainer }[]
  readonly containersToKill: readonly (KillReason & { readonly container: RuntimeContainer })[]
}

/** Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodActions; facts/kubelet.md 8.1. */
export function computePodActions(pod: Pod, status: PodRuntimeStatus, facts: ContainerFacts): PodActions {
  const sandbox = sandboxState(status)
  const none: PodActions = {
    killPod: sandbox.isChanged,
    createSandbox: sandbox.isChanged,
    sandboxId: sandbox.id,
    attempt: sandbox.attempt,
    initContainersToStart: [],
    containersToStart: [],
    ephemeralToStart: [],
    containersToUpdate: [],
    containersToKill: [],
  }
  if (sandbox.isChanged) return withNewSandbox(pod, status, none)
  const ephemeralToStart = (pod.spec.ephemeralContainers ?? []).filter(({ name }) => !latestContainer(status, name))
  return withKeptSandbox(pod, status, { ...none, ephemeralToStart }, facts)
}

function withKeptSandbox(pod: Pod, status: PodRuntimeStatus, none: PodActions, facts: ContainerFacts): PodActions {
  if (hasSidecars(pod)) return withSidecars(pod, status, none, facts)
  const init = nextInitContainer(pod, status)
  if (!init.isDone) {
    const isOver = init.hasFailed && init.next !== undefined && !shouldBeRestarted(pod, init.next, status)
    if (isOver) return { ...none, killPod: true }
    return init.next === undefined ? none : { ...none, initContainersToStart: [init.next] }
  }
  return withRunningSandbox(pod, status, none, facts)
}

function withSidecars(pod: Pod, status: PodRuntimeStatus, none: PodActions, facts: ContainerFacts): PodActions {
  const init = sidecarActions(pod, status, facts)
  if (init.hasFailed) return { ...none, killPod: true }
  const started = { ...none, initContainersToStart: init.toStart, containersToKill: init.toKill }
  if (!init.isInitialized) return started
  const regular = withRunningSandbox(pod, status, none, facts)
  // Sidecars alone do not keep a Pod alive.
  if (regular.killPod) return regular
  return {
    ...started,
    ...regular,
    initContainersToStart: init.toStart,
    containersToUpdate: [...updatedSidecars(pod, status, facts), ...regular.containersToUpdate],
    containersToKill: [...init.toKill, ...regular.containersToKill],
  }
}

function updatedSidecars(
  { spec }: Pod,
  status: PodRuntimeStatus,
  facts: ContainerFacts,
): PodActions['containersToUpdate'] {
  return (spec.initContainers ?? []).flatMap((container) => {
    const running = isSidecar(container) ? latestContainer(status, container.name) : undefined
    return running !== undefined && resizing(container, running, facts) === 'update' ? [{ container, running }] : []
  })
}

function sandboxState(status: PodRuntimeStatus) {
  const latest = status.sandboxes[0]
  if (latest === undefined) return { isChanged: true, attempt: 0, id: undefined }
  const readyCount = status.sandboxes.filter(({ state }) => state === 'ready').length
  // Several ready sandboxes, or none: a new one replaces them.
  const isChanged = readyCount !== 1 || latest.state !== 'ready'
  return { isChanged, attempt: isChanged ? latest.attempt + 1 : latest.attempt, id: latest.id }
}

function withNewSandbox(pod: Pod, status: PodRuntimeStatus, none: PodActions): PodActions {
  // A Pod that must not restart and has had containers is over.
  if (pod.spec.restartPolicy === 'Never' && none.attempt !== 0 && status.containers.length > 0)
    return { ...none, createSandbox: false }
  const toStart = pod.spec.containers.filter(
    ({ name, restartPolicy = pod.spec.restartPolicy }) =>
      restartPolicy !== 'OnFailure' || !hasSucceeded(latestContainer(status, name)),
  )
  if (toStart.length === 0 && nextInitContainer(pod, status).isDone) return { ...none, createSandbox: false }
  const firstInit = pod.spec.initContainers?.[0]
  return firstInit === undefined
    ? { ...none, containersToStart: toStart }
    : { ...none, initContainersToStart: [firstInit] }
}

function hasSucceeded(container: RuntimeContainer | undefined): boolean {
  return container !== undefined && container.state !== 'running' && container.exitCode === 0
}

/** Source: kuberuntime_container.go, findNextInitContainerToRun. */
function nextInitContainer(
  pod: Pod,
  status: PodRuntimeStatus,
): { readonly isDone: boolean; readonly next: Container | undefined; readonly hasFailed: boolean } {
  const containers = pod.spec.initContainers ?? []
  const done = { isDone: true, next: undefined, hasFailed: false }
  if (containers.length === 0) return done
  // A regular container that runs says that initialisation is over.
  if (pod.spec.containers.some(({ name }) => latestContainer(status, name)?.state === 'running')) return done
  for (const container of containers.toReversed()) {
    const latest = latestContainer(status, container.name)
    if (latest?.state === 'exited' && latest.exitCode !== 0) return { isDone: false, next: container, hasFailed: true }
  }
  for (let i = containers.length - 1; i >= 0; i--) {
    const latest = latestContainer(status, containers[i]?.name ?? '')
    if (latest === undefined) continue
    if (latest.state === 'running') return { isDone: false, next: undefined, hasFailed: false }
    if (latest.state === 'exited') {
      if (i === containers.length - 1) return done
      return { isDone: false, next: containers[i + 1], hasFailed: false }
    }
  }
  return { isDone: false, next: containers[0], hasFailed: false }
}

function withRunningSandbox(pod: Pod, status: PodRuntimeStatus, none: PodActions, facts: ContainerFacts): PodActions {
  const toStart: Container[] = []
  const toKill: PodActions['containersToKill'][number][] = []
  const toUpdate: PodActions['containersToUpdate'][number][] = []
  let kept = 0
  for (const container of pod.spec.containers) {
    const latest = latestContainer(status, container.name)
    if (latest === undefined || latest.state !== 'running') {
      if (shouldBeRestarted(pod, container, status)) toStart.push(container)
      continue
    }
    const complaint = complaintAbout(container, latest, facts)
    const resize = complaint === undefined ? resizing(container, latest, facts) : undefined
    if (resize === 'restart') {
      toStart.push(container)
      toKill.push({ container: latest, message: resizeText(container) })
      continue
    }
    if (resize === 'update') toUpdate.push({ container, running: latest })
    if (complaint === undefined) {
      kept++
      continue
    }
    const isRestarted = complaint.isChange || (container.restartPolicy ?? pod.spec.restartPolicy) !== 'Never'
    if (isRestarted) toStart.push(container)
    const message = isRestarted ? `${complaint.text}, will be restarted` : complaint.text
    toKill.push({ container: latest, message, probe: complaint.probe })
  }
  const killPod = kept === 0 && toStart.length === 0
  return { ...none, killPod, containersToStart: toStart, containersToUpdate: toUpdate, containersToKill: toKill }
}

function complaintAbout(container: Container, running: RuntimeContainer, facts: ContainerFacts) {
  if (facts.specHash(container) !== running.config.specHash)
    return { text: `Container ${container.name} definition changed`, isChange: true, probe: undefined }
  const probe = facts.failedProbe(running.id)
  if (probe === undefined) return undefined
  return { text: `Container ${container.name} failed ${probe} probe`, isChange: false, probe }
}
