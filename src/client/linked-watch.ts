import type { KubeObject, WatchEvent } from '../api/types/meta.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RequestError, WatchHandle, WatchHandlers } from './client.ts'
import { WatchCycle } from './watch-cycle.ts'

/** Why a watch delivers nothing for now. */
export type HoldReason = 'partition' | 'stall'

/** What a watch needs of the link that it goes over. */
export interface WatchWay {
  eventMs(random: RandomStream): VirtualMs
  requestMs(random: RandomStream): VirtualMs
  /** Asks the server at this instant; its answer takes `backMs` to come back. */
  ask(watch: LinkedWatch, backMs: VirtualMs): void
  forget(watch: LinkedWatch): void
  /** Whether a renewal could be told from one that is only computed. */
  isHindered(): boolean
}

/** How a client asks for a watch again when its time was over. */
export interface Renewal {
  /** The latencies of this one watch are drawn from it: nobody else's draws depend on how often it was renewed. */
  readonly random: RandomStream
  /** The client asks again at `at`: how long the new watch shall last, in ms. */
  renew(at: VirtualMs): VirtualMs
}

/** Shorter watches are renewed event by event: an empty one of less than a second is an error to its client. */
const leastUnseenMs: VirtualMs = 10_000

/**
 * One watch on its way over a link. What the server says arrives in the order in which it was said, each piece in a
 * kernel event of its own, however long each takes. A class because tens of thousands are open at once.
 *
 * A watch that its client renews over and over does so unseen as long as nothing is in the way: its `WatchCycle` computes
 * where it stands when that matters. When something comes in the way, `realise` makes the next renewal happen.
 */
export class LinkedWatch implements WatchHandle {
  isOver = false
  readonly #kernel: Kernel
  readonly #handlers: WatchHandlers<KubeObject>
  readonly #way: WatchWay
  readonly #random: RandomStream
  readonly #renewal: Renewal | undefined
  #server: WatchHandle | undefined
  #cycle: WatchCycle | undefined
  /** No piece is delivered before the one that was said before it. */
  #notBefore: VirtualMs = 0
  #holds: HoldReason[] | undefined
  #held: (() => void)[] | undefined

  /** `renewal` is that of a watch whose client renews it; `random` draws the latencies of one that ends for good. */
  constructor(
    kernel: Kernel,
    handlers: WatchHandlers<KubeObject>,
    way: WatchWay,
    random: RandomStream,
    renewal: Renewal | undefined,
  ) {
    this.#kernel = kernel
    this.#handlers = handlers
    this.#way = way
    this.#random = random
    this.#renewal = renewal
  }

  /** Time of the request for it, there and back. */
  requestMs(): VirtualMs {
    return this.#way.requestMs(this.#random)
  }

  /**
   * Opens the watch at the server; that it is open is known to the client `backMs` later. A server that leaves its end to
   * the client's side ends it `lifetimeMs` from now.
   */
  connect(
    open: (handlers: WatchHandlers<KubeObject>) => WatchHandle,
    backMs: VirtualMs,
    lifetimeMs: VirtualMs | undefined,
  ): void {
    let isAccepted = false
    let isClosed = false
    let isDisturbed = false
    const accept = (): void => {
      if (isAccepted) return
      isAccepted = true
      this.#say(backMs, () => this.#handlers.opened?.())
    }
    const server = open({
      opened: accept,
      event: (event: WatchEvent) => {
        accept()
        this.#tell(event)
      },
      closed: (error) => {
        if (this.isOver || !this.realise()) return
        isClosed = true
        this.#server = undefined
        this.#say(isAccepted ? this.#way.eventMs(this.#random) : backMs, () => this.#end(error))
      },
      disturbed: () => {
        isDisturbed = true
        this.realise()
      },
    })
    if (this.isOver) server.stop()
    else if (!isClosed) {
      this.#server = server
      if (lifetimeMs !== undefined) this.#leaveOpen(backMs, lifetimeMs, isDisturbed)
    }
  }

  stop(): void {
    if (this.isOver) return
    // What it would have drawn until now is drawn: its client may ask again with the same stream.
    this.#cycle?.catchUp(this.#kernel.now())
    this.#cycle = undefined
    this.isOver = true
    this.#server?.stop()
    this.#way.forget(this)
  }

  /** The connection breaks: nothing that is under way arrives any more. */
  break(message: string): void {
    if (this.isOver) return
    this.stop()
    this.#kernel.schedule(0, () => this.#handlers.closed({ kind: 'network', message, cause: 'broken' }))
  }

