import type { KubeObject } from '../../api/types/meta.ts'
import type { StoreEvent } from '../store-event.ts'

/** Which objects a watcher may be interested in; it still filters what it gets. */
export interface WatchScope {
  readonly namespace: string | undefined
  /** From the field selector `metadata.name=X`. */
  readonly name: string | undefined
  /** From a field selector on the resource's index key, such as `spec.nodeName=X`. */
  readonly indexValue: string | undefined
}

/** Who watches. A row: tens of thousands are open at once. */
export interface Watcher {
  /** Something was written that it may be interested in. */
  written(event: StoreEvent): void
}

/** Most keys are watched by one: only several have a set. */
type Watchers = Map<string, Watcher | Set<Watcher>>

/** What a watcher is found by; objects, in their namespace, by name. */
type Way = 'everywhere' | 'byNamespace' | 'byName' | 'byIndex'

/**
 * Watchers of one resource, found by what they watch: a write wakes only those whose key it bears (design, decision 5). A row:
 * there is one for each resource, and most are watched in one way, if at all.
 */
export class WatcherIndex {
  /** Number of open watches. */
  size = 0
  private readonly indexKey: ((object: KubeObject) => string) | undefined
  private everywhere: Watchers | undefined
  private byNamespace: Watchers | undefined
  private byName: Watchers | undefined
  private byObject: Map<string, Watchers> | undefined
  private byIndex: Watchers | undefined

  /** `indexKey` gives an object's value of the resource's index key, if it has one. */
  constructor(indexKey: ((object: KubeObject) => string) | undefined) {
    this.indexKey = indexKey
  }

  add(scope: WatchScope, watcher: Watcher): void {
    const watchers = this.watchersFor(scope)
    const key = this.keyOf(scope)
    const known = watchers.get(key)
    if (known === undefined) watchers.set(key, watcher)
    else if (known instanceof Set) known.add(watcher)
    else watchers.set(key, new Set([known, watcher]))
    this.size++
  }

  /** Once for each that was added, with the same scope. */
  remove(scope: WatchScope, watcher: Watcher): void {
    const watchers = this.watchersFor(scope)
    const key = this.keyOf(scope)
    const known = watchers.get(key)
    if (known instanceof Set) {
      known.delete(watcher)
      if (known.size === 0) watchers.delete(key)
    } else if (known === watcher) watchers.delete(key)
    if (watchers.size === 0 && scope.namespace !== undefined) this.byObject?.delete(scope.namespace)
    this.size--
  }

  deliver(event: StoreEvent): void {
    if (this.size === 0) return
    // A watcher may end itself, or open another, while it is called: sets are copied when they hold several.
    if (isWatched(this.everywhere)) tell(this.everywhere.get(''), event)
    // An object that is made when it is looked at is looked at for those alone who watch a part.
    const { byNamespace: inNamespace, byName, byObject } = this
    if (!(isWatched(inNamespace) || isWatched(byName) || isWatched(byObject) || isWatched(this.byIndex))) return
    const { namespace = '', name } = event.object.metadata
    if (isWatched(this.byNamespace)) tell(this.byNamespace.get(namespace), event)
    if (isWatched(this.byName)) tell(this.byName.get(name), event)
    if (isWatched(this.byObject)) tell(this.byObject.get(namespace)?.get(name), event)
    const { byIndex, indexKey } = this
    if (!isWatched(byIndex) || indexKey === undefined) return
    const value = indexKey(event.object)
    tell(byIndex.get(value), event)
    if (event.old === undefined) return
    const before = indexKey(event.old)
    if (before !== value) tell(byIndex.get(before), event)
  }

  private watchersFor({ namespace, name, indexValue }: WatchScope): Watchers {
    if (indexValue !== undefined && this.indexKey !== undefined) return this.watchers('byIndex')
    if (name === undefined) return this.watchers(namespace === undefined ? 'everywhere' : 'byNamespace')
    if (namespace === undefined) return this.watchers('byName')
    this.byObject ??= new Map()
    const known = this.byObject.get(namespace)
    if (known !== undefined) return known
    const watchers: Watchers = new Map()
    this.byObject.set(namespace, watchers)
    return watchers
  }

  private watchers(way: Way): Watchers {
    this[way] ??= new Map()
    return this[way]
  }

  private keyOf({ namespace, name, indexValue }: WatchScope): string {
    return (this.indexKey === undefined ? undefined : indexValue) ?? name ?? namespace ?? ''
  }
}

function isWatched<W extends Watchers | Map<string, Watchers>>(watchers: W | undefined): watchers is W {
  return watchers !== undefined && watchers.size > 0
}

function tell(watchers: Watcher | Set<Watcher> | undefined, event: StoreEvent): void {
  if (watchers === undefined) return
  if (!(watchers instanceof Set)) {
    watchers.written(event)
    return
  }
  for (const watcher of [...watchers]) if (watchers.has(watcher)) watcher.written(event)
}
