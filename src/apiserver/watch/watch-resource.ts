import { expired, plainError } from '../../api/status.ts'
import type { KubeObject, Status, WatchEvent } from '../../api/types/meta.ts'
import type { UserInfo, WatchHandle, WatchHandlers, WatchOptions } from '../../client/client.ts'
import type { RestingServerWatch } from '../../client/resting.ts'
import { bookmarkBeforeEndMs } from '../../client/watch-cycle.ts'
import { goQuote } from '../../go/quote.ts'
import { defineHandler } from '../../kernel/handler.ts'
import type { Kernel, Ticket } from '../../kernel/kernel.ts'
import type { RandomStream } from '../../kernel/random.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'
import { ownershipOf, setOwnership } from '../ownership/ownership.ts'
import type { RegistryCore } from '../registry/core.ts'
import { hasSelfLinks, selfLinkOf } from '../registry/create.ts'
import { type ServedResource, toServed } from '../registry/resource-table.ts'
import { parseResourceVersion } from '../registry/resource-version.ts'
import { parseSelection, Selection } from '../registry/selection.ts'
import type { StoreEvent } from '../store.ts'
import { apiServerFact } from '../version-facts.ts'
import type { Revenant } from './revenants.ts'
import { UnseenChanges } from './unseen-changes.ts'
import type { Watcher } from './watcher-index.ts'

/** Watches without a timeout end after this long, drawn evenly. Source: apiserver options, MinRequestTimeout; handlers/get.go. */
const defaultTimeoutSeconds = { min: 1800, max: 3600 } as const

/** Who keeps the open watches. */
export interface WatchKeeper<R> {
  /** The watch that this request opened is over: its time, or the client's or server's wish. */
  finished(user: UserInfo, request: R | undefined, watch: OpenWatch<R> | undefined): void
}

/** What all watches of one resource, as one version serves it, have in common. */
class WatchGround<R> {
  readonly kernel: Kernel
  readonly omitsTimes: boolean
  readonly tellsLinks: boolean
  readonly served: ServedResource
  readonly keeper: WatchKeeper<R>

  constructor(core: RegistryCore, served: ServedResource, keeper: WatchKeeper<R>) {
    this.kernel = core.context.kernel
    this.omitsTimes = apiServerFact('omitsEmptyTimes', core.context.minor)
    this.tellsLinks = hasSelfLinks(core)
    this.served = served
    this.keeper = keeper
  }
}

/** The grounds of a server, each made with the first watch. */
export class WatchGrounds<R> {
  readonly #core: RegistryCore
  readonly #keeper: WatchKeeper<R>
  readonly #grounds = new Map<ServedResource, WatchGround<R>>()

  constructor(core: RegistryCore, keeper: WatchKeeper<R>) {
    this.#core = core
    this.#keeper = keeper
  }

  of(served: ServedResource): WatchGround<R> {
    const ground = this.#grounds.get(served) ?? new WatchGround(this.#core, served, this.#keeper)
    this.#grounds.set(served, ground)
    return ground
  }
}

/** Who opened a watch, and by which request, if anybody wants to know that in the end. */
export interface WatchOpener<R> {
  readonly ground: WatchGround<R>
  readonly user: UserInfo
  readonly request: R | undefined
}

/**
 * Opens a watch. Everything up to now is delivered before this returns, what follows at the instant of each write.
 * Source: apiserver pkg/storage/cacher/cacher.go, Watch; watch_cache.go.
 */
export function watchResource<R>(
  core: RegistryCore,
  options: WatchOptions,
  timeouts: RandomStream,
  handlers: WatchHandlers<KubeObject>,
  opener: WatchOpener<R>,
): OpenWatch<R> | 'over' | Status {
  const { served, keeper } = opener.ground
  const selection = parseSelection(options, served.strategy, core.context.minor)
  if (!(selection instanceof Selection)) return selection
  const version = parseResourceVersion(options.resourceVersion)
  if (typeof version === 'string') {
    // Source: apiserver pkg/storage/cacher/cacher.go, Watch: an error that is no Status.
    return plainError(`resourceVersion: Invalid value: ${goQuote(options.resourceVersion ?? '')}: ${version}`)
  }
  const { sendInitialEvents } = options
  const start = startEvents(served, selection, version, sendInitialEvents, core.store.revision)
  handlers.opened?.()
  if ('status' in start) {
    keeper.finished(opener.user, opener.request, undefined)
    handlers.event({ type: 'ERROR', object: start.status })
    handlers.closed(undefined)
    return 'over'
  }
  const watch = new OpenWatch(core, selection, options, handlers, opener, start.from, version)
  watch.begin(core, options, timeouts, start.events)
  return watch
}

/** Opens the copy of a watch that was open and quiet: it is told of what is written from now on. */
export function reopenWatch<R>(
  core: RegistryCore,
  { seenRevision, kept }: RestingServerWatch,
  handlers: WatchHandlers<KubeObject>,
  { ground, user }: Pick<WatchOpener<R>, 'ground' | 'user'>,
): OpenWatch<R> {
  // `atRest` has put it there, of a watch of the same kind of keeper.
  const { selection, hasBookmarks, request } = kept as Kept<R>
  const options = hasBookmarks ? withBookmarks : {}
  const watch = new OpenWatch(core, selection, options, handlers, { ground, user, request }, seenRevision, 0)
  watch.enter()
  return watch
}

