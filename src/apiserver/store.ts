import { deepFreeze } from '../api/json.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { extended } from '../kernel/extended.ts'
import { invariant } from '../kernel/invariant.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type Ownership, ownershipOf, setOwnership } from './ownership/ownership.ts'
import type { StoredResource, StoreEvent } from './store-event.ts'
import {
  createEventHistory,
  createUncachedHistory,
  type EventHistory,
  type RestingHistory,
} from './watch/event-history.ts'
import { WatcherIndex } from './watch/watcher-index.ts'

export type { StoredResource, StoreEvent }

/** The objects of one resource. */
export interface Collection {
  readonly resource: StoredResource
  readonly watchers: WatcherIndex
  readonly history: EventHistory
  get(namespace: string, name: string): KubeObject | undefined
  /** In the order of etcd's keys, `<namespace>/<name>`; undefined is all namespaces. */
  list(namespace: string | undefined): readonly KubeObject[]
  /** Objects with a value of the resource's index key (Pods of a node), in no order; all of them if it has no such key. */
  withIndexValue(value: string): Iterable<KubeObject>
  /** Number of objects, all namespaces together. */
  readonly size: number
  /** Stores an object at the next revision and tells the watchers. The object must not exist. */
  create(object: KubeObject, ownership?: Ownership): KubeObject
  /** Replaces an object that exists. Without `ownership` its owners stay as they are. */
  update(object: KubeObject, old: KubeObject, ownership?: Ownership): KubeObject
  /** Takes an object away; the answer and the event carry the revision of the deletion. */
  remove(old: KubeObject): KubeObject
}

/**
 * The one store of a cluster, in place of etcd: immutable objects in Maps, one revision for all resources. What a
 * write costs does not depend on how many objects or watchers there are, only on those that it concerns.
 */
export interface Store {
  /** Revision of the newest write; every write takes the next. */
  readonly revision: number
  collection(resource: StoredResource): Collection
  readonly collections: ReadonlyMap<StoredResource, Collection>
  /** Revision below which history is gone, by etcd's compaction every five minutes. */
  compactedRevision(): number
  /** All that it holds, for copies; only before etcd's first compaction. */
  atRest(): RestingStore
  /** Holds this instead of nothing. Nobody is told. */
  goOnFrom(rest: RestingStore): void
}

/** What a store holds. Copies share its objects, which nobody changes. */
export interface RestingStore {
  readonly revision: number
  readonly collections: readonly RestingCollection[]
}

interface RestingCollection {
  readonly resource: StoredResource
  readonly namespaces: ReadonlyMap<string, NamespaceObjects>
  readonly history: RestingHistory
}

export interface StoreOptions {
  readonly now: () => VirtualMs
  /** Revision at which the cluster starts. A real one has seen hundreds of writes before its first user. */
  readonly startRevision?: number
  /** Events kept for watches that start in the past; 0: as many as etcd has. */
  readonly historyLength: (resource: StoredResource) => number
  /** Whether what is stored is frozen, so that a change of it is an error at once. It makes every copy slower. */
  readonly freezes: boolean
  /** Key of the watcher index beside the name: `spec.nodeName` of Pods. */
  readonly indexKey?: (resource: StoredResource) => ((object: KubeObject) => string) | undefined
  /** Told of every write before the watchers are; what it answers is passed to `delivering` with each delivery. */
  readonly written: (resource: StoredResource, event: StoreEvent) => number
  /** Called before watchers are told of a write, with what `written` answered: the cause of what they will do. */
  readonly delivering: (cause: number) => void
}

/** Source: apiserver pkg/storage/storagebackend/config.go, DefaultCompactInterval. */
export const compactionIntervalMs: VirtualMs = 300_000

export function createStore(options: StoreOptions): Store {
  return new ObjectStore(options)
}

class ObjectStore implements Store {
  revision: number
  readonly collections = new Map<StoredResource, StoredObjects>()
  private readonly options: StoreOptions
  private readonly compaction: Compaction
  private readonly parts: CollectionParts

  constructor(options: StoreOptions) {
    this.options = options
    this.revision = options.startRevision ?? 200
    this.compaction = createCompaction(options.now, this.revision)
    this.parts = {
      advance: () => this.advance(),
      deliver: createDeliveries(options),
      keep: options.freezes ? deepFreeze<KubeObject> : unfrozen,
    }
  }

  compactedRevision(): number {
    return this.compaction.revision(this.revision)
  }

  atRest(): RestingStore {
    invariant(this.options.now() < compactionIntervalMs, 'nothing was compacted yet', this.options.now())
    return { revision: this.revision, collections: [...this.collections.values()].map((each) => each.atRest()) }
  }

