import { Observable, type Unsubscribable } from 'rxjs'
import type { KubeObject } from '../api/types/meta.ts'
import { invariant } from '../kernel/invariant.ts'
import { Latch } from '../kernel/latch.ts'
import type { Once } from '../kernel/once.ts'
import { Reflector, type ReflectorKind, type ReflectorOwn } from './reflector.ts'

/** What a handler is told; whatever does not concern it, it ignores at once. */
export interface InformerHandler<T extends KubeObject> {
  add?(object: T): void
  update?(old: T, object: T): void
  delete?(object: T): void
}

/** A change of a cache, told once the cache holds it. */
export type Change<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'updated'; readonly old: T; readonly object: T }
  | { readonly type: 'deleted'; readonly object: T }

/** The values under which an index finds an object. */
export type Indexer<T extends KubeObject> = (object: T) => readonly string[]

/**
 * A shared cache of one resource over one reflector. Handlers run when the cache already holds the change, in the order
 * in which they were added. Source: client-go tools/cache/shared_informer.go, thread_safe_store.go.
 */
export interface Informer<T extends KubeObject> {
  start(): void
  /** Ends the watch; the cache stays readable. */
  stop(): void
  readonly hasSynced: boolean
  /** Answers when the first list is in the cache and the handlers were told of it; at once if it is. */
  readonly synced: Once<void>
  /** `namespace` absent for cluster-scoped objects. */
  get(namespace: string | undefined, name: string): T | undefined
  /** All objects, in the order in which the cache learnt of them. */
  list(): readonly T[]
  readonly size: number
  /** Objects under a value of an index given at creation, in the order in which they came under it. */
  byIndex(index: string, value: string): readonly T[]
  /** Before anything is in the cache only. The same name twice is the same index. */
  addIndexer(name: string, indexer: Indexer<T>): void
  /** A handler that comes late is told of what is there already. Returns how to end it. */
  addHandler(handler: InformerHandler<T>): Unsubscribable
  /** The same as a stream: what is there already comes as added. */
  readonly changes: Observable<Change<T>>
}

export interface InformerOptions<T extends KubeObject> extends ReflectorKind, Omit<ReflectorOwn<T>, 'store'> {
  readonly indexers?: Readonly<Record<string, Indexer<T>>>
}

/** `namespace/name`, or `name` alone. Source: client-go tools/cache/store.go, MetaNamespaceKeyFunc. */
export function cacheKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`
}

export function keyOf(object: KubeObject): string {
  return cacheKey(object.metadata.namespace, object.metadata.name)
}

/** The parts of a key. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/')
  return slash === -1 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export function createInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const objects = new Map<string, T>()
  const indexers = Object.entries(options.indexers ?? {})
  const indices = new Map<string, Map<string, Map<string, T>>>(indexers.map(([name]) => [name, new Map()]))
  const handlers = new Set<InformerHandler<T>>()
  const synced = new Latch()
  let hasSynced = false

  const reindex = (key: string, old: T | undefined, next: T | undefined): void => {
    for (const [name, indexer] of indexers) {
      const index = indices.get(name)
      if (index === undefined) continue
      const nextValues = next === undefined ? [] : indexer(next)
      if (old !== undefined)
        for (const value of indexer(old)) {
          if (nextValues.includes(value)) continue
          const entries = index.get(value)
          entries?.delete(key)
          if (entries?.size === 0) index.delete(value)
        }
      if (next === undefined) continue
      for (const value of nextValues) {
        const entries = index.get(value)
        if (entries === undefined) index.set(value, new Map([[key, next]]))
        else entries.set(key, next)
      }
    }
  }

  const put = (object: T): void => {
    const key = keyOf(object)
    const old = objects.get(key)
    objects.set(key, object)
    reindex(key, old, object)
    if (old === undefined) for (const handler of handlers) handler.add?.(object)
    else for (const handler of handlers) handler.update?.(old, object)
  }

  const remove = (object: T): void => {
    const key = keyOf(object)
    const old = objects.get(key)
    if (old === undefined) return
    objects.delete(key)
    reindex(key, old, undefined)
    for (const handler of handlers) handler.delete?.(object)
  }

  const reflector = new Reflector<T>(options, {
    ...options,
    store: {
      replace(listed) {
        const gone = new Map(objects)
        for (const object of listed) {
          const key = keyOf(object)
          const known = gone.get(key)
          gone.delete(key)
          if (known?.metadata.resourceVersion !== object.metadata.resourceVersion || known === undefined) put(object)
        }
        // What was deleted unseen is told with the last state that was seen.
        for (const object of gone.values()) remove(object)
        if (hasSynced) return
        hasSynced = true
        synced.open()
      },
      add: put,
      update: put,
      delete: remove,
    },
  })

  const addHandler = (handler: InformerHandler<T>): Unsubscribable => {
    handlers.add(handler)
    for (const object of objects.values()) handler.add?.(object)
    return { unsubscribe: () => handlers.delete(handler) }
  }

  return {
    start: () => reflector.start(),
    stop: () => reflector.stop(),
    get hasSynced() {
      return hasSynced
    },
    synced,
    get: (namespace, name) => objects.get(cacheKey(namespace, name)),
    list: () => [...objects.values()],
    get size() {
      return objects.size
    },
    byIndex: (name, value) => [...(indices.get(name)?.get(value)?.values() ?? [])],
    addIndexer(name, indexer) {
      if (indices.has(name)) return
      invariant(objects.size === 0, 'an index is added before anything is in the cache', name)
      indexers.push([name, indexer])
      indices.set(name, new Map())
    },
    addHandler,
    changes: new Observable((subscriber) =>
      addHandler({
        add: (object) => subscriber.next({ type: 'added', object }),
        update: (old, object) => subscriber.next({ type: 'updated', old, object }),
        delete: (object) => subscriber.next({ type: 'deleted', object }),
      }),
    ),
  }
}
