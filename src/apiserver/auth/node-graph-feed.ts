import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { StoredResource } from '../store.ts'
import type { NodeGraph } from './node-graph.ts'

/** How long after a write the Node authorizer's own informer hears of it. */
export type GraphDelay = (object: KubeObject) => VirtualMs

/** Objects of a resource that the graph knows. */
export interface GraphList {
  readonly resource: StoredResource
  readonly objects: readonly KubeObject[]
}

/** Tells the Node authorizer's graph of writes. */
export interface GraphFeed {
  observe(resource: StoredResource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void
  /** The same of what it knew long ago, in a cluster that goes on from another. */
  observeKnown(resource: StoredResource, object: KubeObject): void
  /** The server is another process: it knows nothing until it has listed, `listMs` from now. */
  beginAnew(lists: () => readonly GraphList[], listMs: VirtualMs): void
}

/** Resources that the graph is made of. */
export const graphResources: readonly StoredResource[] = [
  'pods',
  'persistentvolumes',
  'volumeattachments.storage.k8s.io',
]

/**
 * Feeds the graph as the API server's informers do: in order, and a little late, so that a kubelet which is quick may
 * get a transient 403 for a Pod that was just bound to it (corrections.md, kubelet 7). Without delay it is at once.
 * Source: plugin/pkg/auth/authorizer/node/graph_populator.go.
 */
export function createGraphFeed(kernel: Kernel, graph: NodeGraph, delay: GraphDelay | undefined): GraphFeed {
  /** A new process has not listed yet: what happens meanwhile will be in its lists. */
  let isListing = false
  let lastAt = 0
  let waiting = 0
  /** Pods that were passed on, by uid: what a bound Pod refers to never changes, so its updates are not news. */
  const boundTo = new Map<string, string>()
  const isNews = (type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: Pod): boolean => {
    const { uid } = pod.metadata
    const node = pod.spec.nodeName
    if (!node) return false
    if (uid === undefined) return true
    if (type === 'DELETED') return boundTo.delete(uid)
    if (boundTo.get(uid) === node) return false
    boundTo.set(uid, node)
    return true
  }
  const isOfUse = (resource: StoredResource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): boolean =>
    resource !== 'pods' || isNews(type, object as Pod) // objects of this resource are Pods
  return {
    beginAnew(lists, listMs) {
      graph.clear()
      boundTo.clear()
      isListing = true
      kernel.schedule(listMs, () => {
        isListing = false
        for (const { resource, objects } of lists())
          for (const object of objects)
            if (isOfUse(resource, 'ADDED', object)) changeOf(graph, resource, 'ADDED', object)?.()
      })
    },
    observeKnown(resource, object) {
      if (isOfUse(resource, 'ADDED', object)) changeOf(graph, resource, 'ADDED', object)?.()
    },
    observe(resource, type, object) {
      if (isListing) return
      if (!isOfUse(resource, type, object)) return
      const change = changeOf(graph, resource, type, object)
      if (change === undefined) return
      // What goes only follows what came: nobody asks on behalf of it.
      const wanted = delay === undefined || type === 'DELETED' ? 0 : delay(object)
      const at = Math.max(lastAt, kernel.now() + wanted)
      if (at === kernel.now() && waiting === 0) return change()
      lastAt = at
      waiting++
      kernel.schedule(at - kernel.now(), () => {
        waiting--
        change()
      })
    },
  }
}

function changeOf(
  graph: NodeGraph,
  resource: StoredResource,
  type: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: KubeObject,
): (() => void) | undefined {
  const gone = type === 'DELETED'
  const { name, namespace = '' } = object.metadata
  if (resource === 'pods') {
    return gone ? () => graph.deletePod(namespace, name) : () => graph.setPod(object as Pod)
  }
  if (resource === 'persistentvolumes') {
    return gone ? () => graph.deleteVolume(name) : () => graph.setVolume(object)
  }
  if (resource === 'volumeattachments.storage.k8s.io') {
    return gone ? () => graph.deleteAttachment(name) : () => graph.setAttachment(object)
  }
  return undefined
}
