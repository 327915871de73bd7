import { second, type VirtualMs } from '../kernel/time.ts'
import type { RestingCycle, WatchStage } from './resting.ts'

/** A bookmark comes this long before the end. Source: apiserver pkg/storage/cacher/cacher.go, nextBookmarkTime. */
export const bookmarkBeforeEndMs = 2 * second

/**
 * Computes what would have happened to a watch that nothing came in the way of, instead of letting it happen: idle time
 * costs nothing. It draws what would have been drawn, in the same order, so that nobody can tell the difference. The watch itself is
 * one of these, for tens of thousands rest: what differs between watches it says in the methods that are left out here.
 */
export abstract class WatchCycle {
  /** Undefined: what happens to it happens event by event. */
  protected stage: WatchStage | undefined = undefined
  /** Instant at which the stage is over. */
  private due: VirtualMs = 0
  /** Instant at which the server ends, or has ended, the watch. */
  private end: VirtualMs = 0
  /** No piece is delivered before the one that was said before it. */
  protected notBefore: VirtualMs = 0
  /** What is left of the way back of the request on its way. */
  protected backMs: VirtualMs = 0
  /** How long the watch lasts once the server has it. */
  protected lifetimeMs: VirtualMs

  constructor(lifetimeMs: VirtualMs) {
    this.lifetimeMs = lifetimeMs
  }

  /** From the server's word to the client. */
  protected abstract eventMs(): VirtualMs
  /** There and back of a request for a watch. */
  protected abstract requestMs(): VirtualMs
  /** The client asks again at `at`: how long it wants the new watch to last. */
  protected abstract renew(at: VirtualMs): VirtualMs
  /** The client knows now that it is open. */
  protected abstract knownAsOpen(): void

  /** The server has just opened the watch until `end`; the client knows at `openedAt`. */
  protected beginCycle(openedAt: VirtualMs, end: VirtualMs): void {
    this.end = end
    this.enter('opening', openedAt)
  }

  /** Goes on where another stands. */
  protected goOnCycle({ stage, due, end, notBefore, backMs, lifetimeMs }: RestingCycle): void {
    this.end = end
    this.notBefore = notBefore
    this.backMs = backMs
    this.lifetimeMs = lifetimeMs
    this.enter(stage, due)
  }

  /** Where it stands, if it is computed. */
  protected cycleAtRest(): RestingCycle | undefined {
    const { stage, due, end, notBefore, backMs, lifetimeMs } = this
    return stage === undefined ? undefined : { stage, due, end, notBefore, backMs, lifetimeMs }
  }

  /** From now on what happens to it happens event by event. Says in which stage that finds it, when that is over, and when the watch ends. */
  protected leaveCycle(): { readonly stage: WatchStage | undefined; readonly due: VirtualMs; readonly end: VirtualMs } {
    const { stage, due, end } = this
    this.stage = undefined
    return { stage, due, end }
  }

  /** Goes on to `now`. */
  protected cycleTo(now: VirtualMs): void {
    while (this.stage !== undefined && this.due <= now) this.step(this.stage)
  }

  /** Delay of what the server says at `now`, which comes after all it said before. */
  protected delayOf(now: VirtualMs): VirtualMs {
    this.notBefore = Math.max(now + this.eventMs(), this.notBefore)
    return this.notBefore - now
  }

  private step(stage: WatchStage): void {
    switch (stage) {
      case 'opening':
        this.knownAsOpen()
        this.enter('open', this.end - bookmarkBeforeEndMs)
        break
      case 'open':
        this.delayOf(this.due)
        this.enter('marked', this.end)
        break
      case 'marked':
        this.enter('closing', this.end + this.delayOf(this.end))
        break
      case 'closing': {
        this.lifetimeMs = this.renew(this.due)
        const totalMs = this.requestMs()
        this.backMs = totalMs - (totalMs >> 1)
        this.enter('requesting', this.due + (totalMs >> 1))
        break
      }
      case 'requesting':
        this.end = this.due + this.lifetimeMs
        this.notBefore = this.due + this.backMs
        this.enter('opening', this.notBefore)
        break
    }
  }

  private enter(stage: WatchStage, due: VirtualMs): void {
    this.stage = stage
    this.due = due
  }
}
