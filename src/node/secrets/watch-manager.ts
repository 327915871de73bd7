import { type Observable, Subject } from 'rxjs'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import type { ReflectorState } from '../../client/reflector.machine.ts'
import { Reflector, type ReflectorKind, type ReflectorStore } from '../../client/reflector.ts'
import { after } from '../../kernel/after.ts'
import { firstOf } from '../../kernel/first-of.ts'
import { GridLoop, gridAfter, gridAtOrAfter } from '../../kernel/grid.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { RandomStream } from '../../kernel/random.ts'
import { Source } from '../../kernel/source.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import { type Steps, sleep, wait } from '../../kernel/steps.ts'
import { minute, second, type VirtualMs } from '../../kernel/time.ts'
import type { KubeletFacts } from '../version-facts.ts'
import {
  type Arrival,
  type CopyReports,
  notRegistered,
  type ObjectChange,
  type ObjectKind,
  type ObjectManager,
  type ObjectResult,
  type ObjectTraffic,
  type ObjectView,
  objectKey,
  valueBytes,
} from './object-manager.ts'
import { PodRegistry, type ReferenceStore } from './pod-registry.ts'

/** Source: pkg/kubelet/util/manager/watch_based_manager.go, Get: PollImmediate(10ms, 1s). */
const syncWait = { pollMs: 10, timeoutMs: second } as const

/** Source: watch_based_manager.go, minIdleTime, and NewWatchBasedManager: maxIdleTime = 5 * resyncInterval. */
const minIdleMs: VirtualMs = minute
const idleSyncPeriods = 5
const idleSweepMs: VirtualMs = minute

export interface WatchManagerOptions {
  readonly kernel: Kernel
  readonly client: Client
  readonly minor: number
  readonly facts: KubeletFacts
  /** Whether a copy that says `immutable: true` is kept for ever (gate ImmutableEphemeralVolumes). */
  readonly freezesImmutable: boolean
  readonly syncFrequency: VirtualMs
  /**
   * Last instant at which a running Pod's sync has read the object, if its Pods read it at every sync (volumes, pull
   * secrets): idle syncs are not carried out, so `get` is not called for them. Undefined: nobody does.
   */
  readonly lastIdleRead: (namespace: string, name: string) => VirtualMs | undefined
  readonly reports: CopyReports
}

/** A stream for the back-offs and watch time-outs of one object. */
export type ObjectStreams = (namespace: string, name: string) => RandomStream

/** What items of one manager have in common. */
interface ItemHost<T extends KubeObject> {
  readonly reflectors: ReflectorKind
  /** A list or a watch has told of the object. */
  arrived(item: Item<T>, arrival: Arrival): void
  changed(item: Item<T>): void
}

/** The copy of one object, and the store of the reflector that keeps it. A class, for there are very many. */
class Item<T extends KubeObject> implements ReflectorStore<T> {
  readonly namespace: string
  readonly name: string
  references = 0
  object: T | undefined
  isSynced = false
  isImmutable = false
  lastAccess: VirtualMs
  changedAt: VirtualMs | undefined
  readonly reflector: Reflector<T>
  /** What its reflector has asked for so far, and has open. */
  requests = 0
  openWatches = 0
  #synced: Subject<void> | undefined
  readonly #host: ItemHost<T>

  constructor(host: ItemHost<T>, namespace: string, name: string, random: RandomStream, lastAccess: VirtualMs) {
    this.#host = host
    this.namespace = namespace
    this.name = name
    this.lastAccess = lastAccess
    this.reflector = new Reflector<T>(host.reflectors, {
      namespace,
      random,
      store: this,
    })
  }

  get fieldSelector(): string {
    return `metadata.name=${this.name}`
  }

  /** Told of each list that arrives. */
  get synced(): Observable<void> {
    this.#synced ??= new Subject()
    return this.#synced
  }

  stateChanged(state: ReflectorState): void {
    if (state === 'listing' || state === 'watching') this.requests++
    this.openWatches = state === 'watching' ? 1 : 0
  }

  replace(objects: readonly T[]): void {
    const was = this.object?.metadata.resourceVersion
    const isNews = !this.isSynced || was !== objects[0]?.metadata.resourceVersion
    this.object = objects[0]
    this.isSynced = true
    this.#host.arrived(this, { by: 'list', found: this.object, was, changed: isNews })
    const synced = this.#synced
    this.#synced = undefined
    synced?.next()
    // A list that only says again what the node knows is no change.
    if (isNews) this.#host.changed(this)
  }

  add(object: T): void {
    this.#store(object)
  }

  update(object: T): void {
    this.#store(object)
  }

  delete(): void {
    this.#store(undefined)
  }

  #store(object: T | undefined): void {
    const was = this.object?.metadata.resourceVersion
    this.object = object
    this.#host.arrived(this, { by: 'watch', found: object, was, changed: true })
    this.#host.changed(this)
  }
}