  /** The watch could not be opened. */
  fail(error: RequestError): void {
    if (!this.isOver) this.#end(error)
  }

  /** The watch is opened and ends at once with nothing in it. Source: client-go rest/request.go, Watch, IsProbableEOF. */
  closeEmpty(): void {
    this.#handlers.opened?.()
    this.#end(undefined)
  }

  hold(reason: HoldReason): void {
    this.#holds ??= []
    if (!this.#holds.includes(reason)) this.#holds.push(reason)
  }

  release(reason: HoldReason): void {
    this.#holds = this.#holds?.filter((held) => held !== reason)
    if (this.#holds?.length !== 0) return
    this.#holds = undefined
    const held = this.#held ?? []
    this.#held = undefined
    for (const work of held) this.#say(0, work)
  }

  /** Computes what happened unseen until now: before what that depends on changes. */
  catchUp(): void {
    this.#cycle?.catchUp(this.#kernel.now())
  }

  /**
   * Something is, or comes, in the way: what is left of the present watch, and its renewal, happen event by event.
   * Returns whether the watch is open at the server.
   */
  realise(): boolean {
    const cycle = this.#cycle
    if (cycle === undefined) return true
    cycle.catchUp(this.#kernel.now())
    this.#cycle = undefined
    this.#notBefore = cycle.notBefore
    // What comes in the way is not why the watch ends.
    const { cause } = this.#kernel
    this.#kernel.cause = 0
    const isOpen = this.#goOn(cycle)
    this.#kernel.cause = cause
    return isOpen
  }

  #goOn(cycle: WatchCycle): boolean {
    switch (cycle.stage) {
      case 'opening':
        this.#say(0, () => this.#handlers.opened?.())
        this.#server?.endAt?.(cycle.end)
        return true
      case 'open':
      case 'marked':
        this.#server?.endAt?.(cycle.end)
        return true
      case 'closing':
        this.#leaveServer()
        this.#say(0, () => this.#end(undefined))
        return false
      case 'requesting':
        this.#leaveServer()
        this.#way.forget(this)
        this.#notBefore = 0
        this.#kernel.schedule(cycle.due - this.#kernel.now(), () => this.#way.ask(this, cycle.backMs))
        return false
    }
  }

  #leaveServer(): void {
    this.#server?.stop()
    this.#server = undefined
  }

  #leaveOpen(backMs: VirtualMs, lifetimeMs: VirtualMs, isDisturbed: boolean): void {
    const now = this.#kernel.now()
    const end = now + lifetimeMs
    const renewal = this.#renewal
    const mustHappen = isDisturbed || this.#holds !== undefined || this.#way.isHindered() || lifetimeMs < leastUnseenMs
    if (renewal === undefined || mustHappen) {
      this.#server?.endAt?.(end)
      return
    }
    const clocks = {
      eventMs: () => this.#way.eventMs(this.#random),
      requestMs: () => this.requestMs(),
      renew: (at: VirtualMs) => renewal.renew(at),
      opened: () => this.#handlers.opened?.(),
    }
    this.#cycle = new WatchCycle(clocks, now + backMs, end, this.#notBefore)
  }

  #tell(event: WatchEvent): void {
    const deliver = () => this.#handlers.event(event)
    const cycle = this.#cycle
    if (cycle === undefined) {
      this.#say(this.#way.eventMs(this.#random), deliver)
      return
    }
    const now = this.#kernel.now()
    cycle.catchUp(now)
    // Said between two watches: the next one begins with it.
    if (cycle.stage === 'closing' || cycle.stage === 'requesting') this.realise()
    else this.#deliverIn(cycle.delayOf(now), deliver)
  }

  #end(error: RequestError | undefined): void {
    if (this.isOver) return
    this.isOver = true
    this.#way.forget(this)
    this.#handlers.closed(error)
  }

  #say(delayMs: VirtualMs, work: () => void): void {
    if (this.isOver) return
    const now = this.#kernel.now()
    this.#notBefore = Math.max(now + delayMs, this.#notBefore)
    this.#deliverIn(this.#notBefore - now, work)
  }

  #deliverIn(delayMs: VirtualMs, work: () => void): void {
    this.#kernel.schedule(delayMs, () => {
      if (this.isOver) return
      if (this.#holds === undefined) work()
      else {
        this.#held ??= []
        this.#held.push(work)
      }
    })
  }
}
