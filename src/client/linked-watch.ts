import type { Unsubscribable } from 'rxjs'
import { expired, unauthorized } from '../api/status.ts'
import type { KubeObject, ResourceRef, WatchEvent } from '../api/types/meta.ts'
import { defineHandler } from '../kernel/handler.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import {
  type RequestError,
  type UserInfo,
  Watch,
  type WatchHandle,
  type WatchHandlers,
  type WatchOptions,
  type WatchRenewal,
} from './client.ts'
import { type Hold, holds, type Link, type Passenger, type WatchAtRest, type WatchOnLink } from './link.ts'
import type { RequestLine } from './request-url.ts'
import type { RestingWatch } from './resting.ts'
import type { ApiServer } from './server.ts'
import { WatchCycle } from './watch-cycle.ts'

/** Whom a client's watches go to, and how. */
export interface WatchRoute {
  readonly server: ApiServer
  readonly link: Link
  readonly user: UserInfo
}

/** A watch of a server's resource over a link. Watches take no token of a throttle. Source: client-go rest/request.go, Watch. */
export function overLink<T extends KubeObject>(
  route: WatchRoute,
  resource: ResourceRef,
  options: WatchOptions,
): Watch<T> {
  return new WatchOverLink<T>(route, resource, options)
}

class WatchOverLink<T extends KubeObject> extends Watch<T> {
  private readonly route: WatchRoute
  private readonly resource: ResourceRef
  private readonly options: WatchOptions

  constructor(route: WatchRoute, resource: ResourceRef, options: WatchOptions) {
    super()
    this.route = route
    this.resource = resource
    this.options = options
  }

  override open(handlers: WatchHandlers<T>): Unsubscribable {
    // The watch itself does not care for the kind: it passes on what it gets.
    const watch = new LinkedWatch(this.route, this.resource, this.options, handlers as WatchHandlers<KubeObject>)
    if (this.options.resting === undefined) watch.begin()
    else watch.goOnFrom(this.options.resting, this.options)
    return watch
  }
}

/** Shorter watches are renewed event by event: an empty one of less than a second is an error to its client. */
const leastUnseenMs: VirtualMs = 10_000

const askServer = defineHandler('a watch is asked for', (watch: LinkedWatch) => watch.ask())
const deliver = defineHandler('a watch is told', (piece: Piece) => piece.watch.deliver(piece))
const tellBroken = defineHandler('a watch breaks', (piece: Piece) => piece.watch.tellBroken(piece))

/** What is so or not of a watch, beside what holds it. `isAbandoned`: the client hears nothing any more, not even that it broke. */
const flags = {
  isRenewed: 0x10,
  isOver: 0x20,
  isAbandoned: 0x40,
  isEmpty: 0x80,
  isAccepted: 0x100,
  isClosed: 0x200,
  isDisturbed: 0x400,
} as const
type Flag = (typeof flags)[keyof typeof flags]

const heldBits = holds.partition | holds.stall | holds.stale | holds.missing

/** What the server said, on its way: that the watch is open, an event, or its end. */
interface Piece {
  readonly watch: LinkedWatch
  readonly event: WatchEvent | 'opened' | 'closed'
  readonly end: RequestError | undefined
}

/**
 * One watch on its way over a link. What the server says arrives in the order in which it was said, each piece in a
 * kernel event of its own, however long each takes. A row, because tens of thousands are open at once.
 *
 * A watch that its client renews over and over does so unseen as long as nothing is in the way: it is a `WatchCycle`, which computes
 * where it stands when that matters. When something comes in the way, `realise` makes the next renewal happen.
 */
class LinkedWatch extends WatchCycle implements Unsubscribable, WatchOnLink, Passenger, WatchHandlers<KubeObject> {
  private readonly route: WatchRoute
  private readonly resource: ResourceRef
  /** Who renews it; of a watch that is not renewed, what it asks for. */
  private readonly wish: WatchOptions | WatchRenewal
  private readonly handlers: WatchHandlers<KubeObject>
  private server: WatchHandle | undefined
  private held: Piece[] | undefined
  /** What holds it, and `flags`. */
  private bits = 0

  constructor(route: WatchRoute, resource: ResourceRef, options: WatchOptions, handlers: WatchHandlers<KubeObject>) {
    super((options.timeoutSeconds ?? 0) * second)
    this.route = route
    this.resource = resource
    this.wish = options.renewal ?? options
    if (options.renewal !== undefined) this.bits = flags.isRenewed
    this.handlers = handlers
  }

