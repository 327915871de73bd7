import type { Node, NodeCondition } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { nodeCondition } from './taints.ts'
import type { ZoneEvent } from './zone.machine.ts'

export interface Lease extends KubeObject {
  readonly spec?: { readonly renewTime?: string }
}

/** Where kubelets keep their leases. Source: core/v1 types.go, NamespaceNodeLease. */
export const leaseNamespace = 'kube-node-lease'

/** What the controller remembers of a node. Source: node_lifecycle_controller.go, nodeHealthData. */
export interface NodeHealth {
  /** When a look last found a sign of life. */
  probedAt: VirtualMs
  ready: NodeCondition | undefined
  renewTime: string | undefined
}

/** Types that become Unknown together. Source: tryUpdateNodeHealth. */
const conditionTypes = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The conditions of a node that nothing was heard of for too long. */
export function unknownConditions(node: Node, now: string): readonly NodeCondition[] {
  const conditions = [...(node.status?.conditions ?? [])]
  for (const type of conditionTypes) {
    const at = conditions.findIndex((condition) => condition.type === type)
    const known = conditions[at]
    if (known === undefined) {
      const lastHeartbeatTime = node.metadata.creationTimestamp ?? now
      conditions.push({
        type,
        status: 'Unknown',
        lastHeartbeatTime,
        lastTransitionTime: now,
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      })
    } else if (known.status !== 'Unknown') {
      conditions[at] = {
        ...known,
        status: 'Unknown',
        lastTransitionTime: now,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }
    }
  }
  return conditions
}

/** Takes in what the node says of itself. Source: tryUpdateNodeHealth, the cases at its top. */
export function observe(health: NodeHealth | undefined, node: Node, now: VirtualMs, createdAt: VirtualMs): NodeHealth {
  const ready = nodeCondition(node, 'Ready')
  if (health === undefined) return { probedAt: ready === undefined ? createdAt : now, ready, renewTime: undefined }
  const hasAppeared = (health.ready === undefined) !== (ready === undefined)
  const hasBeaten = ready !== undefined && health.ready?.lastHeartbeatTime !== ready.lastHeartbeatTime
  if (hasAppeared || hasBeaten) health.probedAt = now
  health.ready = ready
  return health
}

/** Region and zone; empty for a node that says neither. Source: pkg/util/node/node.go, GetZoneKey. */
export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'] ?? ''
  const region = labels['failure-domain.beta.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'] ?? ''
  return zone === '' && region === '' ? '' : `${region}:\u0000:${zone}`
}

/** What so many ready nodes and others make of their zone. Source: ComputeZoneState. */
export function zoneVerdict(ready: number, notReady: number, threshold: number): ZoneEvent['type'] {
  if (ready === 0 && notReady > 0) return 'lost'
  if (notReady > 2 && notReady / (notReady + ready) >= threshold) return 'disrupted'
  return 'well'
}
