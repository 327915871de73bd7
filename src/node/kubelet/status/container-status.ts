import { mayRestart } from '../../../api/may-restart.ts'
import type { Container, ContainerState, ContainerStatus, Pod, ResourceRequirements } from '../../../api/types/core.ts'
import { utf8Bytes, utf8Text } from '../../../bytes/bytes.ts'
import type { Calendar } from '../../../kernel/calendar.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { flat } from '../../../kernel/flat-text.ts'
import { onePart } from '../../../kernel/recent-parts.ts'
import { byUnits, sortFew } from '../../../kernel/sort-few.ts'
import type { RuntimeContainer } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { StartFailure } from '../pods/container-lives.ts'
import { latestContainer, type PodRuntimeStatus } from '../pods/runtime-status.ts'
import { areEqual } from '../resize/amounts.ts'

/** Whether the next sync would start the container (again). Source: container/helpers.go, ShouldContainerBeRestarted. */
export function shouldBeRestarted(pod: Pod, spec: Container, status: PodRuntimeStatus): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false
  const container = latestContainer(status, spec.name)
  if (container === undefined) return true
  if (container.state === 'running') return false
  if (container.state === 'created') return true
  return mayRestart(spec, pod.spec, container.exitCode ?? 0)
}

export interface StatusSources {
  /** What stands before `://` in container ids. */
  readonly runtimeType: string
  readonly calendar: Calendar
  readonly facts: Pick<KubeletFacts, 'lastStateStays' | 'tellsMounts' | 'tellsResources'>
  readonly failureOf: (container: string) => StartFailure | undefined
}

/**
 * Statuses of the init containers or of the regular ones, from what the PLEG saw and what the status said before.
 * Source: kubelet_pods.go, convertToAPIContainerStatuses; facts/kubelet.md 8.6.
 */
export function containerStatuses(
  pod: Pod,
  status: PodRuntimeStatus,
  previous: readonly ContainerStatus[],
  containers: readonly Container[],
  isInit: boolean,
  sources: StatusSources,
): ContainerStatus[] {
  const hasInit = (pod.spec.initContainers?.length ?? 0) > 0
  const waitingReason = hasInit ? 'PodInitializing' : 'ContainerCreating'
  const statuses = containers.map((container) => {
    const { name } = container
    const seen = status.containers.filter((one) => one.config.name === name)
    const before = previous.find((one) => one.name === name)
    const now = baseStatus(pod, container, seen, before, waitingReason, sources)
    // A sidecar that ended well does not count as waiting either, though it will be started again.
    const isDone = isInit && seen[0]?.state === 'exited' && seen[0].exitCode === 0
    if (isDone || !shouldBeRestarted(pod, container, status)) return now
    const failure = sources.failureOf(name)
    if (failure === undefined) return now
    const lastState = now.state?.terminated === undefined ? now.lastState : now.state
    const waiting = { reason: failure.reason, ...(failure.message === '' ? {} : { message: failure.message }) }
    return { ...now, state: { waiting }, ...(lastState === undefined ? {} : { lastState }) }
  })
  // Init containers stand in the order of the spec, the others by name.
  if (!isInit) sortFew(statuses, (a, b) => byUnits(a.name, b.name))
  return statuses
}

function baseStatus(
  pod: Pod,
  container: Container,
  seen: readonly RuntimeContainer[],
  before: ContainerStatus | undefined,
  waitingReason: string,
  sources: StatusSources,
): ContainerStatus {
  const [latest, older] = seen
  if (latest === undefined) {
    // Containers that ended may be removed at any time: their last status stays.
    if (before?.state?.terminated !== undefined) return before
    const state: ContainerState = onePart({ waiting: onePart({ reason: waitingReason }) })
    return {
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: false,
      restartCount: before?.restartCount ?? 0,
      state,
      ...(sources.facts.tellsMounts ? mountsOf(container) : {}),
      ...(before?.lastState === undefined ? {} : { lastState: before.lastState }),
    }
  }
  const status: ContainerStatus = {
    name: container.name,
    image: latest.config.image,
    imageID: latest.imageId,
    containerID: flat(`${sources.runtimeType}://${latest.id}`),
    ready: false,
    restartCount: latest.config.attempt,
    state: stateOf(pod, latest, sources),
    ...(before?.volumeMounts === undefined ? {} : { volumeMounts: before.volumeMounts }),
    ...(sources.facts.tellsResources ? resourcesOf(container, latest) : {}),
  }
  const lastState = older === undefined ? endBefore(before, status, sources) : stateOf(pod, older, sources)
  return lastState === undefined ? status : { ...status, lastState }
}