const withBookmarks: WatchOptions = { allowWatchBookmarks: true }

/** What does not change while a watch is open. */
interface Kept<R> {
  readonly selection: Selection
  readonly hasBookmarks: boolean
  readonly request: R | undefined
}

type Start = { readonly events: readonly WatchEvent[]; readonly from: number } | { readonly status: Status }

/** What a watch begins with: all there is now, or what happened since a version. */
function startEvents(
  served: ServedResource,
  selection: Selection,
  version: number,
  initial: boolean | undefined,
  revision: number,
): Start {
  const { collection } = served
  if (initial === false && version === 0) return { events: [], from: revision }
  if (version === 0 || initial === true) {
    const events = candidates(served, selection)
      .filter((object) => isInNamespace(object, selection) && selection.matches(object))
      // The real cache tells them in no order; that of their versions is what most clients see.
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map((object): WatchEvent => ({ type: 'ADDED', object: toServed(object, served) }))
    return { events, from: initial === true ? revision : 0 }
  }
  const since = collection.history.since(version)
  if (!since.ok) return { status: expired(since.message) }
  const events: WatchEvent[] = []
  for (const event of since.events) {
    const seen = seenBy(selection, event, served)
    if (seen !== undefined) events.push(seen)
  }
  return { events, from: version }
}

/** Objects that may match, found by what pins them; always a new list. */
function candidates({ collection }: ServedResource, selection: Selection): KubeObject[] {
  const { namespace, name, indexValue } = selection
  if (name !== undefined && namespace !== undefined) {
    const only = collection.get(namespace, name)
    return only === undefined ? [] : [only]
  }
  return indexValue === undefined ? [...collection.list(namespace)] : [...collection.withIndexValue(indexValue)]
}

function isInNamespace(object: KubeObject, { namespace }: Selection): boolean {
  return namespace === undefined || object.metadata.namespace === namespace
}

/**
 * The event as a watcher with this selection sees it: an object that begins to match is added, one that ceases to match
 * is deleted, with its old content and the new version.
 */
function seenBy(selection: Selection, event: StoreEvent, served: ServedResource): WatchEvent | undefined {
  const { type, object, old } = event
  if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return undefined
  if (selection.isEmpty) return { type, object: toServed(object, served) }
  const matched = old !== undefined && selection.matches(old)
  if (type === 'DELETED') return matched ? { type, object: toServed(object, served) } : undefined
  const matches = selection.matches(object)
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object: toServed(object, served) }
  if (!matched) return undefined
  const metadata = { ...old.metadata, resourceVersion: String(event.revision) }
  return { type: 'DELETED', object: toServed(setOwnership({ ...old, metadata }, ownershipOf(old)), served) }
}

const close = defineHandler('a watch has lasted', (watch: OpenWatch<unknown>) => watch.close())
const sendBookmark = defineHandler('a bookmark', (watch: OpenWatch<unknown>) => watch.sendBookmark())

/** What few watches have: an end of their own, somebody who wants to know of it, changes that are not written. */
class Particulars<R> {
  end: Ticket | undefined
  bookmark: Ticket | undefined
  unseen: UnseenChanges | undefined
  request: R | undefined
}

/** A watch that its client renews has no end of its own before `endAt`; who would be answered in another way is warned. */
export class OpenWatch<R> extends Selection implements WatchHandle, Revenant, Watcher {
  /** Watches of a server were opened in the order of these numbers. */
  order = 0
  isOpen = true
  private readonly ground: WatchGround<R>
  private readonly user: UserInfo
  private readonly handlers: WatchHandlers<KubeObject>
  private readonly hasBookmarks: boolean
  /** Newest version that the client was told. */
  private seenRevision: number
  /** Events up to here are told as the start; those that are still waiting to be delivered must not be told twice. */
  private readonly openedAt: number
  private particulars: Particulars<R> | undefined

  constructor(
    core: RegistryCore,
    selection: Selection,
    options: WatchOptions,
    handlers: WatchHandlers<KubeObject>,
    { ground, user, request }: WatchOpener<R>,
    from: number,
    version: number,
  ) {
    super(selection)
    this.ground = ground
    this.user = user
    this.handlers = handlers
    this.hasBookmarks = options.allowWatchBookmarks === true
    this.seenRevision = from
    this.openedAt = Math.max(core.store.revision, version)
    if (request !== undefined) this.particular.request = request
  }

