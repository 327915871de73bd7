import type { DeleteOptions, KubeList, KubeObject, ResourceRef, Status, WatchEvent } from '../api/types/meta.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** Who asks. Source: k8s.io/apiserver pkg/authentication/user. */
export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
}

/** Why a request failed: the server refused it, or it never got an answer. */
export type RequestError =
  | { readonly kind: 'status'; readonly status: Status }
  /** The message as client-go gives it, such as `dial tcp 10.96.0.1:443: connect: connection refused`. */
  | {
      readonly kind: 'network'
      readonly message: string
      /** What happened to the connection, for callers that tell these apart. */
      readonly cause?: 'refused' | 'timeout' | 'broken'
    }

export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: RequestError }

/** Called once, in a kernel event of its own, when the answer arrives (or is known never to come). */
export type Done<T> = (reply: Reply<T>) => void

export interface ObjectKey {
  /** Absent for cluster-scoped resources. */
  readonly namespace?: string
  readonly name: string
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** `'0'`: whatever the server's cache has; absent: the newest. */
  readonly resourceVersion?: string
  readonly limit?: number
  readonly continue?: string
}

export interface WatchOptions extends ListOptions {
  /** WatchList: begin with what is there, then a bookmark that says so (v1.34 on). */
  readonly sendInitialEvents?: boolean
  readonly timeoutSeconds?: number
  readonly allowWatchBookmarks?: boolean
  /** Who renews the watch whenever its time is over, from where it stopped: then that need not happen event by event. */
  readonly renewal?: WatchRenewal
}

/** How a client renews a watch: what a clean end of the old one would have made it do. */
export interface WatchRenewal {
  /** Latencies of this watch are drawn from it. */
  readonly random: RandomStream
  /** The watch has ended at `at` and is asked for again with these options; it is not open before `opened` is called. */
  renew(at: VirtualMs): WatchOptions
}

export interface WatchHandlers<T extends KubeObject> {
  /** Called when the server has accepted the watch, before any event. */
  opened?(): void
  event(event: WatchEvent<T>): void
  /** Called once when the watch is over: a clean end (undefined), or why it could not be opened or broke. */
  closed(error: RequestError | undefined): void
  /** Between server and link: a renewal of this watch might be answered in another way than the watch was. */
  disturbed?(): void
}

/** An open watch, or one being opened. */
export interface WatchHandle {
  /** Ends the watch from the client's side; no handler is called any more. */
  stop(): void
  /** Of a server's watch that is renewed: it does not end before it is told when. */
  endAt?(at: VirtualMs): void
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml'

/**
 * The API as components of the cluster use it: requests go over a link that takes virtual time and may fail, answers
 * come to `done`. Objects that come back are the server's own, frozen: never change one, make a new one.
 */
export interface Client {
  readonly user: UserInfo
  get<T extends KubeObject>(
    resource: ResourceRef,
    key: ObjectKey,
    options: { readonly resourceVersion?: string },
    done: Done<T>,
  ): void
  list<T extends KubeObject>(resource: ResourceRef, options: ListOptions, done: Done<KubeList<T>>): void
  watch<T extends KubeObject>(resource: ResourceRef, options: WatchOptions, handlers: WatchHandlers<T>): WatchHandle
  /** `subresource` as in paths: `binding`, `token`, `eviction`. The answer of some is not of the object's own kind. */
  create<T extends KubeObject>(
    resource: ResourceRef,
    object: object,
    done: Done<T>,
    options?: { readonly namespace?: string; readonly name?: string; readonly subresource?: string },
  ): void
  update<T extends KubeObject>(
    resource: ResourceRef,
    object: T,
    done: Done<T>,
    options?: { readonly subresource?: string },
  ): void
  patch<T extends KubeObject>(
    resource: ResourceRef,
    key: ObjectKey,
    type: PatchType,
    body: unknown,
    done: Done<T>,
    options?: { readonly subresource?: string },
  ): void
  delete(resource: ResourceRef, key: ObjectKey, options: DeleteOptions, done: Done<KubeObject | Status>): void
  /** Deletes all that `list` selects. */
  deleteCollection(
    resource: ResourceRef,
    list: ListOptions,
    options: DeleteOptions,
    done: Done<KubeObject | Status>,
  ): void
}

/** The resources that podsim's own components speak of. */
export const resources = {
  pods: { group: '', version: 'v1', resource: 'pods' },
  secrets: { group: '', version: 'v1', resource: 'secrets' },
  configMaps: { group: '', version: 'v1', resource: 'configmaps' },
  namespaces: { group: '', version: 'v1', resource: 'namespaces' },
  nodes: { group: '', version: 'v1', resource: 'nodes' },
  serviceAccounts: { group: '', version: 'v1', resource: 'serviceaccounts' },
  services: { group: '', version: 'v1', resource: 'services' },
  events: { group: '', version: 'v1', resource: 'events' },
  leases: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
  replicationControllers: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  resourceQuotas: { group: '', version: 'v1', resource: 'resourcequotas' },
  endpoints: { group: '', version: 'v1', resource: 'endpoints' },
  replicaSets: { group: 'apps', version: 'v1', resource: 'replicasets' },
  deployments: { group: 'apps', version: 'v1', resource: 'deployments' },
  statefulSets: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  daemonSets: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  controllerRevisions: { group: 'apps', version: 'v1', resource: 'controllerrevisions' },
  jobs: { group: 'batch', version: 'v1', resource: 'jobs' },
  podDisruptionBudgets: { group: 'policy', version: 'v1beta1', resource: 'poddisruptionbudgets' },
} as const satisfies Record<string, ResourceRef>
