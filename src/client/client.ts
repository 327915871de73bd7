import { Observable, type Subscriber, type Unsubscribable } from 'rxjs'
import type { DeleteOptions, KubeList, KubeObject, ResourceRef, Status, WatchEvent } from '../api/types/meta.ts'
import type { Once } from '../kernel/once.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { Outcome } from '../kernel/steps.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RestingServerWatch, RestingWatch } from './resting.ts'

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

/** How a request ended, as data: what `attempt` gives of one. */
export type Reply<T> = Outcome<T, RequestError>

/**
 * A request. Subscribing sends it; it is answered in a kernel event of its own, or refused. Unsubscribing gives up the
 * answer: what is on its way to the server arrives nevertheless, as a packet does whose sender has died.
 */
export type Asked<T> = Once<T, RequestError>

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
  /** It has no end of its own, whatever `timeoutSeconds` says: whoever opened it keeps another time. */
  readonly lasting?: boolean
  /** Who renews the watch whenever its time is over, from where it stopped: then that need not happen event by event. */
  readonly renewal?: WatchRenewal
  /** It is not asked for: it is open already, as the one was of which this is the copy. */
  readonly resting?: RestingWatch
}

/** How a client renews a watch: what a clean end of the old one would have made it do. */
export interface WatchRenewal {
  /** Latencies of this watch are drawn from it. */
  readonly random: RandomStream
  /** The watch has ended at `at` and is asked for again; it is not open before `opened` is called. Returns for how long. */
  renew(at: VirtualMs): VirtualMs
  /** What was asked for last. */
  asked(): WatchOptions
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

/** What a watch tells: first that the server has accepted it. An event of type `ERROR` is its last. */
export type WatchNews<T extends KubeObject> = { readonly type: 'OPENED' } | WatchEvent<T>

/**
 * A watch. Subscribing opens it, unsubscribing ends it; it completes when the server ends it in time and fails with why it
 * could not be opened or broke. As a `Once` it has a cheaper door: `open`, for those that rest in tens of thousands.
 */
export abstract class Watch<T extends KubeObject> extends Observable<WatchNews<T>> {
  constructor() {
    super(subscribeWatch)
  }

  abstract open(handlers: WatchHandlers<T>): Unsubscribable
}

/** The same watch with somebody in between: what `between` makes of the client's handlers is told instead of them. */
export function watchedBy<T extends KubeObject>(
  watch: Watch<T>,
  between: (handlers: WatchHandlers<T>) => { readonly handlers: WatchHandlers<T>; ended?(): void },
): Watch<T> {
  return new WatchedBy<T>(watch, between)
}

class WatchedBy<T extends KubeObject> extends Watch<T> {
  private readonly watch: Watch<T>
  private readonly between: Parameters<typeof watchedBy<T>>[1]

  constructor(watch: Watch<T>, between: Parameters<typeof watchedBy<T>>[1]) {
    super()
    this.watch = watch
    this.between = between
  }

  override open(handlers: WatchHandlers<T>): Unsubscribable {
    const { handlers: inner, ended } = this.between(handlers)
    const watch = this.watch.open(inner)
    return {
      unsubscribe() {
        ended?.()
        watch.unsubscribe()
      },
    }
  }
}

function subscribeWatch<T extends KubeObject>(
  this: Observable<WatchNews<T>>,
  subscriber: Subscriber<WatchNews<T>>,
): Unsubscribable {
  // RxJS calls this as a method of the Observable that was made with it.
  return (this as Watch<T>).open({
    opened: () => subscriber.next({ type: 'OPENED' }),
    event: (event) => subscriber.next(event),
    closed: (error) => (error === undefined ? subscriber.complete() : subscriber.error(error)),
  })
}

/** What a server gives for an open watch, or one being opened. */
export interface WatchHandle {
  /** Ends the watch from the client's side; no handler is called any more. */
  stop(): void
  /** Of a server's watch that is renewed: it does not end before it is told when. */
  endAt?(at: VirtualMs): void
  /** Of a server's watch: tells its client, if it asked for bookmarks, that it has seen all up to a revision. */
  sendBookmark?(reached: number): void
  /** Of one that has no end yet: what its copy is to know. */
  atRest?(): RestingServerWatch | undefined
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml'

/** Of a patch: what of the object it changes, and in whose name. */
export interface PatchOptions {
  readonly subresource?: string
  /** Of an apply: the manager who owns its fields from now on, whoever had them. */
  readonly forceAs?: string
}

/**
 * The API as components of the cluster use it: requests and watches go over a link that takes virtual time and may fail.
 * Nothing is sent before somebody subscribes or begins. Objects that come back are the server's own: never change one,
 * make a new one.
 */
export interface Client {
  readonly user: UserInfo
  get<T extends KubeObject>(
    resource: ResourceRef,
    key: ObjectKey,
    options?: { readonly resourceVersion?: string; readonly subresource?: string },
  ): Asked<T>
  list<T extends KubeObject>(resource: ResourceRef, options: ListOptions): Asked<KubeList<T>>
  watch<T extends KubeObject>(resource: ResourceRef, options: WatchOptions): Watch<T>
  /** `subresource` as in paths: `binding`, `token`, `eviction`. The answer of some is not of the object's own kind. */
  create<T extends KubeObject>(
    resource: ResourceRef,
    object: object,
    options?: { readonly namespace?: string; readonly name?: string; readonly subresource?: string },
  ): Asked<T>
  update<T extends KubeObject>(resource: ResourceRef, object: T, options?: { readonly subresource?: string }): Asked<T>
  patch<T extends KubeObject>(
    resource: ResourceRef,
    key: ObjectKey,
    type: PatchType,
    body: unknown,
    options?: PatchOptions,
  ): Asked<T>
  delete(resource: ResourceRef, key: ObjectKey, options?: DeleteOptions): Asked<KubeObject | Status>
  /** Deletes all that `list` selects. */
  deleteCollection(resource: ResourceRef, list: ListOptions, options?: DeleteOptions): Asked<KubeObject | Status>
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
  persistentVolumes: { group: '', version: 'v1', resource: 'persistentvolumes' },
  persistentVolumeClaims: { group: '', version: 'v1', resource: 'persistentvolumeclaims' },
  storageClasses: { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' },
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
  endpointSlicesV1beta1: { group: 'discovery.k8s.io', version: 'v1beta1', resource: 'endpointslices' },
  replicaSets: { group: 'apps', version: 'v1', resource: 'replicasets' },
  deployments: { group: 'apps', version: 'v1', resource: 'deployments' },
  statefulSets: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  daemonSets: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  controllerRevisions: { group: 'apps', version: 'v1', resource: 'controllerrevisions' },
  clusterRoles: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' },
  jobs: { group: 'batch', version: 'v1', resource: 'jobs' },
  podDisruptionBudgets: { group: 'policy', version: 'v1beta1', resource: 'poddisruptionbudgets' },
} as const satisfies Record<string, ResourceRef>
