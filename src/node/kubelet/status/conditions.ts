import type { ContainerStatus, PodCondition, PodPhase, PodSpec } from '../../../api/types/core.ts'

/**
 * The conditions that the kubelet writes, in the order in which it writes them. Source: pkg/kubelet/status/generate.go;
 * facts/kubelet.md 8.7.
 */
export function podConditions(
  spec: PodSpec,
  phase: PodPhase,
  statuses: readonly ContainerStatus[],
  initStatuses: readonly ContainerStatus[],
  foreign: readonly PodCondition[],
  failedHasReason: boolean,
  readyToStart?: boolean,
): PodCondition[] {
  const containersReady = containersReadyCondition(spec, phase, statuses, failedHasReason)
  return [
    ...(readyToStart === undefined ? [] : [readyToStartCondition(readyToStart)]),
    initializedCondition(spec, phase, initStatuses),
    readyCondition(spec, containersReady, foreign),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ]
}

/** Source: generate.go, GeneratePodReadyToStartContainersCondition (v1.29 on). */
export function readyToStartCondition(isReady: boolean): PodCondition {
  return { type: 'PodReadyToStartContainers', status: isReady ? 'True' : 'False' }
}

/** `foreign`: conditions of others, among them those that readiness gates ask for. */
export function readyCondition(
  spec: PodSpec,
  containersReady: PodCondition,
  foreign: readonly PodCondition[],
): PodCondition {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' }
  const complaints: string[] = []
  for (const { conditionType } of spec.readinessGates ?? []) {
    const condition = foreign.find(({ type }) => type === conditionType)
    const gate = JSON.stringify(conditionType)
    if (condition === undefined)
      complaints.push(`corresponding condition of pod readiness gate ${gate} does not exist.`)
    else if (condition.status !== 'True')
      complaints.push(`the status of pod readiness gate ${gate} is not "True", but ${condition.status}`)
  }
  if (complaints.length === 0) return { type: 'Ready', status: 'True' }
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: complaints.join(', ') }
}

export function containersReadyCondition(
  spec: PodSpec,
  phase: PodPhase,
  statuses: readonly ContainerStatus[],
  failedHasReason: boolean,
): PodCondition {
  const type = 'ContainersReady'
  if (statuses.length === 0) return { type, status: 'False', reason: 'UnknownContainerStatuses' }
  const { unknown, unready } = complaintsOf(spec.containers, statuses)
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed' && failedHasReason) return { type, status: 'False', reason: 'PodFailed' }
  const message = complaint(unknown, unready, 'unready')
  if (message === '') return { type, status: 'True' }
  return { type, status: 'False', reason: 'ContainersNotReady', message }
}

function initializedCondition(spec: PodSpec, phase: PodPhase, statuses: readonly ContainerStatus[]): PodCondition {
  const type = 'Initialized'
  const containers = spec.initContainers ?? []
  if (statuses.length === 0 && containers.length > 0)
    return { type, status: 'False', reason: 'UnknownContainerStatuses' }
  const { unknown, unready } = complaintsOf(containers, statuses)
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'True', reason: 'PodCompleted' }
  const message = complaint(unknown, unready, 'incomplete')
  if (message === '') return { type, status: 'True' }
  return { type, status: 'False', reason: 'ContainersNotInitialized', message }
}

function complaintsOf(containers: readonly { readonly name: string }[], statuses: readonly ContainerStatus[]) {
  const unknown: string[] = []
  const unready: string[] = []
  for (const { name } of containers) {
    const status = statuses.find((one) => one.name === name)
    if (status === undefined) unknown.push(name)
    else if (!status.ready) unready.push(name)
  }
  return { unknown, unready }
}

function complaint(unknown: readonly string[], unready: readonly string[], word: 'unready' | 'incomplete'): string {
  const parts: string[] = []
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`)
  if (unready.length > 0) parts.push(`containers with ${word} status: [${unready.join(' ')}]`)
  return parts.join(', ')
}
