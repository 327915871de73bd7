import type { KubeObject, ObjectMeta } from '../api/types/meta.ts'
import type { PastCollection } from '../client/server.ts'
import { emptyFor, membersOf } from '../kernel/exact.ts'
import { oneText } from '../kernel/flat-text.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { goneAt, type Held, HeldChange, HeldRow, objectOf } from './held-row.ts'
import { type Ownership, ownershipOf, setOwnership } from './ownership/ownership.ts'
import { RowTable } from './row-table.ts'
import type { StoredResource, StoreEvent } from './store-event.ts'
import type { EventHistory, RestingHistory } from './watch/event-history.ts'
import { WatcherIndex } from './watch/watcher-index.ts'

/** The objects of one resource. */
export interface Collection {
  readonly resource: StoredResource
  readonly watchers: WatcherIndex
  readonly history: EventHistory
  presents: Presenter | undefined
  get(namespace: string, name: string): KubeObject | undefined
  /** In the order of etcd's keys, `<namespace>/<name>`; undefined is all namespaces. */
  list(namespace: string | undefined): readonly KubeObject[]
  /** Objects with a value of the resource's index key (Pods of a node), in no order; all of them if it has no such key. */
  withIndexValue(value: string): Iterable<KubeObject>
  /** Number of objects, all namespaces together. */
  readonly size: number
  /** Stores an object at the next revision and tells the watchers. The object must not exist. */
  create(object: KubeObject, ownership?: Ownership): KubeObject
  /** Stores a new object in place of which there is a row for now. */
  hold(row: HeldRow): void
  /** Stores a row in place of one that exists. */
  holdOver(row: HeldRow, old: HeldRow): void
  /** What is kept of an object that is made of a row: itself, frozen or not. */
  keep(object: KubeObject): KubeObject
  /** What is stored, looked at by nobody. */
  held(namespace: string, name: string): Held | undefined
  /** Takes away what is held, as `remove` does. */
  letGo(held: Held): void
  /** Replaces an object that exists. Without `ownership` its owners stay as they are. */
  update(object: KubeObject, old: KubeObject, ownership?: Ownership): KubeObject
  /** Takes an object away; the answer and the event carry the revision of the deletion. */
  remove(old: KubeObject): KubeObject
}

/** How objects look at this moment, where that is more than was written: asked at each look, and at each write of one. */
export interface Presenter {
  seen(stored: KubeObject): KubeObject
  /** When it will look otherwise, without a write. */
  changesAt(stored: KubeObject): VirtualMs | undefined
}

/** What a collection holds. Copies share its objects, which nobody changes. */
export interface RestingCollection {
  readonly resource: StoredResource
  readonly namespaces: ReadonlyMap<string, NamespaceObjects>
  readonly history: RestingHistory
}

/** Tells watchers of a write. */
export type Deliver = (resource: StoredResource, watchers: WatcherIndex, event: StoreEvent) => void

/** What is stored in a namespace, by name: a Map, or where there are rows, something smaller. */
interface ObjectTable extends Iterable<[string, Held]> {
  readonly size: number
  get(name: string): Held | undefined
  set(name: string, held: Held): unknown
  delete(name: string): boolean
  keys(): Iterable<string>
  values(): Iterable<Held>
}

interface NamespaceObjects {
  /** By name. */
  objects: ObjectTable
  /** Others have these objects, too: whoever changes them makes a map of its own first. */
  isShared: boolean
  /** Names in their order, until one comes or goes. */
  names: readonly string[] | undefined
  /** Objects in the order of their names, until one changes. */
  sorted: readonly KubeObject[] | undefined
}

/** What the collections of a store have in common. */
export interface CollectionParts {
  /** Takes the next revision. */
  readonly advance: () => number
  readonly deliver: Deliver
  /** What is kept of an object that is stored: itself, frozen or not. */
  readonly keep: (object: KubeObject) => KubeObject
}