  goOnFrom({ revision, collections }: RestingStore): void {
    for (const each of collections) this.collection(each.resource).goOnFrom(each)
    this.revision = revision
  }

  collection(resource: StoredResource): StoredObjects {
    let collection = this.collections.get(resource)
    if (collection === undefined) {
      const { historyLength, indexKey } = this.options
      const length = historyLength(resource)
      const history =
        length === 0 ? createUncachedHistory(() => this.compactedRevision()) : createEventHistory(length, this.revision)
      collection = new StoredObjects(resource, this.parts, history, indexKey?.(resource))
      this.collections.set(resource, collection)
    }
    return collection
  }

  private advance(): number {
    this.compaction.beforeWrite(this.revision)
    return ++this.revision
  }
}

type Deliver = (resource: StoredResource, watchers: WatcherIndex, event: StoreEvent) => void

interface Delivery {
  readonly watchers: WatcherIndex
  readonly event: StoreEvent
  readonly cause: number
}

/** Tells watchers after the write is done. A watcher that writes in turn is heard after the ones before it. */
function createDeliveries({ written, delivering }: StoreOptions): Deliver {
  const waiting: Delivery[] = []
  let isDelivering = false
  return (resource, watchers, event) => {
    const cause = written(resource, event)
    if (watchers.size === 0) return
    waiting.push({ watchers, event, cause })
    if (isDelivering) return
    isDelivering = true
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        delivering(next.cause)
        next.watchers.deliver(next.event)
      }
    } finally {
      isDelivering = false
      waiting.length = 0
    }
    delivering(cause)
  }
}

interface Compaction {
  beforeWrite(revision: number): void
  revision(current: number): number
}

/**
 * etcd forgets, every five minutes, what was older five minutes before. Nothing runs for it: at the first write after a
 * tick it is clear what the revision at that tick was. Source: apiserver pkg/storage/etcd3/compact.go.
 */
function createCompaction(now: () => VirtualMs, startRevision: number): Compaction {
  let tick = 0
  let atTick = startRevision
  let atTickBefore = 0
  const catchUp = (revision: number): void => {
    const reached = Math.floor(now() / compactionIntervalMs)
    if (reached === tick) return
    atTickBefore = reached === tick + 1 ? atTick : revision
    atTick = revision
    tick = reached
  }
  return {
    beforeWrite: catchUp,
    revision(current) {
      catchUp(current)
      return atTickBefore
    },
  }
}

interface NamespaceObjects {
  /** By name. */
  objects: Map<string, KubeObject>
  /** Others have these objects, too: whoever changes them makes a map of its own first. */
  isShared: boolean
  /** Names in their order, until one comes or goes. */
  names: readonly string[] | undefined
  /** Objects in the order of their names, until one changes. */
  sorted: readonly KubeObject[] | undefined
}

/** What the collections of a store have in common. */
interface CollectionParts {
  /** Takes the next revision. */
  readonly advance: () => number
  readonly deliver: Deliver
  /** What is kept of an object that is stored: itself, frozen or not. */
  readonly keep: (object: KubeObject) => KubeObject
}

function unfrozen(object: KubeObject): KubeObject {
  return object
}

/** A class, for a cluster has one for every resource that it serves. */
class StoredObjects implements Collection {
  readonly resource: StoredResource
  readonly watchers: WatcherIndex
  readonly history: EventHistory
  size = 0
  private readonly parts: CollectionParts
  private readonly namespaces = new Map<string, NamespaceObjects>()
  private readonly index: ObjectIndex | undefined

  constructor(
    resource: StoredResource,
    parts: CollectionParts,
    history: EventHistory,
    indexKey: ((object: KubeObject) => string) | undefined,
  ) {
    this.resource = resource
    this.parts = parts
    this.watchers = new WatcherIndex(indexKey)
    this.history = history
    this.index = indexKey === undefined ? undefined : new ObjectIndex(indexKey)
  }

  *withIndexValue(value: string): Iterable<KubeObject> {
    const found = this.index?.get(value)
    if (found !== undefined) yield* found.values()
    else if (this.index === undefined) for (const { objects } of this.namespaces.values()) yield* objects.values()
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.namespaces.get(namespace)?.objects.get(name)
  }

  list(namespace: string | undefined): readonly KubeObject[] {
    const { namespaces } = this
    if (namespace !== undefined) return sortedObjects(namespaces.get(namespace))
    if (namespaces.size === 0) return []
    const names = [...namespaces.keys()]
    // Most resources live in one namespace or none: that list needs no copy.
    if (names.length === 1) return sortedObjects(namespaces.get(names[0] ?? ''))
    return names.sort(byKeyOrder).flatMap((name) => sortedObjects(namespaces.get(name)))
  }

