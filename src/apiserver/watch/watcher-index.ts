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

/** Watchers of one resource, found by what they watch: a write wakes only those whose key it bears (design, decision 5). */
export interface WatcherIndex {
  add(scope: WatchScope, watcher: Watcher): void
  /** Once for each that was added, with the same scope. */
  remove(scope: WatchScope, watcher: Watcher): void
  deliver(event: StoreEvent): void
  /** Number of open watches. */
  readonly size: number
}

/** Most keys are watched by one: only several have a set. */
type Watchers = Map<string, Watcher | Set<Watcher>>

/** `indexKey` gives an object's value of the resource's index key, if it has one. */
export function createWatcherIndex(indexKey: ((object: KubeObject) => string) | undefined): WatcherIndex {
  const everywhere: Watchers = new Map()
  const byNamespace: Watchers = new Map()
  const byName: Watchers = new Map()
  const byObject: Watchers = new Map()
  const byIndex: Watchers = new Map()
  let size = 0
  const placeOf = ({ namespace, name, indexValue }: WatchScope): readonly [Watchers, string] => {
    if (indexValue !== undefined && indexKey !== undefined) return [byIndex, indexValue]
    if (name !== undefined && namespace !== undefined) return [byObject, `${namespace}/${name}`]
    if (name !== undefined) return [byName, name]
    if (namespace !== undefined) return [byNamespace, namespace]
    return [everywhere, '']
  }
  return {
    get size() {
      return size
    },
    add(scope, watcher) {
      const [watchers, key] = placeOf(scope)
      const known = watchers.get(key)
      if (known === undefined) watchers.set(key, watcher)
      else if (known instanceof Set) known.add(watcher)
      else watchers.set(key, new Set([known, watcher]))
      size++
    },
    remove(scope, watcher) {
      const [watchers, key] = placeOf(scope)
      const known = watchers.get(key)
      if (known instanceof Set) {
        known.delete(watcher)
        if (known.size === 0) watchers.delete(key)
      } else if (known === watcher) watchers.delete(key)
      size--
    },
    deliver(event) {
      if (size === 0) return
      const { namespace = '', name } = event.object.metadata
      // A watcher may end itself, or open another, while it is called: sets are copied when they hold several.
      if (everywhere.size > 0) tell(everywhere.get(''), event)
      if (byNamespace.size > 0) tell(byNamespace.get(namespace), event)
      if (byName.size > 0) tell(byName.get(name), event)
      if (byObject.size > 0) tell(byObject.get(`${namespace}/${name}`), event)
      if (byIndex.size === 0 || indexKey === undefined) return
      const value = indexKey(event.object)
      tell(byIndex.get(value), event)
      if (event.old === undefined) return
      const before = indexKey(event.old)
      if (before !== value) tell(byIndex.get(before), event)
    },
  }
}

function tell(watchers: Watcher | Set<Watcher> | undefined, event: StoreEvent): void {
  if (watchers === undefined) return
  if (!(watchers instanceof Set)) {
    watchers.written(event)
    return
  }
  for (const watcher of [...watchers]) if (watchers.has(watcher)) watcher.written(event)
}