  begin(): void {
    const { link } = this.route
    const totalMs = this.requestMs()
    this.mark(flags.isEmpty, link.givesEmptyWatches)
    this.backMs = totalMs - (totalMs >> 1)
    link.kernel.post(totalMs >> 1, askServer, this)
  }

  /** The server has opened it long ago: both ends go on from there. */
  goOnFrom({ cycle }: RestingWatch, asked: WatchOptions): void {
    const { link, user, server } = this.route
    link.enter(this)
    this.mark(flags.isAccepted, true)
    this.server = server.watch(user, this.resource, asked, this)
    this.goOnCycle(cycle)
  }

  atRest(): WatchAtRest | undefined {
    const server = this.server?.atRest?.()
    const cycle = this.cycleAtRest()
    const { renewal } = this
    if (server === undefined || cycle === undefined || renewal === undefined) return undefined
    return { renewal, watch: { server, cycle } }
  }

  /** Asks the server at this instant, if the way is free. */
  ask(): void {
    this.route.link.pass(this)
  }

  pass(): void {
    const { link } = this.route
    if (this.is(flags.isOver)) return
    if (this.is(flags.isEmpty)) this.closeEmpty()
    else if (link.isDown || link.isRefusing) this.close(link.refused(this.line()))
    else if (link.isDenied) this.close({ kind: 'status', status: unauthorized() })
    else {
      link.enter(this)
      this.connect()
    }
  }

  late(): void {
    if (!this.is(flags.isOver)) this.close(this.route.link.dialTimedOut(this.line()))
  }

  unsubscribe(): void {
    this.mark(flags.isAbandoned, true)
    this.stop()
  }

  /** The connection breaks: nothing that is under way arrives any more. */
  break(message: string): void {
    this.breakOff({ kind: 'network', message, cause: 'broken' })
  }

  expire(): void {
    this.breakOff({ kind: 'status', status: expired('The resourceVersion for the provided watch is too old.') })
  }

  private breakOff(end: RequestError): void {
    if (this.is(flags.isOver)) return
    this.stop()
    this.route.link.kernel.post(0, tellBroken, { watch: this, event: 'closed', end })
  }

  tellBroken({ end }: Piece): void {
    if (!this.is(flags.isAbandoned)) this.handlers.closed(end)
  }

  hold(reason: Hold): void {
    this.bits |= reason
  }

  release(reason: Hold): void {
    this.bits &= ~reason
    if (this.isHeld || this.held === undefined) return
    const { held } = this
    this.held = undefined
    for (const { event, end } of held) this.say(0, event, end)
  }

  /** Computes what happened unseen until now: before what that depends on changes. */
  catchUp(): void {
    if (this.stage !== undefined) this.cycleTo(this.route.link.kernel.now())
  }

  /**
   * Something is, or comes, in the way: what is left of the present watch, and its renewal, happen event by event.
   * Returns whether the watch is open at the server.
   */
  realise(): boolean {
    if (this.stage === undefined) return true
    const { kernel } = this.route.link
    this.cycleTo(kernel.now())
    // What comes in the way is not why the watch ends.
    const { cause } = kernel
    kernel.cause = 0
    const isOpen = this.goOn()
    kernel.cause = cause
    return isOpen
  }

  // The server speaks.

  opened(): void {
    if (this.is(flags.isAccepted)) return
    this.mark(flags.isAccepted, true)
    this.say(this.backMs, 'opened')
  }

  event(event: WatchEvent): void {
    this.opened()
    if (this.stage === undefined) {
      this.say(this.eventMs(), event)
      return
    }
    const now = this.route.link.kernel.now()
    this.cycleTo(now)
    // Said between two watches: the next one begins with it.
    if (this.stage === 'closing' || this.stage === 'requesting') this.realise()
    else this.deliverIn(this.delayOf(now), { watch: this, event, end: undefined })
  }

  closed(error: RequestError | undefined): void {
    if (this.is(flags.isOver) || !this.realise()) return
    this.mark(flags.isClosed, true)
    this.server = undefined
    this.say(this.is(flags.isAccepted) ? this.eventMs() : this.backMs, 'closed', error)
  }

  disturbed(): void {
    this.mark(flags.isDisturbed, true)
    this.realise()
  }

  // Its cycle asks.

  eventMs(): VirtualMs {
    const { link } = this.route
    return link.eventMs(this.renewal?.random ?? link.random)
  }

