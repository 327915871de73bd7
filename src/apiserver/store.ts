import { deepFreeze } from '../api/json.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { CacheState, PastCollection } from '../client/server.ts'
import { invariant } from '../kernel/invariant.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { StoredResource, StoreEvent } from './store-event.ts'
import {
  type Collection,
  type CollectionParts,
  type Deliver,
  type RestingCollection,
  StoredObjects,
} from './stored-objects.ts'
import { type CacheSize, createEventHistory, createUncachedHistory } from './watch/event-history.ts'
import type { WatcherIndex } from './watch/watcher-index.ts'

export type { Collection, StoredResource, StoreEvent }

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
  /** The server is another process: its watch caches begin with a list of what is there. */
  beginCachesAnew(): void
  /** All that it holds, for copies; only before etcd's first compaction. */
  atRest(): RestingStore
  /** Holds this instead of nothing. Nobody is told. */
  goOnFrom(rest: RestingStore): void
  /** All objects as they are now; costs what there are namespaces with objects, not objects. */
  past(): CacheState
}

/** What a store holds. Copies share its objects, which nobody changes. */
export interface RestingStore {
  readonly revision: number
  readonly collections: readonly RestingCollection[]
}

export interface StoreOptions {
  readonly now: () => VirtualMs
  /** Revision at which the cluster starts. A real one has seen hundreds of writes before its first user. */
  readonly startRevision?: number
  /** Events kept for watches that start in the past; fixed at 0: as many as etcd has. */
  readonly historySize: (resource: StoredResource) => CacheSize
  /** Resources whose cache begins with the server, not when somebody defines them. Absent: none. */
  readonly isBuiltIn?: (resource: StoredResource) => boolean
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
  /** Revision of the lists with which the server's caches began: etcd was empty then. */
  private cachesBeganAt = 1
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

  beginCachesAnew(): void {
    this.cachesBeganAt = this.revision
    for (const { history } of this.collections.values()) history.beginAnew(this.revision)
  }

  atRest(): RestingStore {
    invariant(this.options.now() < compactionIntervalMs, 'nothing was compacted yet', this.options.now())
    return { revision: this.revision, collections: [...this.collections.values()].map((each) => each.atRest()) }
  }

  goOnFrom({ revision, collections }: RestingStore): void {
    for (const each of collections) this.collection(each.resource).goOnFrom(each)
    this.revision = revision
  }

  past(): CacheState {
    const { revision } = this
    const then = new Map([...this.collections].map(([resource, objects]) => [resource, objects.past()]))
    return { revision, collection: (resource) => then.get(resource) ?? nothing }
  }

  collection(resource: StoredResource): StoredObjects {
    let collection = this.collections.get(resource)
    if (collection === undefined) {
      const { historySize, indexKey } = this.options
      const size = historySize(resource)
      const isCached = !('fixed' in size && size.fixed === 0)
      const isOfServer = 'now' in size && this.options.isBuiltIn?.(resource) === true
      const history = isCached
        ? createEventHistory(size, isOfServer ? this.cachesBeganAt : this.revision)
        : createUncachedHistory(() => this.compactedRevision())
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

const nothing: PastCollection = { get: () => undefined, list: () => [] }

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

function unfrozen(object: KubeObject): KubeObject {
  return object
}