  begin(core: RegistryCore, options: WatchOptions, timeouts: RandomStream, events: readonly WatchEvent[]): void {
    const { served } = this.ground
    served.collection.watchers.add(this, this)
    const asked = options.timeoutSeconds ?? 0
    // No timeout and one of nothing are the same.
    if (options.lasting !== true) {
      const seconds = asked > 0 ? asked : timeouts.integer(defaultTimeoutSeconds.min, defaultTimeoutSeconds.max)
      if (options.renewal === undefined) this.endAt(core.context.kernel.now() + seconds * second)
    }
    for (const event of events) {
      const revision = Number(event.object.metadata.resourceVersion)
      if (this.isOpen) this.tell(revision, event)
    }
    if (options.sendInitialEvents === true && this.hasBookmarks && this.isOpen) this.sendInitialEnd(this.openedAt)
    // Components of the cluster reckon with what is only computed.
    if (options.renewal === undefined && this.isOpen) this.watchUnseen()
    if (options.renewal !== undefined && served.collection.history.revenants?.add(this) !== true) this.warn()
  }

  private watchUnseen(): void {
    const { kernel, served } = this.ground
    const { presents } = served.collection
    if (presents === undefined) return
    const unseen = new UnseenChanges({
      kernel,
      presents,
      objects: () => candidates(served, this).filter((object) => this.matches(object)),
      changed: (object) => this.tell(0, { type: 'MODIFIED', object: toServed(object, served) }),
    })
    this.particular.unseen = unseen
    unseen.plan()
  }

  /** In place of `begin`, for a watch that is renewed and has been open for long. */
  enter(): void {
    const { collection } = this.ground.served
    collection.watchers.add(this, this)
    if (collection.history.revenants?.add(this) !== true) this.warn()
  }

  atRest(): RestingServerWatch | undefined {
    const { order, seenRevision, hasBookmarks, particulars } = this
    // A copy: what is kept for others is not to keep the watch.
    const kept: Kept<R> = { selection: new Selection(this), hasBookmarks, request: particulars?.request }
    return this.isOpen && particulars?.end === undefined ? { order, seenRevision, kept } : undefined
  }

  written(event: StoreEvent): void {
    if (event.revision > this.openedAt) this.tell(event.revision, seenBy(this, event, this.ground.served))
    this.particulars?.unseen?.plan()
  }

  get revision(): number {
    return this.seenRevision
  }

  warn(): void {
    if (this.isOpen) this.handlers.disturbed?.()
  }

  endAt(at: VirtualMs): void {
    if (!this.isOpen || this.particulars?.end !== undefined) return
    const { kernel } = this.ground
    const { particular } = this
    const leftMs = at - kernel.now()
    particular.end = kernel.post(leftMs, close, this)
    // What a renewed watch has sent already is computed: it is not sent twice.
    if (this.hasBookmarks && leftMs >= bookmarkBeforeEndMs)
      particular.bookmark = kernel.post(leftMs - bookmarkBeforeEndMs, sendBookmark, this)
  }

  stop(): void {
    if (!this.isOpen) return
    this.isOpen = false
    const { kernel, served, keeper } = this.ground
    const { watchers, history } = served.collection
    watchers.remove(this, this)
    history.revenants?.remove(this)
    const { end, bookmark, unseen, request } = this.particulars ?? noParticulars
    if (end !== undefined) kernel.cancel(end)
    if (bookmark !== undefined) kernel.cancel(bookmark)
    unseen?.stop()
    keeper.finished(this.user, request, this)
  }

  /** Ends the watch from the server's side, cleanly. */
  close(): void {
    if (!this.isOpen) return
    this.stop()
    this.handlers.closed(undefined)
  }

  private get particular(): Particulars<R> {
    this.particulars ??= new Particulars()
    return this.particulars
  }

  private tell(revision: number, event: WatchEvent | undefined): void {
    if (event === undefined || !this.isOpen) return
    if (revision > this.seenRevision) this.seenRevision = revision
    this.handlers.event(event)
  }

  /** What a watch began with is told. Source: apiserver pkg/storage/cacher/watch_progress.go; metav1.InitialEventsAnnotationKey. */
  private sendInitialEnd(revision: number): void {
    this.handlers.event(this.bookmarkAt(revision, { annotations: { 'k8s.io/initial-events-end': 'true' } }))
  }

  private bookmarkAt(revision: number, meta: object): WatchEvent {
    const { apiVersion, info } = this.ground.served
    const metadata = { ...this.linkOfName(), resourceVersion: String(revision), ...meta }
    return { type: 'BOOKMARK', object: { kind: info.kind, apiVersion, metadata } as unknown as KubeObject } // a bookmark has no name
  }

  /** The name that a watch is pinned to stands in for that of the object. Source: v1.18 apiserver handlers/namer.go, GenerateLink. */
  private linkOfName(): { readonly selfLink?: string } {
    const { name, namespace, ground } = this
    if (name === undefined || !ground.tellsLinks) return {}
    return { selfLink: selfLinkOf(ground.served, namespace ?? '', name) }
  }

  /** In v1.18 a watch that saw no event gets no bookmark either. `reached`: all that its client may see up to there was told. */
  sendBookmark(reached?: number): void {
    if (reached !== undefined) this.seenRevision = Math.max(this.seenRevision, reached)
    if (!this.isOpen || this.seenRevision === 0 || !this.hasBookmarks) return
    this.handlers.event(this.bookmarkAt(this.seenRevision, this.ground.omitsTimes ? {} : { creationTimestamp: null }))
  }
}

const noParticulars: Partial<Particulars<never>> = {}
