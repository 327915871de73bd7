import type { ConfigMap, Event, Namespace, Node, Pod, Secret, ServiceAccount } from '../api/types/core.ts'
import type { DeleteOptions, KubeList, KubeObject, ResourceRef, Status } from '../api/types/meta.ts'
import type { Service } from '../api/types/services.ts'
import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from '../api/types/workloads.ts'
import {
  type Asked,
  resources as components,
  type ListOptions,
  type ObjectKey,
  type PatchType,
  type UserInfo,
  type Watch,
  type WatchOptions,
} from '../client/client.ts'

/** A resource whose objects have a shape that is known: there is no such member, only its type. */
export interface Resource<T extends KubeObject = KubeObject> extends ResourceRef {
  readonly objects?: T
}

function of<T extends KubeObject>(resource: ResourceRef): Resource<T> {
  return resource
}

/** Resources by name, with the shape of their objects. Any other is `{ group, version, resource }`. */
export const resources = {
  ...components,
  pods: of<Pod>(components.pods),
  secrets: of<Secret>(components.secrets),
  configMaps: of<ConfigMap>(components.configMaps),
  namespaces: of<Namespace>(components.namespaces),
  nodes: of<Node>(components.nodes),
  serviceAccounts: of<ServiceAccount>(components.serviceAccounts),
  services: of<Service>(components.services),
  events: of<Event>(components.events),
  deployments: of<Deployment>(components.deployments),
  replicaSets: of<ReplicaSet>(components.replicaSets),
  statefulSets: of<StatefulSet>(components.statefulSets),
  daemonSets: of<DaemonSet>(components.daemonSets),
  jobs: of<Job>(components.jobs),
} as const

/**
 * The API as whoever uses the library has it: requests are Observables of one answer that are sent when somebody subscribes
 * or waits. The shape of what comes back is that of the resource.
 */
export interface SimClient {
  readonly user: UserInfo
  get<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options?: { readonly resourceVersion?: string },
  ): Asked<T>
  list<T extends KubeObject>(resource: Resource<T>, options: ListOptions): Asked<KubeList<T>>
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): Watch<T>
  /** `subresource` as in paths: `binding`, `token`, `eviction`. The answer of some is not of the object's own kind. */
  create<T extends KubeObject>(
    resource: Resource<T>,
    object: object,
    options?: { readonly namespace?: string; readonly name?: string; readonly subresource?: string },
  ): Asked<T>
  update<T extends KubeObject>(resource: Resource<T>, object: T, options?: { readonly subresource?: string }): Asked<T>
  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    type: PatchType,
    body: unknown,
    options?: { readonly subresource?: string },
  ): Asked<T>
  delete(resource: Resource, key: ObjectKey, options?: DeleteOptions): Asked<KubeObject | Status>
  /** Deletes all that `list` selects. */
  deleteCollection(resource: Resource, list: ListOptions, options?: DeleteOptions): Asked<KubeObject | Status>
}
