import type { Kernel } from '../../kernel/kernel.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { KubeObject, WatchEvent } from '../../objects/meta.ts'
import type { RequestError, WatchHandle, WatchHandlers } from './client.ts'

/** Why a watch delivers nothing for now. */
export type HoldReason = 'partition' | 'stall'

/**
 * One watch on its way over a link. What the server says arrives in the order in which it was said, each piece in a
 * kernel event of its own, however long each takes. A class because tens of thousands are open at once.
 */
export class LinkedWatch implements WatchHandle {
  isOver = false
  readonly #kernel: Kernel
  readonly #handlers: WatchHandlers<KubeObject>
  readonly #eventMs: () => VirtualMs
  readonly #forget: () => void
  #server: WatchHandle | undefined
  /** No piece is delivered before the one that was said before it. */
  #notBefore: VirtualMs = 0
  #holds: HoldReason[] | undefined
  #held: (() => void)[] | undefined

  constructor(kernel: Kernel, handlers: WatchHandlers<KubeObject>, eventMs: () => VirtualMs, forget: () => void) {
    this.#kernel = kernel
    this.#handlers = handlers
    this.#eventMs = eventMs
    this.#forget = forget
  }

  /** Opens the watch at the server; that it is open is known to the client `backMs` later. */
  connect(open: (handlers: WatchHandlers<KubeObject>) => WatchHandle, backMs: VirtualMs): void {
    let isAccepted = false
    const accept = (): void => {
      if (isAccepted) return
      isAccepted = true
      this.#say(backMs, () => this.#handlers.opened?.())
    }
    const server = open({
      opened: accept,
      event: (event: WatchEvent) => {
        accept()
        this.#say(this.#eventMs(), () => this.#handlers.event(event))
      },
      closed: (error) => {
        if (this.isOver) return
        this.#server = undefined
        this.#say(isAccepted ? this.#eventMs() : backMs, () => this.#end(error))
      },
    })
    if (this.isOver) server.stop()
    else this.#server = server
  }

  stop(): void {
    if (this.isOver) return
    this.isOver = true
    this.#server?.stop()
    this.#forget()
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

  #end(error: RequestError | undefined): void {
    if (this.isOver) return
    this.isOver = true
    this.#forget()
    this.#handlers.closed(error)
  }

  #say(delayMs: VirtualMs, work: () => void): void {
    if (this.isOver) return
    const now = this.#kernel.now()
    const at = Math.max(now + delayMs, this.#notBefore)
    this.#notBefore = at
    this.#kernel.schedule(at - now, () => {
      if (this.isOver) return
      if (this.#holds === undefined) work()
      else {
        this.#held ??= []
        this.#held.push(work)
      }
    })
  }
}
