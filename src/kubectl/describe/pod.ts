import { at, listAt, numberAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { rfc1123, since } from '../print/duration.ts'
import {
  type Describing,
  describeController,
  describeLabels,
  describeMeta,
  describeOwnEvents,
  describeTolerations,
} from './common.ts'
import { describeContainers } from './containers.ts'
import { qosClass } from './qos.ts'
import { describeVolumes } from './volumes.ts'
import type { DescribeWriter } from './writer.ts'

/** Source: kubectl pkg/describe/describe.go, describePod. */
export function* describePod(d: Describing): Steps<void> {
  const { session, w, object: pod } = d
  w.field(0, 'Name', textAt(pod, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(pod, 'metadata', 'namespace'))
  const priority = at(pod, 'spec', 'priority')
  if (typeof priority === 'number') w.field(0, 'Priority', priority)
  optional(w, 'Priority Class Name', textAt(pod, 'spec', 'priorityClassName'))
  if (session.version.describesRuntimeClass) optional(w, 'Runtime Class Name', textAt(pod, 'spec', 'runtimeClassName'))
  if (session.version.describesServiceAccount) optional(w, 'Service Account', textAt(pod, 'spec', 'serviceAccountName'))
  const node = textAt(pod, 'spec', 'nodeName')
  w.field(0, 'Node', node === '' ? '<none>' : `${node}/${textAt(pod, 'status', 'hostIP')}`)
  if (textAt(pod, 'status', 'startTime') !== '') w.field(0, 'Start Time', rfc1123(at(pod, 'status', 'startTime')))
  describeMeta(d)
  describePhase(d)
  w.field(0, 'IP', textAt(pod, 'status', 'podIP'))
  describeIps(w, listAt(pod, 'status', 'podIPs'))
  describeController(w, pod)
  optional(w, 'NominatedNodeName', textAt(pod, 'status', 'nominatedNodeName'))
  const init = listAt(pod, 'spec', 'initContainers')
  if (init.length > 0)
    describeContainers(w, 'Init Containers', init, listAt(pod, 'status', 'initContainerStatuses'), pod, '')
  describeContainers(
    w,
    'Containers',
    listAt(pod, 'spec', 'containers'),
    listAt(pod, 'status', 'containerStatuses'),
    pod,
    '',
  )
  const ephemeral = listAt(pod, 'spec', 'ephemeralContainers')
  if (ephemeral.length > 0) {
    describeContainers(
      w,
      'Ephemeral Containers',
      ephemeral,
      listAt(pod, 'status', 'ephemeralContainerStatuses'),
      pod,
      '',
    )
  }
  describeConditions(w, pod)
  describeVolumes(session, w, listAt(pod, 'spec', 'volumes'), '')
  w.field(0, 'QoS Class', textAt(pod, 'status', 'qosClass') || qosClass(pod))
  describeLabels(w, 'Node-Selectors', at(pod, 'spec', 'nodeSelector'))
  describeTolerations(session, w, 'Tolerations', listAt(pod, 'spec', 'tolerations'))
  const mirror = textAt(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror')
  yield* describeOwnEvents(d, { kind: '', ...(mirror === '' ? {} : { uids: [mirror] }) })
}

function optional(w: DescribeWriter, label: string, text: string): void {
  if (text !== '') w.field(0, label, text)
}

function describePhase({ session, w, object: pod }: Describing): void {
  const phase = textAt(pod, 'status', 'phase')
  const ended = session.version.endedPodsAreNotTerminating && (phase === 'Failed' || phase === 'Succeeded')
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== '' && !ended) {
    w.field(0, 'Status', `Terminating (lasts ${since(at(pod, 'metadata', 'deletionTimestamp'), session.host.now())})`)
    w.field(0, 'Termination Grace Period', `${numberAt(pod, ['metadata', 'deletionGracePeriodSeconds'])}s`)
  } else w.field(0, 'Status', phase)
  optional(w, 'Reason', textAt(pod, 'status', 'reason'))
  optional(w, 'Message', textAt(pod, 'status', 'message'))
  if (!session.version.describesSeccompProfile) return
  const profile = textAt(pod, 'spec', 'securityContext', 'seccompProfile', 'type')
  optional(w, 'SeccompProfile', profile)
  if (profile === 'Localhost')
    w.field(0, 'LocalhostProfile', textAt(pod, 'spec', 'securityContext', 'seccompProfile', 'localhostProfile'))
}

function describeIps(w: DescribeWriter, ips: readonly unknown[]): void {
  if (ips.length === 0) w.field(0, 'IPs', '<none>')
  else w.line(0, 'IPs:')
  for (const ip of ips) w.field(1, 'IP', textAt(ip, 'ip'))
}

function describeConditions(w: DescribeWriter, pod: unknown): void {
  const conditions = listAt(pod, 'status', 'conditions')
  const gates = listAt(pod, 'spec', 'readinessGates')
  if (gates.length > 0) w.line(0, 'Readiness Gates:\n  Type\tStatus')
  for (const gate of gates) {
    const type = textAt(gate, 'conditionType')
    const found = conditions.find((condition) => textAt(condition, 'type') === type)
    w.line(1, `${type} \t${found === undefined ? '<none>' : textAt(found, 'status')} `)
  }
  if (conditions.length === 0) return
  w.line(0, 'Conditions:\n  Type\tStatus')
  for (const condition of conditions) w.line(1, `${textAt(condition, 'type')} \t${textAt(condition, 'status')} `)
}
