import type { Secret } from '../api/types/core.ts'
import type { RequestHandler, StoreObserver } from '../apiserver/create-api-server.ts'
import type { Client } from '../client/client.ts'
import type { NodeFs } from '../fs/node-fs.ts'
import type { ContainerRuntime } from '../node/runtime/cri.ts'
import type { ObjectManager } from '../node/secrets/object-manager.ts'

/**
 * Where something may be put before a part of the cluster, to look at what passes: invariants do, and tests that want a
 * part to misbehave. Each gets the part and gives back what the others shall use in its place.
 */
export interface ClusterSeams {
  /** Told of every write to the store, before any watcher is. */
  readonly written?: StoreObserver
  /** Requests of components and over HTTP alike, watches left out. */
  readonly requests?: (handle: RequestHandler) => RequestHandler
  readonly client?: (client: Client) => Client
  readonly fs?: (fs: NodeFs, node: string) => NodeFs
  readonly runtime?: (runtime: ContainerRuntime, node: string) => ContainerRuntime
  /** The manager of a kubelet's Secrets: a new one at each start. */
  readonly secrets?: (manager: ObjectManager<Secret>, node: string) => ObjectManager<Secret>
}

/** Several, each before those that come earlier in the list. */
export function stackSeams(...layers: readonly ClusterSeams[]): ClusterSeams {
  return {
    written: (resource, event) => {
      for (const { written } of layers) written?.(resource, event)
    },
    requests: (handle) => layers.reduce((below, { requests }) => requests?.(below) ?? below, handle),
    client: (client) => layers.reduce((below, layer) => layer.client?.(below) ?? below, client),
    fs: (fs, node) => layers.reduce((below, layer) => layer.fs?.(below, node) ?? below, fs),
    runtime: (runtime, node) => layers.reduce((below, layer) => layer.runtime?.(below, node) ?? below, runtime),
    secrets: (manager, node) => layers.reduce((below, layer) => layer.secrets?.(below, node) ?? below, manager),
  }
}
