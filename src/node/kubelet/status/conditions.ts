import { isSidecar } from '../../../api/pod-references.ts'
import type { Container, ContainerStatus, PodCondition, PodPhase, PodSpec } from '../../../api/types/core.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { hasStarted } from './phase.ts'

/**
 * The conditions that the kubelet writes, in the order in which it writes them. Source: pkg/kubelet/status/generate.go;
 * facts/kubelet.md 8.7.
 */
export function podConditions(
  spec: PodSpec,
  status: SeenStatus,
  foreign: readonly PodCondition[],
  facts: Pick<KubeletFacts, 'podFailedReason' | 'sidecars'>,
  readyToStart?: boolean,
): PodCondition[] {
  const containersReady = containersReadyCondition(spec, status, facts.podFailedReason)
  return [
    ...(readyToStart === undefined ? [] : [readyToStartCondition(readyToStart)]),
    initializedCondition(spec, status, facts.sidecars),
    readyCondition(spec, containersReady, foreign),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ]
}

/** What conditions are made of. */
export interface SeenStatus {
  readonly phase: PodPhase
  readonly regular: readonly ContainerStatus[]
  readonly init: readonly ContainerStatus[]
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

/** Sidecars count, too. */
export function containersReadyCondition(
  spec: PodSpec,
  { phase, regular, init }: SeenStatus,
  failedHasReason: boolean,
): PodCondition {
  const type = 'ContainersReady'
  if (regular.length === 0) return { type, status: 'False', reason: 'UnknownContainerStatuses' }
  const sidecars = spec.initContainers?.filter(isSidecar) ?? []
  const [containers, statuses] =
    sidecars.length === 0
      ? [spec.containers, regular]
      : [
          [...sidecars, ...spec.containers],
          [...init, ...regular],
        ]
  const { unknown, unready } = complaintsOf(containers, statuses, isReady)
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed' && failedHasReason) return { type, status: 'False', reason: 'PodFailed' }
  const message = complaint(unknown, unready, 'unready')
  if (message === '') return { type, status: 'True' }
  return { type, status: 'False', reason: 'ContainersNotReady', message }
}

const done = { type: 'Initialized', status: 'True' } as const

/** `isForGood` (v1.29 on): once a regular container has started, the Pod stays initialized. */
function initializedCondition(spec: PodSpec, { phase, regular, init }: SeenStatus, isForGood: boolean): PodCondition {
  const type = 'Initialized'
  const containers = spec.initContainers ?? []
  if (init.length === 0 && containers.length > 0) return { type, status: 'False', reason: 'UnknownContainerStatuses' }
  if (containers.length === 0) return phase === 'Succeeded' ? { type, status: 'True', reason: 'PodCompleted' } : done
  const { unknown, unready } = complaintsOf(containers, init, isInitialized)
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'True', reason: 'PodCompleted' }
  if (isForGood && regular.some(hasStarted)) return { type, status: 'True' }
  const message = complaint(unknown, unready, 'incomplete')
  if (message === '') return { type, status: 'True' }
  return { type, status: 'False', reason: 'ContainersNotInitialized', message }
}

const isReady = (_container: Container, { ready }: ContainerStatus): boolean => ready

/** Source: generate.go, isInitContainerInitialized. */
const isInitialized = (container: Container, { ready, started }: ContainerStatus): boolean =>
  isSidecar(container) ? started === true : ready

function complaintsOf(
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
  isDone: (container: Container, status: ContainerStatus) => boolean,
) {
  const unknown: string[] = []
  const unready: string[] = []
  for (const container of containers) {
    const { name } = container
    const status = statuses.find((one) => one.name === name)
    if (status === undefined) unknown.push(name)
    else if (!isDone(container, status)) unready.push(name)
  }
  return { unknown, unready }
}

function complaint(unknown: readonly string[], unready: readonly string[], word: 'unready' | 'incomplete'): string {
  const parts: string[] = []
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`)
  if (unready.length > 0) parts.push(`containers with ${word} status: [${unready.join(' ')}]`)
  return parts.join(', ')
}