/** A class, for a cluster has one for every resource that it serves. */
export class StoredObjects implements Collection {
  readonly resource: StoredResource
  readonly watchers: WatcherIndex
  readonly history: EventHistory
  size = 0
  presents: Presenter | undefined = undefined
  private readonly parts: CollectionParts
  private readonly namespaces = new Map<string, NamespaceObjects>()
  private readonly index: ObjectIndex | undefined
  /** Whether there may be rows. */
  private hasRows = false

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
    else if (this.index === undefined)
      for (const { objects } of this.namespaces.values()) for (const held of objects.values()) yield objectOf(held)
  }

  get(namespace: string, name: string): KubeObject | undefined {
    const held = this.held(namespace, name)
    const found = held === undefined ? undefined : objectOf(held)
    return found === undefined || this.presents === undefined ? found : this.presents.seen(found)
  }

  held(namespace: string, name: string): Held | undefined {
    return this.namespaces.get(namespace)?.objects.get(name)
  }

  list(namespace: string | undefined): readonly KubeObject[] {
    const found = listed(this.namespaces, namespace)
    const { presents } = this
    return presents === undefined ? found : found.map((object) => presents.seen(object))
  }

  atRest(): RestingCollection {
    return { resource: this.resource, namespaces: this.shared(), history: this.history.atRest() }
  }

  past(): PastCollection {
    const { presents } = this
    const seen = presents === undefined ? undefined : (held: Held) => presents.seen(objectOf(held))
    const namespaces = seen === undefined ? this.shared() : this.copied(seen)
    return {
      get: (namespace, name) => {
        const held = namespaces.get(namespace)?.objects.get(name)
        return held === undefined ? undefined : objectOf(held)
      },
      list: (namespace) => listed(namespaces, namespace),
    }
  }

  /** Its objects for others as well: from now on whatever changes is copied first. */
  private shared(): ReadonlyMap<string, NamespaceObjects> {
    if (this.hasRows) return this.copied(objectOf)
    for (const namespace of this.namespaces.values()) {
      sortedObjects(namespace)
      namespace.isShared = true
    }
    return new Map([...this.namespaces].map(([name, namespace]) => [name, { ...namespace }]))
  }

  /** As they look now, kept apart. */
  private copied(look: (held: Held) => KubeObject): ReadonlyMap<string, NamespaceObjects> {
    const kept = [...this.namespaces].map(([name, { objects }]): [string, NamespaceObjects] => {
      const seen = new Map([...objects].map(([key, held]) => [key, look(held)]))
      return [name, { objects: seen, isShared: true, names: undefined, sorted: undefined }]
    })
    return new Map(kept)
  }

  goOnFrom({ namespaces, history }: RestingCollection): void {
    for (const [name, { objects, isShared, names, sorted }] of namespaces) {
      this.namespaces.set(name, { objects, isShared, names, sorted })
      this.size += objects.size
      if (this.index !== undefined) for (const held of objects.values()) this.index.replace(undefined, objectOf(held))
    }
    this.history.goOnFrom(history)
  }

  create(object: KubeObject, ownership?: Ownership): KubeObject {
    const stored = this.put(object, undefined, ownership)
    this.size++
    this.record({ type: 'ADDED', object: stored, old: undefined, revision: Number(stored.metadata.resourceVersion) })
    return stored
  }

  hold(row: HeldRow): void {
    this.hasRows = true
    row.revision = this.parts.advance()
    this.putRow(row).names = undefined
    this.size++
    this.record(new HeldChange('ADDED', row, undefined, row.revision))
  }

  holdOver(row: HeldRow, old: HeldRow): void {
    const { book, place } = old
    row.revision = this.parts.advance()
    // Until the history has it.
    book.hold(place)
    this.putRow(row)
    this.record(new HeldChange('MODIFIED', row, old, row.revision))
    book.letGo(place)
  }

  private putRow(row: HeldRow): NamespaceObjects {
    const inNamespace = this.namespaceOf(row.namespace)
    if (!(inNamespace.objects instanceof RowTable)) inNamespace.objects = new RowTable(row.book, inNamespace.objects)
    inNamespace.objects.set(row.name, row)
    inNamespace.sorted = undefined
    return inNamespace
  }

  keep(object: KubeObject): KubeObject {
    return this.parts.keep(object)
  }

  update(object: KubeObject, old: KubeObject, ownership?: Ownership): KubeObject {
    const held = this.heldFor(old)
    const stored = this.put(object, old, ownership ?? ownershipOf(old))
    const revision = Number(stored.metadata.resourceVersion)
    this.record(
      held instanceof HeldRow
        ? new HeldChange('MODIFIED', stored, held, revision)
        : { type: 'MODIFIED', object: stored, old, revision },
    )
    return stored
  }

  remove(old: KubeObject): KubeObject {
    const held = this.heldFor(old)
    if (held instanceof HeldRow) return this.removeRow(held).object
    const { metadata } = old
    const revision = this.takeOut(metadata.namespace ?? '', metadata.name)
    this.index?.replace(old, undefined)
    const gone = this.parts.keep(goneAt(old, revision))
    this.record({ type: 'DELETED', object: gone, old, revision })
    return gone
  }

  letGo(held: Held): void {
    if (held instanceof HeldRow) this.removeRow(held)
    else this.remove(held)
  }

  private removeRow(row: HeldRow): HeldChange {
    const change = new HeldChange('DELETED', row, row, this.takeOut(row.namespace, row.name))
    this.record(change)
    return change
  }

  /** The row whose object this is, where there is one. */
  private heldFor(object: KubeObject): Held {
    const { namespace = '', name } = object.metadata
    return (this.hasRows ? this.held(namespace, name) : undefined) ?? object
  }

  /** Returns the revision of that. */
  private takeOut(namespace: string, name: string): number {
    const revision = this.parts.advance()
    const inNamespace = this.namespaceOf(namespace)
    inNamespace.objects.delete(name)
    inNamespace.names = undefined
    inNamespace.sorted = undefined
    if (inNamespace.objects.size === 0) this.namespaces.delete(namespace)
    this.size--
    return revision
  }

  private put(object: KubeObject, old: KubeObject | undefined, ownership: Ownership | undefined): KubeObject {
    const { advance, keep } = this.parts
    const metadata = withVersion(object.metadata, String(advance()))
    const stored = keep(setOwnership(withMetadata(object, metadata), ownership))
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

/** With room for the private member by which its owners are known. */
function withVersion(given: ObjectMeta, resourceVersion: string): ObjectMeta {
  const members = membersOf(given) + ('resourceVersion' in given ? 1 : 2)
  return Object.assign(emptyFor<ObjectMeta>(members), given, { resourceVersion })
}

function withMetadata(object: KubeObject, metadata: ObjectMeta): KubeObject {
  return Object.assign(emptyFor<KubeObject>(membersOf(object)), object, { metadata })
}

function listed(
  namespaces: ReadonlyMap<string, NamespaceObjects>,
  namespace: string | undefined,
): readonly KubeObject[] {
  if (namespace !== undefined) return sortedObjects(namespaces.get(namespace))
  if (namespaces.size === 0) return []
  const names = [...namespaces.keys()]
  // Most resources live in one namespace or none: that list needs no copy.
  if (names.length === 1) return sortedObjects(namespaces.get(names[0] ?? ''))
  return names.sort(byKeyOrder).flatMap((name) => sortedObjects(namespaces.get(name)))
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
    const key = storeKeyOf(next)
    objects.set(objects.has(key) ? key : oneText(key), next)
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
      const held = objects.get(name)
      if (held !== undefined) sorted.push(objectOf(held))
    }
    namespace.sorted = sorted
  }
  return namespace.sorted
}

/** Keys are `<namespace>/<name>`, and `-` sorts before `/`. */
function byKeyOrder(a: string, b: string): number {
  return `${a}/` < `${b}/` ? -1 : 1
}
