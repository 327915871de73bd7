import type { Node, Pod } from '../api/types/core.ts'

/** Why the API server cannot ask a node about its Pods. */
export interface NodeProblem {
  readonly ok: false
  readonly reason: string
  readonly message: string
}

/** A node that only the API knows. Sources: pkg/kubelet/client/kubelet_client.go, GetConnectionInfo; pkg/util/node/node.go, GetPreferredNodeAddress. */
export function nodeProblem(pod: Pod | undefined, nodeOf: (name: string) => Node | undefined): NodeProblem | undefined {
  const name = pod?.spec.nodeName ?? ''
  if (name === '') return undefined
  const node = nodeOf(name)
  if (node === undefined) return { ok: false, reason: 'NotFound', message: `nodes "${name}" not found` }
  if ((node.status?.addresses ?? []).length > 0) return undefined
  return { ok: false, reason: 'Unknown', message: 'no preferred addresses found; known addresses: []' }
}
