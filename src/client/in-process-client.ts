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
  const manager = options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }
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
      const key = {
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        ...(where.name === undefined ? {} : { name: where.name }),
      }
      return ask<T>({ verb: 'create', ...key, ...partOf(where), body: object, ...manager })
    },
    update: <T extends KubeObject>(resource: ResourceRef, object: T, where?: { readonly subresource?: string }) =>
      ask<T>({ verb: 'update', resource, ...keyOf(object), ...partOf(where), body: object, ...manager }),
    patch: <T extends KubeObject>(
      resource: ResourceRef,
      key: Parameters<Client['patch']>[1],
      patchType: Parameters<Client['patch']>[2],
      body: unknown,
      where?: { readonly subresource?: string },
    ) => ask<T>({ verb: 'patch', resource, ...key, ...partOf(where), patchType, body, ...manager }),
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

function partOf(where: { readonly subresource?: string } = {}): { readonly subresource?: string } {
  return where.subresource === undefined ? {} : { subresource: where.subresource }
}

function keyOf(object: KubeObject): { readonly namespace?: string; readonly name: string } {
  const { name, namespace } = object.metadata
  return namespace === undefined ? { name } : { namespace, name }
}
