import type { KubeList, KubeObject, ResourceRef, Status } from '../api/types/meta.ts'
import type { Client, UserInfo, Watch } from './client.ts'
import { Request, type Route } from './linked-request.ts'
import { overLink } from './linked-watch.ts'
import type { ApiRequest } from './server.ts'

export interface ClientOptions extends Route {
  readonly user: UserInfo
  /** As in `managedFields`: the component's name. */
  readonly fieldManager?: string
}

/** A client whose requests go to an API server of the same process, over a link that takes virtual time and may fail. */
export function createClient(options: ClientOptions): Client {
  return new InProcessClient(options)
}

class InProcessClient implements Client {
  readonly user: UserInfo
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.user = options.user
    this.#options = options
  }

  get<T extends KubeObject>(
    resource: ResourceRef,
    key: Parameters<Client['get']>[1],
    options: NonNullable<Parameters<Client['get']>[2]> = {},
  ): Request<T> {
    return this.#ask<T>({ verb: 'get', resource, ...key, ...options })
  }

  list<T extends KubeObject>(resource: ResourceRef, list: Parameters<Client['list']>[1]): Request<KubeList<T>> {
    const scope = list.namespace === undefined ? {} : { namespace: list.namespace }
    const read = list.resourceVersion === undefined ? {} : { resourceVersion: list.resourceVersion }
    return this.#ask<KubeList<T>>({ verb: 'list', resource, ...scope, ...read, list })
  }

  watch<T extends KubeObject>(resource: ResourceRef, watch: Parameters<Client['watch']>[1]): Watch<T> {
    return overLink(this.#options, resource, watch)
  }

  create<T extends KubeObject>(
    resource: ResourceRef,
    object: object,
    where: NonNullable<Parameters<Client['create']>[2]> = {},
  ): Request<T> {
    // The namespace is that of the object unless the caller knows better; a body without metadata is the server's to refuse.
    const namespace = where.namespace ?? (object as Partial<KubeObject>).metadata?.namespace
    return this.#write<T>('create', resource, object, namespace, where.name, where.subresource)
  }

  update<T extends KubeObject>(
    resource: ResourceRef,
    object: T,
    where?: { readonly subresource?: string },
  ): Request<T> {
    const { namespace, name } = object.metadata
    return this.#write<T>('update', resource, object, namespace, name, where?.subresource)
  }

  patch<T extends KubeObject>(
    resource: ResourceRef,
    key: Parameters<Client['patch']>[1],
    patchType: Parameters<Client['patch']>[2],
    body: unknown,
    how?: Parameters<Client['patch']>[4],
  ): Request<T> {
    if (how?.forceAs === undefined)
      return this.#write<T>('patch', resource, body, key.namespace, key.name, how?.subresource, patchType)
    const scope = key.namespace === undefined ? {} : { namespace: key.namespace }
    const owned = { fieldManager: how.forceAs, force: true }
    return this.#ask<T>({ verb: 'patch', resource, ...scope, name: key.name, body, patchType, ...owned })
  }

  delete(
    resource: ResourceRef,
    key: Parameters<Client['delete']>[1],
    deletion: Parameters<Client['delete']>[2] = {},
  ): Request<KubeObject | Status> {
    return this.#ask<KubeObject | Status>({ verb: 'delete', resource, ...key, delete: deletion, body: deletion })
  }

  deleteCollection(
    resource: ResourceRef,
    list: Parameters<Client['deleteCollection']>[1],
    deletion: Parameters<Client['deleteCollection']>[2] = {},
  ): Request<KubeObject | Status> {
    const scope = list.namespace === undefined ? {} : { namespace: list.namespace }
    const what = { list, delete: deletion, body: deletion }
    return this.#ask<KubeObject | Status>({ verb: 'deletecollection', resource, ...scope, ...what })
  }

  #ask<T>(request: Omit<ApiRequest, 'user'>): Request<T> {
    return new Request<T>(this.#options, { user: this.user, ...request })
  }

  /** Writes are filled in one object: there are ten for each Pod. */
  #write<T>(
    verb: 'create' | 'update' | 'patch',
    resource: ResourceRef,
    body: unknown,
    namespace: string | undefined,
    name: string | undefined,
    subresource: string | undefined,
    patchType?: ApiRequest['patchType'],
  ): Request<T> {
    const request: { -readonly [K in keyof ApiRequest]: ApiRequest[K] } = { user: this.user, verb, resource, body }
    if (namespace !== undefined) request.namespace = namespace
    if (name !== undefined) request.name = name
    if (subresource !== undefined) request.subresource = subresource
    if (patchType !== undefined) request.patchType = patchType
    if (this.#options.fieldManager !== undefined) request.fieldManager = this.#options.fieldManager
    return new Request<T>(this.#options, request)
  }
}
