import type { KubeList, KubeObject, Status } from '../../src/api/types/meta.ts'
import type { WatchHandlers } from '../../src/client/client.ts'
import { EventCount, EventRow } from '../../src/client/event-row.ts'
import type { ApiAnswer, ApiRequest, ApiServer } from '../../src/client/server.ts'

/** A server of one list of objects: enough for what the client's side does with answers and watches. */
export function createTinyServer() {
  const objects = new Map<string, KubeObject>()
  const watchers = new Map<WatchHandlers<KubeObject>, number>()
  const requests: ApiRequest[] = []
  const watched: string[] = []
  let version = 100
  let oldest = 0
  const answer: { refuse?: Status; refusesStreams?: boolean } = {}

  const failure = (code: number, reason: string, message: string): Status => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message,
  })
  const tell = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => {
    for (const handlers of [...watchers.keys()]) handlers.event({ type, object })
  }
  const server: ApiServer = {
    handle(request): ApiAnswer {
      requests.push(request)
      if (answer.refuse !== undefined) return { ok: false, status: answer.refuse }
      const name = request.name ?? ''
      const found = objects.get(name)
      switch (request.verb) {
        case 'list': {
          const wanted = Number(request.resourceVersion ?? 0)
          if (wanted > 0 && wanted < oldest) return { ok: false, status: failure(410, 'Expired', 'too old') }
          const list: KubeList = {
            apiVersion: 'v1',
            kind: 'List',
            metadata: { resourceVersion: String(version) },
            items: [...objects.values()],
          }
          return { ok: true, code: 200, object: list as never }
        }
        case 'create': {
          const body = request.body instanceof EventRow ? request.body.object : (request.body as KubeObject)
          if (objects.has(body.metadata.name))
            return { ok: false, status: failure(409, 'AlreadyExists', 'already exists') }
          return { ok: true, code: 201, object: tiny.put(body) }
        }
        case 'patch': {
          if (found === undefined) return { ok: false, status: failure(404, 'NotFound', 'not found') }
          return { ok: true, code: 200, object: tiny.put({ ...found, ...documentOf(request.body) }) }
        }
        default:
          return found === undefined
            ? { ok: false, status: failure(404, 'NotFound', 'not found') }
            : { ok: true, code: 200, object: found }
      }
    },
    watch(_user, _resource, options, handlers) {
      if (options.sendInitialEvents === true && answer.refusesStreams === true) {
        const status = failure(403, 'Forbidden', 'no relationship found')
        handlers.closed({ kind: 'status', status })
        return { stop() {} }
      }
      watched.push(`${options.resourceVersion ?? ''}${options.sendInitialEvents === true ? ' streamed' : ''}`)
      const from = Number(options.resourceVersion ?? 0)
      handlers.opened?.()
      if (from < oldest) {
        handlers.event({ type: 'ERROR', object: failure(410, 'Expired', `too old resource version: ${from}`) })
        handlers.closed(undefined)
        return { stop() {} }
      }
      if (options.sendInitialEvents === true) {
        for (const object of objects.values()) handlers.event({ type: 'ADDED', object })
        const metadata = {
          name: '',
          resourceVersion: String(version),
          annotations: { 'k8s.io/initial-events-end': 'true' },
        }
        handlers.event({ type: 'BOOKMARK', object: { apiVersion: 'v1', kind: 'Secret', metadata } })
      }
      watchers.set(handlers, from)
      return { stop: () => watchers.delete(handlers) }
    },
    http: () => ({ code: 404, headers: {}, body: '' }),
  }
  const tiny = {
    server,
    requests,
    /** resourceVersion of every watch that was opened. */
    watched,
    answer,
    get watchers() {
      return watchers.size
    },
    put(object: KubeObject): KubeObject {
      version++
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
      const type = objects.has(object.metadata.name) ? 'MODIFIED' : 'ADDED'
      objects.set(object.metadata.name, stored)
      tell(type, stored)
      return stored
    },
    remove(name: string) {
      const object = objects.get(name)
      objects.delete(name)
      version++
      if (object !== undefined)
        tell('DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } })
    },
    object: (name: string) => objects.get(name),
    /** Versions before the present one are no longer served. */
    compact() {
      oldest = version
    },
    endWatches() {
      const open = [...watchers.keys()]
      watchers.clear()
      for (const handlers of open) handlers.closed(undefined)
    },
  }
  return tiny
}

export function secret(name: string, value = 'v'): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' }, ...{ data: { value } } }
}

function documentOf(body: unknown): object {
  return body instanceof EventCount ? body.document : (body as object) // patches are objects
}
