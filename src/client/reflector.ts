import type { Unsubscribable } from 'rxjs'
import type { KubeList, KubeObject, ResourceRef, WatchEvent } from '../api/types/meta.ts'
import { machineTable } from '../kernel/compiled-machine.ts'
import { extended } from '../kernel/extended.ts'
import { defineHandler } from '../kernel/handler.ts'
import { Instance } from '../kernel/instance.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Receiver } from '../kernel/once.ts'
import type { RandomStream } from '../kernel/random.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import type { Client, ListOptions, RequestError, WatchHandlers, WatchOptions, WatchRenewal } from './client.ts'
import { type ReflectorEvent, type ReflectorState, reflectorMachine } from './reflector.machine.ts'
import { isVersionUnavailable, Rare } from './reflector-trouble.ts'
import type { Reopening, WatchesAtRest } from './reopening.ts'
import type { RestingReflector, RestingWatch } from './resting.ts'

/** Where a reflector puts what it sees. `replace` comes first, with everything that there is. */
export interface ReflectorStore<T extends KubeObject> {
  replace(objects: readonly T[], resourceVersion: string): void
  add(object: T): void
  update(object: T): void
  /** The object as it was last. */
  delete(object: T): void
  /** Told of every change of state. */
  stateChanged?(state: ReflectorState): void
  /** Told why a list or watch failed; the reflector goes on by itself. */
  failed?(error: RequestError): void
  /** What it is to have, where that is not all: put together for who asks, as tens of thousands rest. */
  readonly fieldSelector?: string | undefined
}

/** What all reflectors of one resource and component have in common. */
export interface ReflectorKind {
  readonly kernel: Kernel
  readonly client: Client
  readonly resource: ResourceRef
  /** Minor version of the component that watches. */
  readonly minor: number
  /** Watches are asked for this long, up to twice as long. Default 5 minutes. */
  readonly minWatchTimeoutSeconds?: number
}

/** What is one reflector's own. */
export interface ReflectorOwn<T extends KubeObject> {
  readonly store: ReflectorStore<T>
  /** Draws watch time-outs and back-offs. */
  readonly random: RandomStream
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
}

/** Source: client-go tools/cache/reflector.go, minWatchTimeout. */
const defaultMinWatchTimeoutSeconds = 300

/** An empty watch that was shorter is an error. Source: reflector.go, watchHandler, "very short watch". */
const veryShortWatchMs: VirtualMs = second

/** Up to v1.19 a refused watch is asked for again after this. Source: reflector.go, ListAndWatch, time.Sleep. */
const refusedWatchPauseMs: VirtualMs = second

const table = machineTable(reflectorMachine)
const waited = defineHandler('a reflector has waited', (reflector: Reflector<KubeObject>) => reflector.waited())

/**
 * Keeps a store up to date with the server: lists once, then watches from there, for ever. One of these exists for
 * every watched Secret of every node: hence a row, an instance of its machine, whose states say what to do.
 *
 * 1. `listing`: with version `0`, later with the last one seen; after a 410 or a version too large with none, at once.
 * 2. `watching` from the version of the list, for a random time. An end in time begins the next watch from the last version.
 * 3. Whatever else ends the watch leads to `backingOff` and to 1. A refused connection is waited for
 *    (`waitingForServer`): up to v1.19 a second at a time, later with a back-off of its own.
 * 4. From v1.35 on `streaming` takes the place of 1: one watch begins with all there is and a bookmark that ends it, and
 *    goes on as the watch of 2. A server that refuses is listed as in 1, at once. Source: reflector.go, watchList (v1.36).
 */