/**
 * Watch strategy: one reflector for each object that a Pod of this node refers to. Source:
 * pkg/kubelet/util/manager/watch_based_manager.go; facts/kubelet.md 1.4.
 */
export class WatchManager<T extends KubeObject & { readonly immutable?: boolean }>
  implements ObjectManager<T>, ItemHost<T>, ReferenceStore
{
  readonly strategy = 'Watch'
  readonly #items = new SparseMap<string, Item<T>>()
  readonly #registry: PodRegistry
  readonly #changes = new Source<ObjectChange>()
  readonly #kind: ObjectKind
  readonly #streams: ObjectStreams
  /** The sweep's minute begins with the kubelet. */
  readonly #sweepsFrom: VirtualMs
  #sweep: GridLoop | undefined
  /** The next sweep, of those that would find nothing while all objects are read by each sync; undefined: none is left out. */
  #leftOut: VirtualMs | undefined
  #reflectors: ReflectorKind | undefined

  private readonly options: WatchManagerOptions

  constructor(kind: ObjectKind, options: WatchManagerOptions, streams: ObjectStreams) {
    const { facts, kernel } = options
    this.options = options
    this.#kind = kind
    this.#streams = streams
    this.#registry = new PodRegistry(this, kind.namesOf, facts)
    this.#sweepsFrom = kernel.now() + idleSweepMs
  }

  /** Made with the first copy: there is none as long as no Pod is on the node. */
  get reflectors(): ReflectorKind {
    const { facts, kernel, client, minor } = this.options
    const minWatchTimeoutSeconds = facts.objectWatchMinutes[0] * 60
    this.#reflectors ??= { kernel, client, minor, resource: this.#kind.resource, minWatchTimeoutSeconds }
    return this.#reflectors
  }

  arrived(item: Item<T>, arrival: Arrival): void {
    this.options.reports.arrived(this.#kind, item, arrival)
  }

  changed(item: Item<T>): void {
    item.changedAt = this.options.kernel.now()
    this.#changes.next(item)
  }

  registerPod(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    this.#registry.registerPod(pod)
  }

  unregisterPod(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    this.readersMayHaveGone()
    this.#registry.unregisterPod(pod)
  }

  readersMayHaveGone(): void {
    if (this.#leftOut === undefined) return
    const now = this.options.kernel.now()
    let next = this.#leftOut
    while (next <= now) next = this.#sweepAfter(next)
    this.#leftOut = undefined
    this.#sweeps.wake(next)
  }

  get(namespace: string, name: string): Once<ObjectResult<T>> {
    return process(this.options.kernel, () => this.#get(namespace, name))
  }

  getNow(namespace: string, name: string): ObjectResult<T> | undefined {
    const item = this.#items.get(objectKey(namespace, name))
    if (item === undefined) return { ok: false, error: notRegistered(namespace, name) }
    const { kernel, facts } = this.options
    if (!item.isSynced || (facts.stopsIdleWatches && isIdle(item) && !item.isImmutable)) return undefined
    if (facts.stopsIdleWatches) item.lastAccess = kernel.now()
    return this.#answer(item)
  }

  *#get(namespace: string, name: string): Steps<ObjectResult<T>> {
    const now = this.getNow(namespace, name)
    if (now !== undefined) return now
    const item = this.#items.get(objectKey(namespace, name))
    if (item === undefined) return { ok: false, error: notRegistered(namespace, name) }
    const { kernel, facts } = this.options
    if (facts.stopsIdleWatches) {
      item.lastAccess = kernel.now()
      if (isIdle(item) && !item.isImmutable) item.reflector.start()
    }
    if (item.isSynced || (yield* this.#isSyncedInTime(item))) return this.#answer(item)
    const message = `failed to sync ${this.#kind.singular} cache: timed out waiting for the condition`
    return { ok: false, error: { message, isNotFound: false } }
  }

  peek(namespace: string, name: string): ObjectResult<T> | undefined {
    const item = this.#items.get(objectKey(namespace, name))
    if (item === undefined) return { ok: false, error: notRegistered(namespace, name) }
    return item.isSynced ? this.#found(item) : undefined
  }

  get changes(): Observable<ObjectChange> {
    return this.#changes
  }

  cachedAt(namespace: string, name: string): VirtualMs | undefined {
    const item = this.#items.get(objectKey(namespace, name))
    return item?.object === undefined ? undefined : item.changedAt
  }

  traffic(namespace: string, name: string): ObjectTraffic | undefined {
    const item = this.#items.get(objectKey(namespace, name))
    return item && { requests: item.requests, openWatches: item.openWatches }
  }

  inspect(): readonly ObjectView[] {
    return [...this.#items.values()].map((item) => ({
      namespace: item.namespace,
      name: item.name,
      references: item.references,
      state: item.isImmutable ? 'frozen' : item.reflector.state,
      resourceVersion: item.object?.metadata.resourceVersion,
      bytes: valueBytes(item.object),
    }))
  }

  stop(): void {
    for (const item of this.#items.values()) item.reflector.stop()
    this.#items.clear()
    this.#registry.clear()
    this.#sweep?.stop()
  }

  /** The cache is asked at once and then every 10 ms; what comes in between is seen at the next of these instants. */
  *#isSyncedInTime(item: Item<T>): Steps<boolean> {
    const { kernel } = this.options
    const began = kernel.now()
    const giveUpAt = began + syncWait.timeoutMs
    yield* wait(firstOf(after(kernel, syncWait.timeoutMs), item.synced))
    const waitedMs = kernel.now() - began
    const seenAt = began + Math.ceil(waitedMs / syncWait.pollMs) * syncWait.pollMs
    const isInTime = seenAt < giveUpAt
    if (kernel.now() < giveUpAt) yield* sleep((isInTime ? seenAt : giveUpAt) - kernel.now())
    return isInTime
  }

  #found(item: Item<T>): ObjectResult<T> {
    if (item.object !== undefined) return { ok: true, object: item.object }
    const message = `${this.#kind.singular} ${JSON.stringify(item.name)} not found`
    return { ok: false, error: { message, isNotFound: true } }
  }

  #answer(item: Item<T>): ObjectResult<T> {
    const { object } = item
    if (object?.immutable === true && this.options.freezesImmutable && !item.isImmutable) {
      item.isImmutable = true
      item.reflector.stop()
      item.openWatches = 0
    }
    return this.#found(item)
  }

  addReference(namespace: string, name: string): void {
    const key = objectKey(namespace, name)
    let item = this.#items.get(key)
    if (item === undefined) {
      item = this.#newItem(namespace, name)
      this.#items.set(key, item)
      item.reflector.start()
      this.#planSweep()
    }
    item.references++
  }

  deleteReference(namespace: string, name: string): void {
    const key = objectKey(namespace, name)
    const item = this.#items.get(key)
    if (item === undefined) return
    item.references--
    if (item.references > 0) return
    item.reflector.stop()
    this.#items.delete(key)
  }

  #newItem(namespace: string, name: string): Item<T> {
    // Never read: the first sweep takes it for idle (v1.26/README.md row 3).
    const lastAccess = -idleSyncPeriods * this.options.syncFrequency - 1
    return new Item<T>(this, namespace, name, this.#streams(namespace, name), lastAccess)
  }

  /** Plans the first sweep at which anything could have been idle long enough. */
  #planSweep(): void {
    const { kernel, facts } = this.options
    if (!facts.stopsIdleWatches || this.#items.size === 0) return
    this.readersMayHaveGone()
    const maxIdleMs = this.#maxIdleMs()
    let earliest = Number.POSITIVE_INFINITY
    let areAllRead = true
    for (const item of this.#items.values()) {
      if (isIdle(item) || item.isImmutable) continue
      if (!item.isSynced && !facts.stopsUnsyncedWatches) {
        earliest = Math.min(earliest, kernel.now())
        areAllRead = false
        continue
      }
      const readEverySync = this.options.lastIdleRead(item.namespace, item.name)
      areAllRead &&= readEverySync !== undefined
      const lastRead = readEverySync === undefined ? item.lastAccess : kernel.now()
      earliest = Math.min(earliest, lastRead + maxIdleMs)
    }
    if (earliest === Number.POSITIVE_INFINITY) return
    // What each sync reads is looked at again when its Pods may have gone.
    if (areAllRead && !this.#sweeps.isPlanned) this.#leftOut = this.#sweepAfter(kernel.now())
    else this.#sweeps.wake(Math.max(earliest, kernel.now()) + 1)
  }

  get #sweeps(): GridLoop {
    this.#sweep ??= new GridLoop(this.options.kernel, { phaseMs: this.#sweepsFrom, periodMs: idleSweepMs }, () => {
      this.#stopIdle()
      this.#planSweep()
    })
    return this.#sweep
  }

  /** When the next sweep is, of objects that are all read at that of `time`. */
  #sweepAfter(time: VirtualMs): VirtualMs {
    const { grid } = this.#sweeps
    return Math.max(gridAfter(grid, time), gridAtOrAfter(grid, time + this.#maxIdleMs() + 1))
  }

  #maxIdleMs(): VirtualMs {
    return Math.max(idleSyncPeriods * this.options.syncFrequency, minIdleMs)
  }

  #stopIdle(): void {
    const { kernel, facts } = this.options
    const now = kernel.now()
    for (const item of this.#items.values()) {
      if (isIdle(item) || item.isImmutable || (!item.isSynced && !facts.stopsUnsyncedWatches)) continue
      const idleRead = this.options.lastIdleRead(item.namespace, item.name) ?? item.lastAccess
      if (now <= Math.max(idleRead, item.lastAccess) + this.#maxIdleMs()) continue
      item.isSynced = false
      item.reflector.stop()
    }
  }
}

/** Its watch was ended because nobody read the object for long, or because it can never change. */
function isIdle({ reflector }: { readonly reflector: { readonly state: ReflectorState } }): boolean {
  return reflector.state === 'stopped'
}
