import type { KubeObject } from '../api/types/meta.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import type { Client, Done, UserInfo } from './client.ts'
import type { Link } from './link.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { RequestLine } from './request-url.ts'
import type { ApiAnswer, ApiRequest, ApiServer } from './server.ts'

export interface ClientOptions {
  readonly kernel: Kernel
  readonly server: ApiServer
  readonly user: UserInfo
  readonly link: Link
  /** The client's own throttle (kubeAPIQPS, --kube-api-qps); absent: none. */
  readonly limiter?: RateLimiter
  /** Longest wait for an answer; watches know none. Absent: for ever. */
  readonly timeoutMs?: VirtualMs
  /** As in `managedFields`: the component's name. */
  readonly fieldManager?: string
}

/** A client whose requests go to an API server of the same process, over a link that takes virtual time and may fail. */
export function createClient(options: ClientOptions): Client {
  const { server, user, link, limiter, timeoutMs } = options
  const manager = options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }
  const throttled = (work: () => void): void => (limiter === undefined ? work() : limiter.wait(work))

  /** The kind of the answer is the caller's promise, as with client-go's typed clients: nothing here can check it. */
  const send = <T>(request: ApiRequest, line: RequestLine, done: Done<T>) => {
    throttled(() =>
      link.request<ApiAnswer>(
        request.verb,
        line,
        () => server.handle(request),
        (answer) =>
          done(
            answer.ok
              ? { ok: true, value: answer.object as T }
              : { ok: false, error: { kind: 'status', status: answer.status } },
          ),
        (error) => done({ ok: false, error }),
        timeoutMs,
      ),
    )
  }

  return {
    user,
    get(resource, key, { resourceVersion }, done) {
      const read = resourceVersion === undefined ? {} : { resourceVersion }
      send({ user, verb: 'get', resource, ...key, ...read }, { method: 'GET', resource, key, query: read }, done)
    },
    list(resource, list, done) {
      const scope = list.namespace === undefined ? {} : { namespace: list.namespace }
      const read = list.resourceVersion === undefined ? {} : { resourceVersion: list.resourceVersion }
      send(
        { user, verb: 'list', resource, ...scope, ...read, list },
        { method: 'GET', resource, key: scope, query: list },
        done,
      )
    },
    watch<T extends KubeObject>(
      resource: RequestLine['resource'],
      watch: Parameters<Client['watch']>[1],
      handlers: Parameters<Client['watch']>[2],
    ) {
      // Watches take no token. Source: client-go rest/request.go, Watch.
      const key = watch.namespace === undefined ? {} : { namespace: watch.namespace }
      let current = watch
      const line = (): RequestLine => {
        const { renewal, ...query } = current
        return { method: 'GET', resource, key, query: { ...query, watch: true } }
      }
      const lifetimeMs = () => (current.timeoutSeconds ?? 0) * second
      const { renewal } = watch
      return link.watch<T>(
        line(),
        (linked) => server.watch(user, resource, current, linked as never),
        handlers,
        renewal === undefined
          ? undefined
          : {
              random: renewal.random,
              line,
              lifetimeMs,
              renew(at) {
                current = renewal.renew(at)
                return lifetimeMs()
              },
            },
      )
    },
    create(resource, object, done, where = {}) {
      // The namespace is that of the object unless the caller knows better; a body without metadata is the server's to refuse.
      const own = (object as Partial<KubeObject>).metadata?.namespace
      const namespace = where.namespace ?? own
      const key = {
        ...(namespace === undefined ? {} : { namespace }),
        ...(where.name === undefined ? {} : { name: where.name }),
      }
      const part = where.subresource === undefined ? {} : { subresource: where.subresource }
      send(
        { user, verb: 'create', resource, ...key, ...part, body: object, ...manager },
        { method: 'POST', resource, key, ...part },
        done,
      )
    },
    update(resource, object, done, where = {}) {
      const key = keyOf(object)
      const part = where.subresource === undefined ? {} : { subresource: where.subresource }
      send(
        { user, verb: 'update', resource, ...key, ...part, body: object, ...manager },
        { method: 'PUT', resource, key, ...part },
        done,
      )
    },
    patch(resource, key, patchType, body, done, where = {}) {
      const part = where.subresource === undefined ? {} : { subresource: where.subresource }
      send(
        { user, verb: 'patch', resource, ...key, ...part, patchType, body, ...manager },
        { method: 'PATCH', resource, key, ...part },
        done,
      )
    },
    delete(resource, key, deleteOptions, done) {
      send(
        { user, verb: 'delete', resource, ...key, delete: deleteOptions, body: deleteOptions },
        { method: 'DELETE', resource, key },
        done,
      )
    },
    deleteCollection(resource, list, deleteOptions, done) {
      const scope = list.namespace === undefined ? {} : { namespace: list.namespace }
      send(
        { user, verb: 'deletecollection', resource, ...scope, list, delete: deleteOptions, body: deleteOptions },
        { method: 'DELETE', resource, key: scope, query: list },
        done,
      )
    },
  }
}

function keyOf(object: KubeObject): { readonly namespace?: string; readonly name: string } {
  const { name, namespace } = object.metadata
  return namespace === undefined ? { name } : { namespace, name }
}
