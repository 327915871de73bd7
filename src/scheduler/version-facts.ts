import type { Pod } from '../api/types/core.ts'
import { minute, second, type VirtualMs } from '../kernel/time.ts'
import type { VersionedFact } from '../versions/version.ts'

/** What changed in the scheduler between versions. v1.18: pkg/scheduler; later: facts/apiserver.md section 12. */

/** A Pod that waited this long is tried again though nothing happened. */
export const unschedulableTimeoutMs: VersionedFact<VirtualMs> = {
  source: 'pkg/scheduler/internal/queue/scheduling_queue.go, unschedulableQTimeInterval; facts/apiserver.md 9.4',
  initially: minute,
  since: [[23, 5 * minute]],
}

/** How often the queue looks for Pods whose back-off or time-out is over. */
export const queueTicks = { backoffMs: second, unschedulableMs: 30 * second } as const

/** Pause after a failure: doubles with each attempt. Source: scheduling_queue.go. */
export const podBackoff = { initialMs: second, maxMs: 10 * second } as const

/**
 * Whether a change of status alone sends a waiting Pod back to the active queue: v1.18 compared managedFields too, which
 * every write changes, so that the scheduler's own condition led to a second attempt at once (corrections.md, API server 11).
 */
export const statusChangeRequeues: VersionedFact<boolean> = {
  source: 'pkg/scheduler/internal/queue/scheduling_queue.go, isPodUpdated',
  initially: true,
  since: [[19, false]],
}

/** Whether condition and nominated node go into one PATCH; before, each was a PUT of the status. */
export const patchesStatus: VersionedFact<boolean> = {
  source: 'pkg/scheduler/scheduler.go, recordSchedulingFailure, updatePod',
  initially: false,
  since: [[19, true]],
}

/** Whether the message of a failure ends with what preemption found. */
export const tellsPreemption: VersionedFact<boolean> = {
  source: 'pkg/scheduler/framework/types.go, FitError.Error; facts/apiserver.md section 12',
  initially: false,
  since: [[24, true]],
}

export const unschedulableReason: VersionedFact<string> = {
  source: 'pkg/scheduler/framework/plugins/nodeunschedulable',
  initially: 'node(s) were unschedulable',
  since: [],
}

export const nodeAffinityReason: VersionedFact<string> = {
  source: 'pkg/scheduler/framework/plugins/nodeaffinity; facts/apiserver.md section 12',
  initially: "node(s) didn't match node selector",
  since: [
    [20, "node(s) didn't match Pod's node affinity"],
    [22, "node(s) didn't match Pod's node affinity/selector"],
  ],
}

export const nodeNameReason: VersionedFact<string> = {
  source: 'pkg/scheduler/framework/plugins/nodename; facts/apiserver.md section 12',
  initially: "node(s) didn't match the requested hostname",
  since: [[22, "node(s) didn't match the requested node name"]],
}

/** Given `{key: value}`. */
export const taintReason: VersionedFact<(taint: string) => string> = {
  source:
    'pkg/scheduler/framework/plugins/tainttoleration; facts/apiserver.md section 12; pull request 134740 (v1.34.2, too)',
  initially: (taint) => `node(s) had taint ${taint}, that the pod didn't tolerate`,
  since: [
    [24, (taint) => `node(s) had untolerated taint ${taint}`],
    [35, () => 'node(s) had untolerated taint(s)'],
  ],
}

/** Reasons of inter-pod affinity. Up to v1.21 each came with a general one. */
export const affinityReasons: VersionedFact<{
  readonly general: string | undefined
  readonly existing: string
  readonly affinity: string
  readonly antiAffinity: string
}> = {
  source: 'pkg/scheduler/framework/plugins/interpodaffinity/filtering.go',
  initially: {
    general: "node(s) didn't match pod affinity/anti-affinity",
    existing: "node(s) didn't satisfy existing pods anti-affinity rules",
    affinity: "node(s) didn't match pod affinity rules",
    antiAffinity: "node(s) didn't match pod anti-affinity rules",
  },
  since: [
    [
      22,
      {
        general: undefined,
        existing: "node(s) didn't satisfy existing pods anti-affinity rules",
        affinity: "node(s) didn't match pod affinity rules",
        antiAffinity: "node(s) didn't match pod anti-affinity rules",
      },
    ],
  ],
}

export const topologySpreadReasons: VersionedFact<{ readonly skew: string; readonly missingLabel: string }> = {
  source: 'pkg/scheduler/framework/plugins/podtopologyspread/plugin.go',
  initially: {
    skew: "node(s) didn't match pod topology spread constraints",
    missingLabel: "node(s) didn't match pod topology spread constraints",
  },
  since: [
    [
      20,
      {
        skew: "node(s) didn't match pod topology spread constraints",
        missingLabel: "node(s) didn't match pod topology spread constraints (missing required label)",
      },
    ],
  ],
}

