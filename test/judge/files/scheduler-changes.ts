import type { Node, Pod } from '../../../src/api/types/core.ts'
import type { ResourceRef } from '../../../src/api/types/meta.ts'
import { resources } from '../../../src/client/client.ts'

export type Change =
  | { readonly kind: 'create'; readonly resource: ResourceRef; readonly object: object }
  | {
      readonly kind: 'patch' | 'delete'
      readonly resource: ResourceRef
      readonly name: string
      readonly namespace?: string
      readonly object?: object
    }

interface Waiting {
  readonly namespace: string
  readonly nodes?: readonly Node[]
  readonly existingPods?: readonly Pod[]
  readonly pods?: readonly Pod[]
}

/** The least change after which the last Pod of a vector fits on `nodeName`: vectors of retries do not tell it. */
export function explainingChange(vector: Waiting, nodeName: string): Change | undefined {
  const pod = vector.pods?.at(-1)
  const node = vector.nodes?.find(({ metadata }) => metadata.name === nodeName)
  const pattern = vector.nodes?.[0]
  if (pod === undefined) return undefined
  if (node === undefined) return pattern === undefined ? undefined : newNode(pattern, pod, nodeName)
  const at = { kind: 'patch', resource: resources.nodes, name: nodeName } as const
  if (node.spec?.unschedulable === true) return { ...at, object: { spec: { unschedulable: null } } }
  const taints = node.spec?.taints ?? []
  if (taints.length > 0) return { ...at, object: { spec: { taints: null } } }
  const lacking = Object.entries(pod.spec.nodeSelector ?? {}).filter(
    ([key, value]) => node.metadata.labels?.[key] !== value,
  )
  if (lacking.length > 0) return { ...at, object: { metadata: { labels: Object.fromEntries(lacking) } } }
  const neighbour = vector.existingPods?.find(({ spec }) => spec.nodeName === nodeName)
  if (neighbour !== undefined)
    return {
      kind: 'delete',
      resource: resources.pods,
      name: neighbour.metadata.name,
      namespace: neighbour.metadata.namespace ?? vector.namespace,
    }
  const amounts = node.status?.allocatable ?? {}
  return { ...at, object: { status: { allocatable: { ...amounts, ...ample } } } }
}

const ample = { cpu: '64', memory: '256Gi' }

/** As the nodes that are there, with room for the Pod and the labels that it asks for. */
function newNode(pattern: Node, pod: Pod, name: string): Change {
  const labels = { ...pattern.metadata.labels, ...pod.spec.nodeSelector, 'kubernetes.io/hostname': name }
  const amounts = { ...pattern.status?.allocatable, ...ample }
  const status = { ...pattern.status, capacity: amounts, allocatable: amounts }
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status }
  return { kind: 'create', resource: resources.nodes, object }
}
