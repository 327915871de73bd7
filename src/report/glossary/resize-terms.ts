import type { TermFacts } from './term.ts'

const manager = 'pkg/kubelet/allocation/allocation_manager.go'

/** What is told of Pods that get other amounts of CPU and memory while they run. */
export const resizeEvents: Readonly<Record<string, TermFacts>> = {
  ResizeStarted: {
    means: 'The node has room for what the Pod was resized to, and gives it to its containers.',
    when: 'From v1.35 on, after a change of `pods/resize`.',
    source: `${manager}, handlePodResourcesResize`,
    related: ['PodResizeInProgress', 'ResizeCompleted'],
  },
  ResizeCompleted: {
    means: 'The containers of the Pod have what it was resized to.',
    when: 'From v1.34 on.',
    source: 'pkg/kubelet/kubelet.go, SyncPod',
    related: ['ResizeStarted'],
  },
  ResizeDeferred: {
    means: 'The node has no room now for what the Pod was resized to; the Pod keeps what it had.',
    when: 'From v1.35 on. The kubelet looks again when other Pods end or take less.',
    source: `${manager}, handlePodResourcesResize`,
    related: ['Deferred', 'PodResizePending'],
  },
  ResizeInfeasible: {
    means: 'The node can never have what the Pod was resized to; the Pod keeps what it had until it is resized anew.',
    when: 'From v1.35 on.',
    source: `${manager}, handlePodResourcesResize`,
    related: ['Infeasible', 'PodResizePending'],
  },
  ResizeError: {
    means:
      'What was given to the Pod could not be put into effect: a container uses more memory than that. It is tried again.',
    when: 'From v1.35 on.',
    source: 'pkg/kubelet/kubelet.go, SyncPod',
    related: ['PodResizeInProgress'],
  },
}

/** Causes in the API server's answer to a resize (v1.36 on). */
export const resizeCauses: Readonly<Record<string, TermFacts>> = {
  NodeCapacity: {
    means: 'The Pod is to have more than its node could ever give it: the resize is refused.',
    source: 'plugin/pkg/admission/podresize/admission.go, ReasonNodeCapacity',
    related: ['ResizeInfeasible', 'Infeasible'],
  },
  UnsupportedPlatform: {
    means: 'The node of the Pod does not run Linux, and cannot resize it.',
    source: 'plugin/pkg/admission/podresize/admission.go, ReasonUnsupportedPlatform',
    related: ['NodeCapacity'],
  },
}

/** Conditions of such Pods. */
export const resizeConditionTerms: Readonly<Record<string, TermFacts>> = {
  PodResizePending: {
    means: 'The Pod is to have other amounts of CPU and memory than its node has given it so far.',
    when: 'From v1.33 on, until the node has room or the Pod is resized anew.',
    source: 'pkg/apis/core/types.go, PodResizePending',
    related: ['Deferred', 'Infeasible'],
  },
  PodResizeInProgress: {
    means: 'The node has given the Pod what it was resized to, and its containers do not have it yet.',
    when: 'Mostly for less than a second.',
    source: 'pkg/apis/core/types.go, PodResizeInProgress',
    related: ['PodResizePending'],
  },
}

/** Why such a Pod waits. */
export const resizeStates: Readonly<Record<string, TermFacts>> = {
  Deferred: {
    means: 'A resize waits until the node has room for it.',
    source: 'pkg/apis/core/types.go, PodReasonDeferred',
    related: ['PodResizePending', 'Infeasible'],
  },
  Infeasible: {
    means: 'A resize asks for more than the node ever has.',
    source: 'pkg/apis/core/types.go, PodReasonInfeasible',
    related: ['PodResizePending', 'Deferred'],
  },
  ResizePodInPlaceError: {
    means: 'The containers of a Pod could not be given what it was resized to.',
    source: 'pkg/kubelet/container/sync_result.go, ErrResizePodInPlace',
    related: ['ResizeError'],
  },
}
