import type { KubeList, KubeObject, ResourceRef, Status } from '../api/types/meta.ts'
import type { Client, UserInfo } from './client.ts'
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
  const { user } = options
  /** Writes are filled in one object: there are ten for each Pod. */
  const write = <T>(
    verb: 'create' | 'update' | 'patch',
    resource: ResourceRef,
    body: unknown,
    namespace: string | undefined,
    name: string | undefined,
    subresource: string | undefined,
    patchType?: ApiRequest['patchType'],
  ): Request<T> => {
    const request: { -readonly [K in keyof ApiRequest]: ApiRequest[K] } = { user, verb, resource, body }
    if (namespace !== undefined) request.namespace = namespace
    if (name !== undefined) request.name = name
    if (subresource !== undefined) request.subresource = subresource
    if (patchType !== undefined) request.patchType = patchType
    if (options.fieldManager !== undefined) request.fieldManager = options.fieldManager
    return new Request<T>(options, request)
  }
  const ask = <T>(request: Omit<ApiRequest, 'user'>) => new Request<T>(options, { user, ...request })

  return {
    user,
    get: <T extends KubeObject>(
      resource: ResourceRef,
      key: Parameters<Client['get']>[1],
      { resourceVersion }: { readonly resourceVersion?: string } = {},
    ) => ask<T>({ verb: 'get', resource, ...key, ...(resourceVersion === undefined ? {} : { resourceVersion }) }),
    list<T extends KubeObject>(resource: ResourceRef, list: Parameters<Client['list']>[1]) {
      const scope = list.namespace === undefined ? {} : { namespace: list.namespace }
      const read = list.resourceVersion === undefined ? {} : { resourceVersion: list.resourceVersion }
      return ask<KubeList<T>>({ verb: 'list', resource, ...scope, ...read, list })
    },
    watch: (resource, watch) => overLink(options, resource, watch),
    create<T extends KubeObject>(
      resource: ResourceRef,
      object: object,
      where: NonNullable<Parameters<Client['create']>[2]> = {},
    ) {
      // The namespace is that of the object unless the caller knows better; a body without metadata is the server's to refuse.
      const namespace = where.namespace ?? (object as Partial<KubeObject>).metadata?.namespace
      return write<T>('create', resource, object, namespace, where.name, where.subresource)
    },
    update<T extends KubeObject>(resource: ResourceRef, object: T, where?: { readonly subresource?: string }) {
      const { namespace, name } = object.metadata
      return write<T>('update', resource, object, namespace, name, where?.subresource)
    },
    patch: <T extends KubeObject>(
      resource: ResourceRef,
      key: Parameters<Client['patch']>[1],
      patchType: Parameters<Client['patch']>[2],
      body: unknown,
      where?: { readonly subresource?: string },
    ) => write<T>('patch', resource, body, key.namespace, key.name, where?.subresource, patchType),
    delete: (resource, key, deletion = {}) =>
      ask<KubeObject | Status>({ verb: 'delete', resource, ...key, delete: deletion, body: deletion }),
    deleteCollection(resource, list, deletion = {}) {
      const scope = list.namespace === undefined ? {} : { namespace: list.namespace }
      return ask<KubeObject | Status>({
        verb: 'deletecollection',
        resource,
        ...scope,
        list,
        delete: deletion,
        body: deletion,
      })
    },
  }
}