export class Reflector<T extends KubeObject>
  extends Instance<ReflectorState, ReflectorEvent['type']>
  implements Receiver<KubeList<T>, RequestError>, WatchHandlers<T>, WatchRenewal
{
  /** Empty until the first list has succeeded: that is what v1.18 takes for "synced". */
  lastSyncResourceVersion = ''
  readonly random: RandomStream
  private readonly kind: ReflectorKind
  private readonly store: ReflectorStore<T>
  private readonly namespace: string | undefined
  /** The list or watch that is under way. */
  private asking: Unsubscribable | undefined
  /** Of the present watch. */
  private began: VirtualMs = 0
  private timeoutSeconds = 0
  private isOpen = false
  private hasReceived = false
  private madeAt: VirtualMs
  /** What most never have: kept apart, for tens of thousands rest. */
  private rare: Rare<T> | undefined

  constructor(kind: ReflectorKind, own: ReflectorOwn<T>) {
    super(table)
    this.kind = kind
    this.store = own.store
    this.random = own.random
    this.namespace = own.namespace
    this.madeAt = kind.kernel.now()
    if (own.labelSelector !== undefined) this.rarity.labelSelector = own.labelSelector
  }

  /** Begins, or begins again after `stop` with what it knows. */
  start(): void {
    if (this.knows('start')) this.step(this.streams ? 'start.streaming' : 'start')
  }

  /** What a copy of it is to know; undefined unless its watch is open and all went well so far. */
  atRest(watches: WatchesAtRest): RestingReflector | undefined {
    const watch = watches.get(this)
    const hasFailed = this.rare?.hasFailed === true
    if (watch === undefined || this.state !== 'watching' || hasFailed || this.streamed !== undefined) return undefined
    const { lastSyncResourceVersion, began, timeoutSeconds, isOpen, hasReceived, madeAt } = this
    return { lastSyncResourceVersion, began, timeoutSeconds, isOpen, hasReceived, madeAt, watch }
  }

  /** In place of `start`: it watches as the one does of which it is a copy. Its store has what it is to have. */
  goOnFrom(rest: RestingReflector, reopening: Reopening): void {
    this.send(this.streams ? 'start.streaming' : 'start')
    this.send(this.streams ? 'stream.synced' : 'list.succeeded')
    this.lastSyncResourceVersion = rest.lastSyncResourceVersion
    this.began = rest.began
    this.timeoutSeconds = rest.timeoutSeconds
    this.isOpen = rest.isOpen
    this.hasReceived = rest.hasReceived
    this.madeAt = rest.madeAt
    reopening.add(rest.watch, this)
  }

  /** For who reopens watches. */
  reopen(resting: RestingWatch): void {
    const { client, resource } = this.kind
    const { timeoutSeconds, lastSyncResourceVersion: resourceVersion } = this
    const open: WatchOptions = { timeoutSeconds, allowWatchBookmarks: true, renewal: this, resourceVersion, resting }
    const isAll = (this.namespace ?? this.store.fieldSelector ?? this.rare?.labelSelector) === undefined
    this.asking = client.watch<T>(resource, isAll ? open : extended(open, this.selection())).open(this)
  }

  /** Ends the watch; nothing reaches the store any more. */
  stop(): void {
    this.asking?.unsubscribe()
    this.asking = undefined
    if (this.rare?.pause !== undefined) this.kind.kernel.cancel(this.rare.pause)
    this.step('stop')
  }

  /** For the kernel: a pause is over. */
  waited(): void {
    this.step(this.state === 'backingOff' && this.streams ? 'waited.streaming' : 'waited')
  }

  private get streams(): boolean {
    return has(this.kind.minor, clientGo.streamsLists)
  }

  /** Takes a step of the machine and does what its new state is for. */
  private step(event: ReflectorEvent['type']): void {
    const before = this.state
    this.send(event)
    const { state } = this
    if (state !== before) this.store.stateChanged?.(state)
    switch (state) {
      case 'listing':
        this.list()
        break
      case 'watching':
        // The watch that streamed goes on.
        if (event !== 'stream.synced') this.watch()
        break
      case 'streaming':
        this.stream()
        break
      case 'waitingToStream':
      case 'waitingForServer':
        this.wait(has(this.kind.minor, clientGo.backsOffWatches) ? this.backoffMs('refused') : refusedWatchPauseMs)
        break
      case 'backingOff':
        this.asking = undefined
        this.wait(this.backoffMs('failed'))
        break
      case 'idle':
      case 'stopped':
        break
    }
  }

  // 1. A list and its answer.

  private list(): void {
    this.streamed = undefined
    const { client, resource } = this.kind
    const selection = this.selection()
    const resourceVersion = this.lastSyncResourceVersion || '0'
    const asked = this.isLastVersionUnavailable ? selection : { resourceVersion, ...selection }
    this.asking = client.list<T>(resource, asked).begin(this)
  }

  /** The list. */
  answered(listed: KubeList<T>): void {
    this.isLastVersionUnavailable = false
    const version = listed.metadata.resourceVersion ?? ''
    const { asking } = this
    this.store.replace(listed.items, version)
    // Whoever hears of the objects may stop the reflector, and start it again.
    if (this.asking !== asking || this.state !== 'listing') return
    this.lastSyncResourceVersion = version
    this.step('list.succeeded')
  }

  /** The list was refused. A version that is not to be had is asked for again at once, without one. */
  failed(error: RequestError): void {
    this.store.failed?.(error)
    const wasConsistentRead = this.isLastVersionUnavailable
    if (isVersionUnavailable(error)) {
      this.isLastVersionUnavailable = true
      if (!wasConsistentRead) {
        this.list()
        return
      }
    }
    this.step('list.failed')
  }

  // 2. A watch and what it tells.

  private watch(): void {
    const { kernel, client, resource } = this.kind
    this.renew(kernel.now())
    this.asking = client.watch<T>(resource, this.asked()).open(this)
  }

  /** A watch begins, be it that it is only computed. Returns for how long it is asked for. */
  renew(at: VirtualMs): VirtualMs {
    const { minWatchTimeoutSeconds = defaultMinWatchTimeoutSeconds } = this.kind
    this.began = at
    this.isOpen = false
    this.hasReceived = false
    this.timeoutSeconds = Math.floor(minWatchTimeoutSeconds * (1 + this.random.next()))
    return this.timeoutSeconds * second
  }

  asked(): WatchOptions {
    const isStream = this.streamed !== undefined
    const version = isStream && this.isLastVersionUnavailable ? '' : this.lastSyncResourceVersion
    return {
      timeoutSeconds: this.timeoutSeconds,
      allowWatchBookmarks: true,
      renewal: this,
      ...(isStream && version === '' ? {} : { resourceVersion: version }),
      ...(isStream ? { sendInitialEvents: true } : {}),
      ...this.selection(),
    }
  }

  opened(): void {
    this.isOpen = true
  }

  // 4. A watch that begins with what there is.

  private stream(): void {
    const { kernel, client, resource } = this.kind
    this.streamed = new Map()
    this.renew(kernel.now())
    this.asking = client.watch<T>(resource, this.asked()).open(this)
  }

  private streamedEvent(streamed: Map<string, T>, { type, object }: Exclude<WatchEvent<T>, { type: 'ERROR' }>): void {
    const { namespace = '', name, annotations, resourceVersion = '' } = object.metadata
    if (type === 'DELETED') streamed.delete(`${namespace}/${name}`)
    else if (type !== 'BOOKMARK') streamed.set(`${namespace}/${name}`, object)
    else if (annotations?.['k8s.io/initial-events-end'] === 'true') this.synced([...streamed.values()], resourceVersion)
  }

  private synced(objects: readonly T[], version: string): void {
    this.streamed = undefined
    this.isLastVersionUnavailable = false
    const { asking } = this
    this.store.replace(objects, version)
    // Whoever hears of the objects may stop the reflector, and start it again.
    if (this.asking !== asking || this.state !== 'streaming') return
    this.lastSyncResourceVersion = version
    this.step('stream.synced')
  }

  /** A stream that failed: once more without the version that is not to be had, or listed. */
  private notStreamed(reason: RequestError | undefined): void {
    if (reason !== undefined) this.store.failed?.(reason)
    const isWaitedFor = reason !== undefined && this.isWaitedFor(reason)
    if (isWaitedFor) this.step('watch.refused')
    else if (reason !== undefined && isVersionUnavailable(reason) && !this.isLastVersionUnavailable) {
      this.isLastVersionUnavailable = true
      this.step('stream.ended')
    } else this.step('stream.failed')
  }

  event(event: WatchEvent<T>): void {
    this.isOpen = true
    if (event.type === 'ERROR') {
      this.asking?.unsubscribe()
      const reason: RequestError = { kind: 'status', status: event.object }
      if (this.streamed === undefined) this.afterWatch(reason)
      else this.notStreamed(reason)
      return
    }
    this.hasReceived = true
    if (this.streamed !== undefined) {
      this.streamedEvent(this.streamed, event)
      return
    }
    // The version is noted first: a store that stops the reflector has seen this event.
    this.lastSyncResourceVersion = event.object.metadata.resourceVersion ?? this.lastSyncResourceVersion
    if (event.type === 'ADDED') this.store.add(event.object)
    else if (event.type === 'MODIFIED') this.store.update(event.object)
    else if (event.type === 'DELETED') this.store.delete(event.object)
  }

  closed(reason: RequestError | undefined): void {
    if (this.streamed !== undefined) {
      const isVeryShort = !this.hasReceived && this.kind.kernel.now() - this.began < veryShortWatchMs
      if (!this.isOpen || reason?.kind === 'status' || isVeryShort) this.notStreamed(reason)
      else this.step('stream.ended')
    } else if (!this.isOpen) this.notOpened(reason)
    else if (reason?.kind === 'status') this.afterWatch(reason)
    else {
      const isVeryShort = !this.hasReceived && this.kind.kernel.now() - this.began < veryShortWatchMs
      this.step(isVeryShort ? 'watch.failed' : 'watch.ended')
    }
  }

  // 3. What ends a watch.

  private notOpened(reason: RequestError | undefined): void {
    if (reason !== undefined) this.store.failed?.(reason)
    // A connection that broke while the watch was asked for counts as an empty watch. Source: rest/request.go, Watch.
    this.step(reason !== undefined && this.isWaitedFor(reason) ? 'watch.refused' : 'watch.failed')
  }

  /** Nobody listens there, or there are too many. Source: reflector.go, isWatchErrorRetriable. */
  private isWaitedFor(reason: RequestError): boolean {
    if (reason.kind === 'network') return reason.cause === 'refused'
    return has(this.kind.minor, clientGo.waitsWhenTooMany) && reason.kind === 'status' && reason.status.code === 429
  }

  private afterWatch(reason: RequestError): void {
    this.store.failed?.(reason)
    this.step('watch.failed')
  }

  private wait(ms: VirtualMs): void {
    this.rarity.pause = this.kind.kernel.post(ms, waited, this as unknown as Reflector<KubeObject>) // whatever it reflects
  }

  private backoffMs(reason: 'failed' | 'refused'): VirtualMs {
    const { kernel, minor } = this.kind
    return this.rarity.backoffFor(reason, minor, this.madeAt).next(kernel.now(), this.random)
  }

  private get rarity(): Rare<T> {
    this.rare ??= new Rare()
    return this.rare
  }

  private get isLastVersionUnavailable(): boolean {
    return this.rare?.isLastVersionUnavailable === true
  }

  private set isLastVersionUnavailable(isSo: boolean) {
    if (isSo || this.rare !== undefined) this.rarity.isLastVersionUnavailable = isSo
  }

  /** What a stream has told before its bookmark. */
  private get streamed(): Map<string, T> | undefined {
    return this.rare?.streamed
  }

  private set streamed(streamed: Map<string, T> | undefined) {
    if (streamed !== undefined || this.rare !== undefined) this.rarity.streamed = streamed
  }

  private selection(): ListOptions {
    const { namespace } = this
    const { fieldSelector } = this.store
    const labelSelector = this.rare?.labelSelector
    const selection: { -readonly [K in keyof ListOptions]: ListOptions[K] } = {}
    if (namespace !== undefined) selection.namespace = namespace
    if (fieldSelector !== undefined) selection.fieldSelector = fieldSelector
    if (labelSelector !== undefined) selection.labelSelector = labelSelector
    return selection
  }
}
