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

export type Watcher = (event: StoreEvent) => void

/** Watchers of one resource, found by what they watch: a write wakes only those whose key it bears (design, decision 5). */
export interface WatcherIndex {
  /** Returns what takes the watcher off again. */
  add(scope: WatchScope, watcher: Watcher): () => void
  deliver(event: StoreEvent): void
  /** Number of open watches. */
  readonly size: number
}

type Watchers = Map<string, Set<Watcher>>

/** `indexKey` gives an object's value of the resource's index key, if it has one. */
export function createWatcherIndex(indexKey: ((object: KubeObject) => string) | undefined): WatcherIndex {
  const everywhere = new Set<Watcher>()
  const byNamespace: Watchers = new Map()
  const byName: Watchers = new Map()
  const byObject: Watchers = new Map()
  const byIndex: Watchers = new Map()
  let size = 0
  const addTo = (map: Watchers, key: string, watcher: Watcher): (() => void) => {
    const set = map.get(key) ?? new Set<Watcher>()
    map.set(key, set)
    set.add(watcher)
    return () => {
      set.delete(watcher)
      if (set.size === 0 && map.get(key) === set) map.delete(key)
    }
  }
  const place = ({ namespace, name, indexValue }: WatchScope, watcher: Watcher): (() => void) => {
    if (indexValue !== undefined && indexKey !== undefined) return addTo(byIndex, indexValue, watcher)
    if (name !== undefined && namespace !== undefined) return addTo(byObject, `${namespace}/${name}`, watcher)
    if (name !== undefined) return addTo(byName, name, watcher)
    if (namespace !== undefined) return addTo(byNamespace, namespace, watcher)
    everywhere.add(watcher)
    return () => everywhere.delete(watcher)
  }
  return {
    get size() {
      return size
    },
    add(scope, watcher) {
      const remove = place(scope, watcher)
      size++
      let open = true
      return () => {
        if (!open) return
        open = false
        size--
        remove()
      }
    },
    deliver(event) {
      if (size === 0) return
      const { namespace = '', name } = event.object.metadata
      // A watcher may end itself, or open another, while it is called: sets are copied when they hold several.
      tell(everywhere, event)
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

function tell(watchers: Set<Watcher> | undefined, event: StoreEvent): void {
  if (watchers === undefined || watchers.size === 0) return
  const [only] = watchers
  if (watchers.size === 1 && only !== undefined) {
    only(event)
    return
  }
  for (const watcher of [...watchers]) if (watchers.has(watcher)) watcher(event)
}
