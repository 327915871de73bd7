import type { TableColumn } from '../registry/strategy.ts'

/** Descriptions of columns that were written anew: what begins with the one now reads as the other. Recorded: v1.18 and v1.36. */
const texts: readonly (readonly [before: string, now: string])[] = [
  [
    'IP address allocated to the pod.',
    'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
  ],
  [
    'NodeName is a request to schedule this pod',
    'NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
  ],
  [
    'If specified, all readiness gates will be evaluated',
    'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
  ],
  [
    'Used to facilitate programmatic handling of secret data.',
    'Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types',
  ],
  [
    'List of addresses reachable to the node.',
    "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
  ],
  [
    'ContainerRuntime Version reported by the node',
    'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
  ],
]

/** A column with the description that it has from v1.36 on. */
export function withNewText(column: TableColumn): TableColumn {
  const found = texts.find(([before]) => column.description.startsWith(before))
  return found === undefined ? column : { ...column, description: found[1] }
}
