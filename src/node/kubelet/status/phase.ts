import { mayRestart } from '../../../api/may-restart.ts'
import { isSidecar } from '../../../api/pod-references.ts'
import type { ContainerStatus, PodPhase, PodSpec } from '../../../api/types/core.ts'

/**
 * `isOver`: nothing of the Pod will ever run again (a deleted Pod, from v1.27 on). Source: pkg/kubelet/kubelet_pods.go,
 * getPhase; facts/kubelet.md 8.5.
 */
export function podPhase(
  spec: PodSpec,
  statuses: readonly ContainerStatus[],
  initStatuses: readonly ContainerStatus[],
  isOver = false,
): PodPhase {
  const init = countInit(spec, initStatuses)
  const sidecars = countSidecars(spec, initStatuses)
  if (init.final > 0) return 'Failed'
  const regular = countRegular(spec, statuses)
  const { stopped, succeeded } = regular
  const [unknown, running] = [regular.unknown + sidecars.unknown, regular.running + sidecars.running]
  if (init.pending > 0 || regular.waiting + sidecars.waiting > 0) return 'Pending'
  if (sidecars.pending > 0 && !statuses.some(hasStarted)) return 'Pending'
  if (running > 0 && unknown === 0) return 'Running'
  if (running > 0 || stopped === 0 || unknown > 0) return 'Pending'
  if (isOver) return stopped > succeeded ? 'Failed' : 'Succeeded'
  // At least one starts anew.
  if (stopped !== regular.final) return 'Running'
  return stopped === succeeded ? 'Succeeded' : 'Failed'
}

function countInit(spec: PodSpec, statuses: readonly ContainerStatus[]) {
  let pending = 0
  let final = 0
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) continue
    const status = statuses.find(({ name }) => name === container.name)
    const terminated = status?.state?.terminated ?? status?.lastState?.terminated
    const isWaiting = status?.state?.waiting !== undefined
    if (status?.state?.terminated === undefined && !(isWaiting && terminated !== undefined)) pending++
    else if (terminated !== undefined && terminated.exitCode !== 0) {
      if (!mayRestart(container, spec, terminated.exitCode)) final++
    }
  }
  return { pending, final }
}

/** Those that have ended do not count. */
function countSidecars(spec: PodSpec, statuses: readonly ContainerStatus[]) {
  const counts = { pending: 0, unknown: 0, running: 0, waiting: 0 }
  for (const { name } of spec.initContainers?.filter(isSidecar) ?? []) {
    const status = statuses.find((one) => one.name === name)
    const { state } = status ?? {}
    if (state?.running !== undefined) {
      counts.running++
      if (status?.started !== true) counts.pending++
    } else if (state?.waiting !== undefined && status?.lastState?.terminated === undefined) {
      counts.pending++
      counts.waiting++
    } else if (state?.waiting === undefined && state?.terminated === undefined) {
      counts.pending++
      counts.unknown++
    }
  }
  return counts
}

/** Source: kuberuntime_container.go, HasAnyRegularContainerStarted. */
export function hasStarted({ state, lastState }: ContainerStatus): boolean {
  return state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined
}

function countRegular(spec: PodSpec, statuses: readonly ContainerStatus[]) {
  const counts = { unknown: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0, final: 0 }
  for (const container of spec.containers) {
    const status = statuses.find((one) => one.name === container.name)
    const state = status?.state
    const ended = state?.terminated ?? (state?.waiting === undefined ? undefined : status?.lastState?.terminated)
    if (ended !== undefined && !mayRestart(container, spec, ended.exitCode)) counts.final++
    if (state?.running !== undefined) counts.running++
    else if (state?.terminated !== undefined) {
      counts.stopped++
      if (state.terminated.exitCode === 0) counts.succeeded++
    } else if (state?.waiting !== undefined) {
      if (status?.lastState?.terminated === undefined) counts.waiting++
      else counts.stopped++
    } else counts.unknown++
  }
  return counts
}
