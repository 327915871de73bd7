import { resources } from '../../src/client/client.ts'
import { rfc3339, rfc3339Micro } from '../../src/kernel/calendar.ts'
import { readyNode } from './recorded-control-plane.ts'
import type { TimelineCluster } from './timeline-cluster.ts'
import type { TimelineFile } from './timeline-format.ts'

/** Two of them, so that the loss of one node is never that of more than half. */
const names = ['neighbour-1', 'neighbour-2'] as const
/** A kubelet renews its lease as often. */
const renewalMs = 10_000
/** Nodes that are silent for less are not missed: the least grace, but for a look of the node monitor. Seconds. */
const missedAfter = 35
const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }

/**
 * The scenarios of the recordings ran side by side, on up to ninety nodes (README-timelines.md, "Resolution and noise"): a node that was
 * gone for long was one of many, and not the whole of its zone. Others are there, on which nothing runs.
 */
export function addNeighbours(cluster: TimelineCluster, file: TimelineFile): void {
  if (file.nodes.length > 1 || !isMissed(file)) return
  const { kernel, calendar, controlPlane, outage } = cluster
  const ask = (verb: 'create' | 'patch', resource: typeof leases, body: object, place: object): void => {
    const patchType = verb === 'patch' ? { patchType: 'application/merge-patch+json' as const } : {}
    controlPlane.server.handle({ user: cluster.admin.user, verb, resource, body, ...patchType, ...place })
  }
  const renewTime = () => rfc3339Micro(calendar.at(kernel.now()))
  const renew = (): void => {
    for (const name of names)
      if (!outage.isOn)
        ask('patch', leases, { spec: { renewTime: renewTime() } }, { namespace: 'kube-node-lease', name })
    kernel.schedule(renewalMs, renew)
  }
  for (const name of names) {
    const whole = readyNode(name, rfc3339(calendar.at(kernel.now())))
    ask('create', resources.nodes, { ...whole, spec: { unschedulable: true } }, {})
    const metadata = { name, namespace: 'kube-node-lease' }
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: renewTime() }
    ask('create', leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }, metadata)
  }
  kernel.schedule(renewalMs, renew)
}

/** Whether a kubelet stays away for so long that its node is given up, while the server is there. */
function isMissed({ timeline }: TimelineFile): boolean {
  const operator = timeline.filter(({ actor }) => actor === 'operator')
  return operator.some(({ t, what, detail }, at) => {
    if (what !== 'kubelet stop' && !what.startsWith('node goes down')) return false
    const back = operator.slice(at).find((row) => row.detail.node === detail.node && row.what.includes('kubelet start'))
    return (back?.t ?? Number.POSITIVE_INFINITY) - t > missedAfter
  })
}
