import type { KubeObject, ResourceRef, WatchEvent } from '../api/types/meta.ts'
import type { StoreEvent } from '../apiserver/store.ts'
import { type Watch, type WatchHandlers, type WatchOptions, watchedBy } from '../client/client.ts'
import type { Violated } from './invariant.ts'
import { objectOf, type World } from './world.ts'

/** What a watcher is to see next. */
interface Expectation {
  readonly selects: (object: KubeObject) => boolean
  /** Versions that are on their way; undefined: it began with the present state, whose size is not known here. */
  coming: number[] | undefined
  last: number
}

export const orderedWatchesTold = {
  id: 'S-09',
  sentence: 'each watcher sees changes in the order of their versions, without duplicates, and with no gap',
  clauses: ['U1', 'S1'],
} as const

/** Holds what each watcher is told against what was written. */
export class WatchLedger {
  readonly #open = new Map<string, Set<Expectation>>()
  readonly #world: World
  readonly #violated: Violated

  constructor(world: World, violated: Violated) {
    this.#world = world
    this.#violated = violated
  }

  written(resource: string, event: StoreEvent): void {
    const watches = this.#open.get(resource)
    if (watches === undefined) return
    const { object, old, revision } = event
    for (const { coming, selects } of watches)
      if (coming !== undefined && (selects(object) || (old !== undefined && selects(old)))) coming.push(revision)
  }

  /** A user's watch with the ledger listening. */
  watch<T extends KubeObject>(
    watch: Watch<T>,
    user: string,
    resource: ResourceRef,
    options: WatchOptions,
    begins: () => void,
  ): Watch<T> {
    const stored = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`
    return watchedBy(watch, (handlers) => {
      begins()
      const selects = selectorOf(options)
      if (selects === undefined) return { handlers }
      const expectation = this.#begin(stored, Number(options.resourceVersion ?? 0), selects)
      const open = this.#open.get(stored) ?? new Set()
      this.#open.set(stored, open.add(expectation))
      const ended = (): void => {
        open.delete(expectation)
      }
      const between: WatchHandlers<T> = {
        opened: () => handlers.opened?.(),
        event: (event) => {
          this.#told(expectation, event, `${user}'s watch of ${stored}`)
          handlers.event(event)
        },
        closed: (error) => {
          ended()
          handlers.closed(error)
        },
      }
      return { handlers: between, ended }
    })
  }

  #begin(stored: string, from: number, selects: Expectation['selects']): Expectation {
    if (from === 0) return { selects, coming: undefined, last: 0 }
    const since = this.#world.server().store.collection(stored).history.since(from)
    const coming = since.ok
      ? since.events
          .filter(({ object, old }) => selects(object) || (old !== undefined && selects(old)))
          .map(({ revision }) => revision)
      : undefined
    return { selects, coming, last: from }
  }

  #told(expectation: Expectation, { type, object }: WatchEvent, who: string): void {
    if (type === 'ERROR') {
      expectation.coming = undefined
      return
    }
    if (type === 'BOOKMARK') return
    const version = Number(object.metadata.resourceVersion)
    if (version <= expectation.last)
      this.#violated(`${who} was told of version ${version} after ${expectation.last}`, [objectOf(object)])
    expectation.last = version
    if (expectation.coming === undefined) return
    const next = expectation.coming.shift()
    if (next !== version) this.#violated(`${who} was told of version ${version}, not ${next}`, [objectOf(object)])
  }
}

/** Which objects a watch selects; undefined where that takes more than a look at names. */
function selectorOf({ namespace, labelSelector, fieldSelector }: WatchOptions): Expectation['selects'] | undefined {
  if ((labelSelector ?? '') !== '') return undefined
  const field = /^(metadata\.name|spec\.nodeName)==?([^,!=]+)$/.exec(fieldSelector ?? '')
  if ((fieldSelector ?? '') !== '' && field === null) return undefined
  const [, path, value] = field ?? []
  return (object) => {
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false
    if (path === 'metadata.name') return object.metadata.name === value
    if (path === 'spec.nodeName')
      return (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName === value
    return true
  }
}
