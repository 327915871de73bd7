import { mayRestart } from '../../../api/may-restart.ts'
import { isSidecar } from '../../../api/pod-references.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import type { RuntimeContainer } from '../../runtime/cri.ts'
import { resizeOf } from '../resize/amounts.ts'
import type { KillReason } from './kill-pod.ts'
import { latestContainer, type PodRuntimeStatus } from './runtime-status.ts'

/** What others know of containers and a sync goes by. */
export interface ContainerFacts {
  /** Hash of a container's spec: a changed one is made anew. */
  readonly specHash: (container: Container) => string
  /** Which probe wants the container dead, if any. */
  readonly failedProbe: (containerId: string) => 'liveness' | 'startup' | undefined
  /** Whether containers that run may be given other amounts. */
  readonly resizes: boolean
  /** Whether a running container counts as started, as far as its startup probe has found out. */
  readonly hasStarted: (container: string, containerId: string) => boolean
}

/** What a sync does to the init containers of a Pod that has sidecars. */
export interface InitActions {
  /** The regular containers may run, or do. */
  readonly isInitialized: boolean
  /** One that is no sidecar has failed, and the Pod is not to start it again. */
  readonly hasFailed: boolean
  /** In the order of the spec. */
  readonly toStart: readonly Container[]
  readonly toKill: readonly (KillReason & { readonly container: RuntimeContainer })[]
}

/**
 * Init containers are looked at from the last to the first. Before the Pod is initialised only the last that ever was
 * counts: its end, or a sidecar's start, is what the next one waits for. Later the sidecars are kept running.
 * Source: kuberuntime_manager.go, computeInitContainerActions (v1.29 on).
 */
export function sidecarActions(pod: Pod, status: PodRuntimeStatus, facts: ContainerFacts): InitActions {
  const containers = pod.spec.initContainers ?? []
  const wasInitialized = pod.spec.containers.some(({ name }) => isUp(latestContainer(status, name)))
  const starting: Container[] = []
  const toKill: InitActions['toKill'][number][] = []
  const answer = (isInitialized: boolean, hasFailed = false): InitActions => ({
    isInitialized,
    hasFailed,
    toStart: starting.toReversed(),
    toKill,
  })
  for (let at = containers.length - 1; at >= 0; at--) {
    const container = containers[at]
    if (container === undefined) continue
    const latest = latestContainer(status, container.name)
    if (latest === undefined || (wasInitialized && !isSidecar(container))) {
      if (latest === undefined && wasInitialized && isSidecar(container)) starting.push(container)
      continue
    }
    const move = moveOf(container, latest, facts)
    if (move === 'failed' && !mayRestart(container, pod.spec, latest.exitCode ?? 0))
      return { ...answer(false, true), toStart: [] }
    if (move === 'failed' || move === 'start') starting.push(container)
    if (typeof move === 'object') {
      starting.push(container)
      toKill.push({ container: latest, ...move })
    }
    if (wasInitialized) continue
    if (move !== 'done') return answer(false)
    const next = containers[at + 1]
    if (next === undefined) return answer(true)
    starting.push(next)
    return answer(false)
  }
  const [first] = containers
  if (!wasInitialized && first !== undefined) starting.push(first)
  return answer(wasInitialized)
}

/** What becomes of a container that runs and is to have other amounts. */
export function resizing(
  container: Container,
  running: RuntimeContainer,
  { resizes }: Pick<ContainerFacts, 'resizes'>,
): 'update' | 'restart' | undefined {
  const { resources: actual } = running.config
  if (!resizes || actual === undefined || running.state !== 'running') return undefined
  return resizeOf(container, actual)
}

/** Source: kuberuntime_manager.go, computePodResizeAction. */
export function resizeText({ name }: Container): string {
  return `Container ${name} resize requires restart`
}

/** `done`: the next one may start. */
type Move = 'wait' | 'done' | 'start' | 'failed' | KillReason

function moveOf(container: Container, latest: RuntimeContainer, facts: ContainerFacts): Move {
  if (latest.state === 'created') return 'start'
  if (!isSidecar(container)) {
    if (latest.state === 'running') return 'wait'
    return latest.exitCode === 0 ? 'done' : 'failed'
  }
  if (latest.state !== 'running') return 'start'
  const probe = facts.failedProbe(latest.id)
  if (probe !== undefined) return { message: `Init container ${container.name} failed ${probe} probe`, probe }
  if (!facts.hasStarted(container.name, latest.id)) return 'wait'
  if (facts.specHash(container) !== latest.config.specHash)
    return { message: `Init container ${container.name} definition changed` }
  if (resizing(container, latest, facts) === 'restart') return { message: resizeText(container) }
  return 'done'
}

function isUp(container: RuntimeContainer | undefined): boolean {
  return container?.state === 'running' || container?.state === 'created'
}
