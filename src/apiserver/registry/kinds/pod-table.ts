import { isSidecar } from '../../../api/pod-references.ts'
import type { ContainerStatus, Pod } from '../../../api/types/core.ts'
import { ageSince } from '../../../go/human-duration.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext, RowCondition, TableColumn } from '../strategy.ts'
import { ageColumn, column, nameColumn, nowMs } from './settings.ts'

/** Pods as rows of a table. Source: pkg/printers/internalversion/printers.go, printPod. */

/** The taint manager's mark on Pods of a node that is gone. Source: pkg/util/node/node.go, NodeUnreachablePodReason. */
const nodeLost = 'NodeLost'

export const podColumns: readonly TableColumn[] = [
  nameColumn,
  column('Ready', 'string', 'The aggregate readiness state of this pod for accepting traffic.'),
  column('Status', 'string', 'The aggregate status of the containers in this pod.'),
  column('Restarts', 'integer', 'The number of times the containers in this pod have been restarted.'),
  ageColumn,
  column(
    'IP',
    'string',
    'IP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
    1,
  ),
  column(
    'Node',
    'string',
    'NodeName is a request to schedule this pod onto a specific node. If it is non-empty, the scheduler simply schedules this pod onto that node, assuming that it fits resource requirements.',
    1,
  ),
  column(
    'Nominated Node',
    'string',
    'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.',
    1,
  ),
  column(
    'Readiness Gates',
    'string',
    'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/0007-pod-ready%2B%2B.md',
    1,
  ),
]

/** Restarts are told with the instant of the last from then on, so their cells are texts. */
export function podColumnsOf(minor: number): readonly TableColumn[] {
  return has(minor, apiServer.datesRestarts) ? datedColumns : podColumns
}

const datedColumns = podColumns.map((one) =>
  one.name === 'Restarts'
    ? {
        ...one,
        type: 'string',
        description:
          'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
      }
    : one,
)

/** Pods that have ended say so beside their cells. Source: printers.go, podSuccessConditions and podFailedConditions. */
export function podRowConditions({ status }: Pod): readonly RowCondition[] {
  const reason = status?.phase
  if (reason !== 'Succeeded' && reason !== 'Failed') return []
  const message = reason === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.'
  return [{ type: 'Completed', status: 'True', reason, message }]
}

interface Summary {
  readonly reason: string
  readonly restarts: number
  /** When the last of the containers that were restarted had ended; empty: unknown. */
  readonly lastRestart: string
  readonly ready: number
}

export function podRow(pod: Pod, context: RegistryContext): readonly (string | number)[] {
  const { status } = pod
  const summary = summarize(pod)
  let { reason } = summary
  if (pod.metadata.deletionTimestamp !== undefined) reason = status?.reason === nodeLost ? 'Unknown' : 'Terminating'
  const ip = status?.podIPs?.[0]?.ip || status?.podIP
  return [
    pod.metadata.name,
    `${summary.ready}/${(pod.spec.containers ?? []).length + sidecarsOf(pod).length}`,
    reason,
    restartsCell(summary, context),
    ageSince(pod.metadata.creationTimestamp, nowMs(context)),
    ip || '<none>',
    pod.spec.nodeName || '<none>',
    status?.nominatedNodeName || '<none>',
    readinessGates(pod),
  ]
}

function summarize(pod: Pod): Summary {
  const isGated = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  )
  const phase = isGated === true ? 'SchedulingGated' : pod.status?.reason || (pod.status?.phase ?? '')
  const statuses = pod.status?.initContainerStatuses ?? []
  const sidecars = sidecarsOf(pod)
  const ready = () => statuses.filter((one) => one.ready && one.started === true && sidecars.includes(one.name)).length
  const isInitialized = pod.status?.conditions?.some(({ type, status }) => type === 'Initialized' && status === 'True')
  if (sidecars.length === 0 || isInitialized !== true) {
    for (const [index, container] of statuses.entries()) {
      if (container.state?.terminated?.exitCode === 0) continue
      if (container.started === true && sidecars.includes(container.name)) continue
      const told = statuses.slice(0, index + 1)
      return { reason: initReason(pod, index, container), ready: ready(), ...restartsOf(told) }
    }
  }
  const told = [...statuses.filter(({ name }) => sidecars.includes(name)), ...(pod.status?.containerStatuses ?? [])]
  const summary = summarizeContainers(pod, phase)
  return { reason: summary.reason, ready: summary.ready + ready(), ...restartsOf(told) }
}

/** Names of the init containers that run as long as the Pod. */
function sidecarsOf({ spec }: Pod): readonly string[] {
  return (spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name)
}

function restartsOf(statuses: readonly ContainerStatus[]): Pick<Summary, 'restarts' | 'lastRestart'> {
  const ends = statuses.map(({ lastState }) => lastState?.terminated?.finishedAt ?? '')
  return {
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    lastRestart: ends.reduce((last, end) => (end > last ? end : last), ''),
  }
}

/** `1 (10s ago)`. Source: printers.go, printPod (v1.22 on). */
function restartsCell({ restarts, lastRestart }: Summary, context: RegistryContext): string | number {
  if (!has(context.minor, apiServer.datesRestarts)) return restarts
  if (restarts === 0 || lastRestart === '') return String(restarts)
  return `${restarts} (${ageSince(lastRestart, nowMs(context))} ago)`
}

function initReason(pod: Pod, index: number, { state }: ContainerStatus): string {
  const terminated = state?.terminated
  if (terminated !== undefined) {
    if (terminated.reason) return `Init:${terminated.reason}`
    return terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`
  }
  const waiting = state?.waiting?.reason
  if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`
  return `Init:${index}/${(pod.spec.initContainers ?? []).length}`
}

function summarizeContainers(pod: Pod, phase: string): Pick<Summary, 'reason' | 'ready'> {
  let reason = phase
  let ready = 0
  let hasRunning = false
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    const { waiting, terminated, running } = container.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated !== undefined) {
      reason =
        terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)
    } else if (container.ready && running !== undefined) {
      hasRunning = true
      ready++
    }
  }
  if (reason === 'Completed' && hasRunning) {
    const isReady = (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
    reason = isReady ? 'Running' : 'NotReady'
  }
  return { reason, ready }
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const conditions = pod.status?.conditions ?? []
  const met = gates.filter(
    (gate) => conditions.find((condition) => condition.type === gate.conditionType)?.status === 'True',
  )
  return `${met.length}/${gates.length}`
}