  atRest(): RestingCollection {
    for (const namespace of this.namespaces.values()) {
      sortedObjects(namespace)
      namespace.isShared = true
    }
    const namespaces = new Map([...this.namespaces].map(([name, namespace]) => [name, { ...namespace }]))
    return { resource: this.resource, namespaces, history: this.history.atRest() }
  }

  goOnFrom({ namespaces, history }: RestingCollection): void {
    for (const [name, { objects, isShared, names, sorted }] of namespaces) {
      this.namespaces.set(name, { objects, isShared, names, sorted })
      this.size += objects.size
      if (this.index !== undefined) for (const object of objects.values()) this.index.replace(undefined, object)
    }
    this.history.goOnFrom(history)
  }

  create(object: KubeObject, ownership?: Ownership): KubeObject {
    const stored = setOwnership(this.put(object, undefined), ownership)
    this.size++
    this.record({ type: 'ADDED', object: stored, old: undefined, revision: Number(stored.metadata.resourceVersion) })
    return stored
  }

  update(object: KubeObject, old: KubeObject, ownership?: Ownership): KubeObject {
    const stored = setOwnership(this.put(object, old), ownership ?? ownershipOf(old))
    this.record({ type: 'MODIFIED', object: stored, old, revision: Number(stored.metadata.resourceVersion) })
    return stored
  }

  remove(old: KubeObject): KubeObject {
    const revision = this.parts.advance()
    const namespace = old.metadata.namespace ?? ''
    const inNamespace = this.namespaceOf(namespace)
    inNamespace.objects.delete(old.metadata.name)
    this.index?.replace(old, undefined)
    inNamespace.names = undefined
    inNamespace.sorted = undefined
    if (inNamespace.objects.size === 0) this.namespaces.delete(namespace)
    this.size--
    const gone = this.parts.keep({ ...old, metadata: { ...old.metadata, resourceVersion: String(revision) } })
    setOwnership(gone, ownershipOf(old))
    this.record({ type: 'DELETED', object: gone, old, revision })
    return gone
  }

  private put(object: KubeObject, old: KubeObject | undefined): KubeObject {
    const { advance, keep } = this.parts
    const metadata = extended(object.metadata, { resourceVersion: String(advance()) })
    const stored = keep({ ...object, metadata })
    const inNamespace = this.namespaceOf(metadata.namespace ?? '')
    inNamespace.objects.set(metadata.name, stored)
    if (old === undefined) inNamespace.names = undefined
    inNamespace.sorted = undefined
    this.index?.replace(old, stored)
    return stored
  }

  /** To change something in it. */
  private namespaceOf(name: string): NamespaceObjects {
    let found = this.namespaces.get(name)
    if (found === undefined) {
      found = { objects: new Map(), isShared: false, names: undefined, sorted: undefined }
      this.namespaces.set(name, found)
    }
    if (found.isShared) {
      found.objects = new Map(found.objects)
      found.isShared = false
    }
    return found
  }

  private record(event: StoreEvent): void {
    this.history.append(event)
    this.parts.deliver(this.resource, this.watchers, event)
  }
}

/** Objects by the value of an index key. */
class ObjectIndex {
  private readonly keyOf: (object: KubeObject) => string
  private readonly byValue = new Map<string, Map<string, KubeObject>>()

  constructor(keyOf: (object: KubeObject) => string) {
    this.keyOf = keyOf
  }

  get(value: string): ReadonlyMap<string, KubeObject> | undefined {
    return this.byValue.get(value)
  }

  replace(old: KubeObject | undefined, next: KubeObject | undefined): void {
    const { byValue, keyOf } = this
    const [before, after] = [old && keyOf(old), next && keyOf(next)]
    if (old !== undefined && before !== undefined && before !== after) {
      const objects = byValue.get(before)
      objects?.delete(storeKeyOf(old))
      if (objects?.size === 0) byValue.delete(before)
    }
    if (next === undefined || after === undefined) return
    const objects = byValue.get(after) ?? new Map<string, KubeObject>()
    byValue.set(after, objects)
    objects.set(storeKeyOf(next), next)
  }
}

function storeKeyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function sortedObjects(namespace: NamespaceObjects | undefined): readonly KubeObject[] {
  if (namespace === undefined) return []
  if (namespace.sorted === undefined) {
    const { objects } = namespace
    namespace.names ??= [...objects.keys()].sort((a, b) => (a < b ? -1 : 1))
    const sorted: KubeObject[] = []
    for (const name of namespace.names) {
      const object = objects.get(name)
      if (object !== undefined) sorted.push(object)
    }
    namespace.sorted = sorted
  }
  return namespace.sorted
}

/** Keys are `<namespace>/<name>`, and `-` sorts before `/`. */
function byKeyOrder(a: string, b: string): number {
  return `${a}/` < `${b}/` ? -1 : 1
}