/** The end before, of which the runtime no longer knows. Source: kubelet_pods.go, convertContainerStatus. */
function endBefore(
  before: ContainerStatus | undefined,
  { containerID }: ContainerStatus,
  { facts }: StatusSources,
): ContainerState | undefined {
  if (!facts.lastStateStays || before === undefined) return undefined
  const terminated = before.containerID === containerID ? undefined : before.state?.terminated
  return terminated === undefined ? before.lastState : { terminated }
}

/** They never change: later statuses take them from the first. No runtime here mounts all below a mount read-only. */
function mountsOf({ volumeMounts = [] }: Container): Pick<ContainerStatus, 'volumeMounts'> {
  if (volumeMounts.length === 0) return {}
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly = false }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
    })),
  }
}

/** What a container was given, and what it runs with. Source: kubelet_pods.go, convertContainerStatusResources. */
function resourcesOf(
  { resources = {} }: Container,
  { state, config }: RuntimeContainer,
): Pick<ContainerStatus, 'allocatedResources' | 'resources'> {
  const { requests = {} } = resources
  const allocated = Object.keys(requests).length === 0 ? {} : { allocatedResources: requests }
  const actual = state === 'running' ? config.resources : undefined
  return { ...allocated, resources: actual === undefined ? resources : withActual(resources, actual) }
}

/** No runtime knows requests of memory, and of others only CPU and memory count. */
function withActual(given: ResourceRequirements, actual: ResourceRequirements): ResourceRequirements {
  if (areEqual(given, actual)) return given
  const { limits, requests } = given
  return {
    ...given,
    ...(limits && { limits: { ...limits, ...amountsOf(actual.limits, ['cpu', 'memory']) } }),
    ...(requests && { requests: { ...requests, ...amountsOf(actual.requests, ['cpu']) } }),
  }
}

function amountsOf(amounts: Readonly<Record<string, string>> = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (amounts[name] === undefined ? [] : [[name, amounts[name]]])))
}

/**
 * When a container started that did not: in docker when it was made, in containerd at the zero that its status keeps. Sources:
 * dockershim/docker_container.go, ContainerStatus, case 2; kuberuntime_container.go, toKubeContainerStatus.
 */
function neverStarted({ state }: RuntimeContainer, runtimeType: string, createdAt: string | null): string | null {
  if (state !== 'exited') return null
  return runtimeType === 'docker' ? createdAt : rfc3339(0)
}

function stateOf(pod: Pod, container: RuntimeContainer, { calendar, runtimeType }: StatusSources): ContainerState {
  const at = (time: number | undefined) => (time === undefined ? null : rfc3339(calendar.at(time)))
  if (container.state === 'running') return onePart({ running: onePart({ startedAt: at(container.startedAt) }) })
  // A container that was made but not started counts as ended: a sync starts all that it makes.
  return {
    terminated: {
      exitCode: container.exitCode ?? 0,
      ...(container.reason === undefined ? {} : { reason: container.reason }),
      ...(container.message === undefined ? {} : { message: shortened(container.message, pod) }),
      startedAt: at(container.startedAt) ?? neverStarted(container, runtimeType, at(container.createdAt)),
      finishedAt: at(container.finishedAt),
      containerID: flat(`${runtimeType}://${container.id}`),
    },
  }
}

/** Bytes of last words in a Pod's status, for all its containers together. Source: pkg/kubelet/container/runtime.go, MaxPodTerminationMessageLogLength. */
const mostBytes = 12 * 1024

/** Source: status_manager.go, normalizeStatus. */
function shortened(message: string, { spec }: Pod): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec
  const share = Math.floor(mostBytes / (containers.length + initContainers.length + ephemeralContainers.length))
  // No letter takes more than three bytes for each of its units.
  if (message.length * 3 <= share) return message
  return utf8Text(utf8Bytes(message).subarray(0, share))
}
