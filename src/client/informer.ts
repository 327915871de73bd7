import { Observable, type Unsubscribable } from 'rxjs'
import type { KubeObject } from '../api/types/meta.ts'
import { Few } from '../kernel/few.ts'
import { flat, oneText } from '../kernel/flat-text.ts'
import { invariant } from '../kernel/invariant.ts'
import { Latch } from '../kernel/latch.ts'
import type { Once } from '../kernel/once.ts'
import { Reflector, type ReflectorKind, type ReflectorOwn, type ReflectorStore } from './reflector.ts'
import type { Reopening, WatchesAtRest } from './reopening.ts'
import type { RestingReflector } from './resting.ts'

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
  /** What a copy of it is to know; undefined unless it rests. */
  atRest(watches: WatchesAtRest): RestingInformer | undefined
  /** In place of `start`, with the cache of another; handlers are told of what is in it. */
  goOnFrom(rest: RestingInformer, reopening: Reopening): void
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

/** What an informer knows whose cache is full. */
export interface RestingInformer {
  /** As they stand in the cache. */
  readonly objects: readonly KubeObject[]
  readonly reflector: RestingReflector
}

export interface InformerOptions<T extends KubeObject> extends ReflectorKind, Omit<ReflectorOwn<T>, 'store'> {
  readonly fieldSelector?: string | undefined
  readonly indexers?: Readonly<Record<string, Indexer<T>>>
}

/** `namespace/name`, or `name` alone. Source: client-go tools/cache/store.go, MetaNamespaceKeyFunc. */
export function cacheKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : flat(`${namespace}/${name}`)
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
  return new SharedInformer<T>(options)
}

/** A class, for the controllers have one for each resource that there is. */
class SharedInformer<T extends KubeObject> implements Informer<T>, ReflectorStore<T> {
  readonly synced = new Latch()
  readonly fieldSelector: string | undefined
  private readonly reflector: Reflector<T>
  private readonly objects = new Map<string, T>()
  private readonly indices: Index<T>[] = []
  private readonly handlers = new Set<InformerHandler<T>>()

  constructor(options: InformerOptions<T>) {
    const { random, namespace, fieldSelector, labelSelector } = options
    this.fieldSelector = fieldSelector
    this.reflector = new Reflector<T>(options, { store: this, random, namespace, labelSelector })
    for (const [name, indexer] of Object.entries(options.indexers ?? {})) this.addIndexer(name, indexer)
  }

  start(): void {
    this.reflector.start()
  }

  stop(): void {
    this.reflector.stop()
  }

  atRest(watches: WatchesAtRest): RestingInformer | undefined {
    const reflector = this.reflector.atRest(watches)
    return reflector && { objects: this.list(), reflector }
  }

  goOnFrom({ objects, reflector }: RestingInformer, reopening: Reopening): void {
    for (const object of objects) this.put(keyOf(object), object as T) // they come from an informer of the same resource
    this.synced.open()
    this.reflector.goOnFrom(reflector, reopening)
  }

  get hasSynced(): boolean {
    return this.synced.isOpen
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.objects.get(cacheKey(namespace, name))
  }

  list(): readonly T[] {
    return [...this.objects.values()]
  }

  get size(): number {
    return this.objects.size
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.indices.find((each) => each.name === name)
    const under = index?.entries.get(value)
    if (under === undefined) return []
    return isMany(under) ? [...under.values()] : [under]
  }

  addIndexer(name: string, indexer: Indexer<T>): void {
    if (this.indices.some((index) => index.name === name)) return
    invariant(this.objects.size === 0, 'an index is added before anything is in the cache', name)
    this.indices.push({ name, indexer, entries: new Map() })
  }

  addHandler(handler: InformerHandler<T>): Unsubscribable {
    this.handlers.add(handler)
    for (const object of this.objects.values()) handler.add?.(object)
    return { unsubscribe: () => this.handlers.delete(handler) }
  }

  get changes(): Observable<Change<T>> {
    return new Observable((subscriber) =>
      this.addHandler({
        add: (object) => subscriber.next({ type: 'added', object }),
        update: (old, object) => subscriber.next({ type: 'updated', old, object }),
        delete: (object) => subscriber.next({ type: 'deleted', object }),
      }),
    )
  }

  // What its reflector tells.

  replace(listed: readonly T[]): void {
    const gone = new Map(this.objects)
    for (const object of listed) {
      const key = keyOf(object)
      const known = gone.get(key)
      gone.delete(key)
      if (known?.metadata.resourceVersion !== object.metadata.resourceVersion || known === undefined)
        this.put(key, object)
    }
    // What was deleted unseen is told with the last state that was seen.
    for (const object of gone.values()) this.delete(object)
    if (!this.synced.isOpen) this.synced.open()
  }

  add(object: T): void {
    this.put(keyOf(object), object)
  }

  update(object: T): void {
    this.put(keyOf(object), object)
  }

  delete(object: T): void {
    const key = keyOf(object)
    const old = this.objects.get(key)
    if (old === undefined) return
    this.objects.delete(key)
    this.reindex(key, old, undefined)
    for (const handler of this.handlers) handler.delete?.(object)
  }

  private put(key: string, object: T): void {
    const { objects, handlers } = this
    const old = objects.get(key)
    // Many know an object by this text: one for all.
    objects.set(old === undefined ? oneText(key) : key, object)
    this.reindex(key, old, object)
    if (old === undefined) for (const handler of handlers) handler.add?.(object)
    else for (const handler of handlers) handler.update?.(old, object)
  }

  private reindex(key: string, old: T | undefined, next: T | undefined): void {
    for (const { indexer, entries } of this.indices) {
      const nextValues = next === undefined ? [] : indexer(next)
      if (old !== undefined)
        for (const value of indexer(old)) if (!nextValues.includes(value)) takeOut(entries, value, key, old)
      if (next !== undefined) for (const value of nextValues) putUnder(entries, value, key, next)
    }
  }
}

/** Objects by the values of an indexer, and there by their keys. */
interface Index<T extends KubeObject> {
  readonly name: string
  readonly indexer: Indexer<T>
  readonly entries: Map<string, Under<T>>
}

/** Under most values there is one object, which stands for itself: a Map is for many. */
type Under<T extends KubeObject> = T | Few<string, T> | Map<string, T>

function isMany<T extends KubeObject>(under: Under<T>): under is Few<string, T> | Map<string, T> {
  return under instanceof Few || under instanceof Map
}

function putUnder<T extends KubeObject>(entries: Map<string, Under<T>>, value: string, key: string, next: T): void {
  const under = entries.get(value)
  if (under === undefined) entries.set(value, next)
  else if (!isMany(under))
    entries.set(value, isSame(under, next) ? next : new Few<string, T>().set(keyOf(under), under).set(key, next))
  else if (under instanceof Few && under.size >= fewAtMost && !under.has(key))
    entries.set(value, new Map(under.entries()).set(key, next))
  else under.set(key, next)
}

function takeOut<T extends KubeObject>(entries: Map<string, Under<T>>, value: string, key: string, old: T): void {
  const under = entries.get(value)
  if (under === undefined) return
  if (isMany(under)) under.delete(key)
  if (isMany(under) ? under.size === 0 : isSame(under, old)) entries.delete(value)
}

/** Whether they have the same key, of which no text is made. */
function isSame(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.name === b.metadata.name && (a.metadata.namespace ?? '') === (b.metadata.namespace ?? '')
}

const fewAtMost = 8