/** Whether `preemptionPolicy: Never` is looked at (gate NonPreemptingPriority). */
export const honoursPreemptionPolicy: VersionedFact<boolean> = {
  source: 'pkg/features/kube_features.go, NonPreemptingPriority',
  initially: false,
  since: [[19, true]],
}

/** What the event of a victim calls the Pod that took its place. */
export const preemptorInEvent: VersionedFact<(pod: Pod) => string> = {
  source: 'pkg/scheduler/scheduler.go, preempt; facts/apiserver.md 9.4',
  initially: ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
  since: [[26, ({ metadata }) => `pod ${metadata.uid}`]],
}

/** What a Pod is told when there are no nodes at all. */
export const noNodesMessage: VersionedFact<string> = {
  source: 'pkg/scheduler/core/generic_scheduler.go, ErrNoNodesAvailable',
  initially: 'no nodes available to schedule pods',
  since: [],
}

/** Of a volume that a node cannot reach. */
export const volumeAffinityReason: VersionedFact<string> = {
  source:
    'pkg/scheduler/framework/plugins/volumebinding/binder.go, ErrReasonNodeConflict; pull request 129887; as told by clusters of v1.34.2 and later',
  initially: 'node(s) had volume node affinity conflict',
  since: [[34, "node(s) didn't match PersistentVolume's node affinity"]],
}

const oneByOne = (reason: string, nodes: number) => `0/${nodes} nodes are available: ${nodes} ${reason}.`
const unhelpful = (nodes: number) =>
  `preemption: 0/${nodes} nodes are available: ${nodes} Preemption is not helpful for scheduling`

/**
 * What a Pod is told that no node can take, whichever, for its claims are not as they should be. Undefined: the reason alone. Since v1.34
 * the plugin of dynamic resources, which has not begun by then, ends the message.
 */
export const claimMessage: VersionedFact<((reason: string, nodes: number) => string) | undefined> = {
  source:
    'pkg/scheduler/core/generic_scheduler.go, Schedule (pull request 92797); framework/types.go, FitError.Error (pull request 110894); dynamicresources.go, PostFilter; as told by clusters of these versions',
  initially: undefined,
  since: [
    [20, oneByOne],
    [24, (reason, nodes) => `${oneByOne(reason, nodes)} ${unhelpful(nodes)}.`],
    [26, (reason, nodes) => `0/${nodes} nodes are available: ${reason}. ${unhelpful(nodes)}..`],
    [28, (reason, nodes) => `0/${nodes} nodes are available: ${reason}. ${unhelpful(nodes)}.`],
    [34, (reason, nodes) => `0/${nodes} nodes are available: ${reason}. not found`],
  ],
}

/** Source: as above, PreFilter; up to v1.18 the first node that was looked at. */
export const unboundClaims = 'pod has unbound immediate PersistentVolumeClaims'

/** An error of the plugin that ends the attempt. Source: pkg/scheduler/framework/v1alpha1/framework.go, RunFilterPlugins. */
export function volumeFilterError({ metadata }: Pod, error: string): string {
  return `running "VolumeBinding" filter plugin for pod ${JSON.stringify(metadata.name)}: ${error}`
}

/** What a Pod is told whose volumes did not come in time, or not at all. */
export const preBindWords: VersionedFact<{
  /** Before what is seen while they are waited for. */
  readonly binding: string
  readonly timeout: string
  failed(pod: Pod, error: string): string
}> = {
  source:
    'pkg/scheduler/scheduler.go, bindVolumes; since v1.19 framework, RunPreBindPlugins; volumebinding/binder.go, BindPodVolumes (dates between v1.18 and v1.28)',
  initially: {
    binding: 'Failed to bind volumes: ',
    timeout: 'timed out waiting for the condition',
    failed: (_pod, error) => error,
  },
  since: [
    [
      19,
      {
        binding: 'Failed to bind volumes: ',
        timeout: 'timed out waiting for the condition',
        failed: ({ metadata }, error) =>
          `error while running "VolumeBinding" prebind plugin for pod ${JSON.stringify(metadata.name)}: ${error}`,
      },
    ],
    [
      21,
      {
        binding: 'binding volumes: ',
        timeout: 'timed out waiting for the condition',
        failed: (_pod, error) => `running PreBind plugin "VolumeBinding": ${error}`,
      },
    ],
    [
      27,
      {
        binding: 'binding volumes: ',
        timeout: 'context deadline exceeded',
        failed: (_pod, error) => `running PreBind plugin "VolumeBinding": ${error}`,
      },
    ],
  ],
}
