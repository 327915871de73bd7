import { second, type VirtualMs } from '../kernel/time.ts'
import type { RestingCycle, WatchStage } from './resting.ts'

/** Whom a watch that goes on and on asks how long things take, in the order in which they happen. */
export interface WatchClocks {
  /** From the server's word to the client. */
  eventMs(): VirtualMs
  /** There and back of a request for a watch. */
  requestMs(): VirtualMs
  /** The client asks again at `at`: how long it wants the new watch to last. */
  renew(at: VirtualMs): VirtualMs
  /** The client knows now that it is open. */
  knownAsOpen(): void
}

/** A bookmark comes this long before the end. Source: apiserver pkg/storage/cacher/cacher.go, nextBookmarkTime. */
export const bookmarkBeforeEndMs = 2 * second

/**
 * Computes what would have happened to a watch that nothing came in the way of, instead of letting it happen: idle time
 * costs nothing. It draws what would have been drawn, in the same order, so that nobody can tell the difference.
 */
export class WatchCycle {
  stage: WatchStage = 'opening'
  /** Instant at which the stage is over. */
  due: VirtualMs
  /** Instant at which the server ends, or has ended, the watch. */
  end: VirtualMs
  /** Nothing arrives before this. */
  notBefore: VirtualMs
  /** What is left of the way back of the request on its way. */
  backMs: VirtualMs = 0
  /** How long the watch lasts once the server has it. */
  lifetimeMs: VirtualMs = 0
  readonly #clocks: WatchClocks

  /** The server has just opened the watch until `end`; the client knows at `openedAt`. */
  constructor(clocks: WatchClocks, openedAt: VirtualMs, end: VirtualMs, notBefore: VirtualMs) {
    this.#clocks = clocks
    this.due = openedAt
    this.end = end
    this.notBefore = notBefore
  }

  /** One that goes on where another stands. */
  static from(clocks: WatchClocks, { stage, due, end, notBefore, backMs, lifetimeMs }: RestingCycle): WatchCycle {
    const cycle = new WatchCycle(clocks, due, end, notBefore)
    cycle.stage = stage
    cycle.backMs = backMs
    cycle.lifetimeMs = lifetimeMs
    return cycle
  }

  atRest(): RestingCycle {
    const { stage, due, end, notBefore, backMs, lifetimeMs } = this
    return { stage, due, end, notBefore, backMs, lifetimeMs }
  }

  /** Goes on to `now`. */
  catchUp(now: VirtualMs): void {
    while (this.due <= now) this.#step()
  }

  /** Delay of what the server says at `now`, which comes after all it said before. */
  delayOf(now: VirtualMs): VirtualMs {
    this.notBefore = Math.max(now + this.#clocks.eventMs(), this.notBefore)
    return this.notBefore - now
  }

  #step(): void {
    switch (this.stage) {
      case 'opening':
        this.#clocks.knownAsOpen()
        this.#enter('open', this.end - bookmarkBeforeEndMs)
        break
      case 'open':
        this.delayOf(this.due)
        this.#enter('marked', this.end)
        break
      case 'marked':
        this.#enter('closing', this.end + this.delayOf(this.end))
        break
      case 'closing': {
        this.lifetimeMs = this.#clocks.renew(this.due)
        const totalMs = this.#clocks.requestMs()
        this.backMs = totalMs - (totalMs >> 1)
        this.#enter('requesting', this.due + (totalMs >> 1))
        break
      }
      case 'requesting':
        this.end = this.due + this.lifetimeMs
        this.notBefore = this.due + this.backMs
        this.#enter('opening', this.notBefore)
        break
    }
  }

  #enter(stage: WatchStage, due: VirtualMs): void {
    this.stage = stage
    this.due = due
  }
}