  requestMs(): VirtualMs {
    const { link } = this.route
    return link.requestMs('watch', this.renewal?.random ?? link.random)
  }

  renew(at: VirtualMs): VirtualMs {
    // Only what is renewed has a cycle.
    return this.renewal?.renew(at) ?? 0
  }

  knownAsOpen(): void {
    this.handlers.opened?.()
  }

  deliver(piece: Piece): void {
    if (this.is(flags.isOver)) return
    if (this.isHeld) {
      this.held ??= []
      this.held.push(piece)
    } else if (piece.event === 'opened') this.knownAsOpen()
    else if (piece.event === 'closed') this.close(piece.end)
    else this.handlers.event(piece.event)
  }

  private stop(): void {
    if (this.is(flags.isOver)) return
    // What it would have drawn until now is drawn: its client may ask again with the same stream.
    this.catchUp()
    this.leaveCycle()
    this.mark(flags.isOver, true)
    this.server?.stop()
    this.route.link.leave(this)
  }

  /**
   * Opens the watch at the server; that it is open is known to the client `backMs` later. A server leaves the end of a
   * watch that is renewed to this side.
   */
  private connect(): void {
    const { server, user } = this.route
    this.bits &= ~(flags.isAccepted | flags.isClosed | flags.isDisturbed)
    const handle = server.watch(user, this.resource, this.asked(), this)
    if (this.is(flags.isOver)) handle.stop()
    else if (!this.is(flags.isClosed)) {
      this.server = handle
      this.leaveOpen()
    }
  }

  private asked(): WatchOptions {
    return this.renewal?.asked() ?? (this.wish as WatchOptions) // it is no renewal
  }

  private leaveOpen(): void {
    const { renewal, lifetimeMs } = this
    if (renewal === undefined) return
    const { link } = this.route
    const now = link.kernel.now()
    const end = now + lifetimeMs
    const isSeen = this.is(flags.isDisturbed) || this.isHeld || link.isHindered || lifetimeMs < leastUnseenMs
    if (isSeen) this.server?.endAt?.(end)
    else this.beginCycle(now + this.backMs, end)
  }

  private goOn(): boolean {
    const { stage, due, end } = this.leaveCycle()
    switch (stage) {
      case 'opening':
        this.say(0, 'opened')
        this.server?.endAt?.(end)
        return true
      case 'open':
      case 'marked':
        this.server?.endAt?.(end)
        return true
      case 'closing':
        this.leaveServer()
        this.say(0, 'closed')
        return false
      case 'requesting': {
        const { link } = this.route
        this.leaveServer()
        link.leave(this)
        this.notBefore = 0
        this.mark(flags.isEmpty, false)
        link.kernel.post(due - link.kernel.now(), askServer, this)
        return false
      }
      case undefined:
        return true
    }
  }

  private leaveServer(): void {
    this.server?.stop()
    this.server = undefined
  }

  /** The watch is opened and ends at once with nothing in it. Source: client-go rest/request.go, Watch, IsProbableEOF. */
  private closeEmpty(): void {
    this.handlers.opened?.()
    this.close(undefined)
  }

  private close(error: RequestError | undefined): void {
    if (this.is(flags.isOver)) return
    this.mark(flags.isOver, true)
    this.route.link.leave(this)
    this.handlers.closed(error)
  }

  private say(delayMs: VirtualMs, event: Piece['event'], end?: RequestError): void {
    if (this.is(flags.isOver)) return
    const now = this.route.link.kernel.now()
    this.notBefore = Math.max(now + delayMs, this.notBefore)
    this.deliverIn(this.notBefore - now, { watch: this, event, end })
  }

  private deliverIn(delayMs: VirtualMs, piece: Piece): void {
    this.route.link.kernel.post(delayMs, deliver, piece)
  }

  private get renewal(): WatchRenewal | undefined {
    return this.is(flags.isRenewed) ? (this.wish as WatchRenewal) : undefined // what the flag says
  }

  private get isHeld(): boolean {
    return (this.bits & heldBits) !== 0
  }

  private is(flag: Flag): boolean {
    return (this.bits & flag) !== 0
  }

  private mark(flag: Flag, isSo: boolean): void {
    this.bits = isSo ? this.bits | flag : this.bits & ~flag
  }

  private line(): RequestLine {
    const { renewal: _, ...query } = this.asked()
    const key = query.namespace === undefined ? {} : { namespace: query.namespace }
    return { method: 'GET', resource: this.resource, key, query: { ...query, watch: true } }
  }
}
