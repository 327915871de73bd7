import type { Observable } from 'rxjs'
import { type Grid, gridAfter } from '../../../kernel/grid.ts'
import { defineHandler } from '../../../kernel/handler.ts'
import type { Kernel, Ticket } from '../../../kernel/kernel.ts'
import type { RandomStream } from '../../../kernel/random.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'

/** When a Pod is due again. */
interface Due {
  readonly queue: WorkQueue
  readonly uid: string
  at: VirtualMs
  /** Undefined: nothing but idle syncs is ahead, and nobody has asked for one yet. */
  timer: Ticket | undefined
  /** Nothing but what its volumes read has changed since an idle sync. */
  isRefresh: boolean
  /** The last idle sync that was not carried out, since the last real one. */
  lastIdle: VirtualMs | undefined
  /** Its idle syncs are reckoned up together with those of others, for they read. */
  rest: IdleRest | undefined
}

const isDue = defineHandler('a Pod is due for a sync', (due: Due) => due.queue.isDue(due.uid, due.isRefresh))

/** Reckons up idle syncs that read objects, of all Pods together: they share what they read and the limit of requests. */
export interface IdleRest {
  /** Each sync reads: once they are carried out again, all are. */
  readonly readsObjects: boolean
  /** The Pod rests: its next sync would be at `tick`. */
  join(uid: string, tick: VirtualMs): void
  /** All syncs until now are told to the queue by `passed`. */
  catchUp(): void
  /** The Pod's syncs are carried out again (`isWanted`: the next one, whatever happens); what the last one would be at now is. */
  leave(uid: string, isWanted: boolean): void
}

/** A Pod that is to be synced now. */
export interface DueSync {
  readonly uid: string
  /** It was idle, and nothing but what its volumes read has changed since. */
  readonly isRefresh: boolean
}

/** When a Pod that was idle is synced next, and when it would have been last. */
export interface PlannedSync {
  readonly nextAt: VirtualMs
  readonly lastAt: VirtualMs | undefined
}

/** A base and how far a random part of it may stretch it. Source: apimachinery pkg/util/wait, Jitter. */
export interface Jittered {
  readonly baseMs: VirtualMs
  readonly factor: number
}

export function jitter({ baseMs, factor }: Jittered, random: RandomStream): VirtualMs {
  return baseMs + Math.floor(random.next() * factor * baseMs)
}

/**
 * Says when each Pod is to be synced again: its due time is looked at on the kubelet's 1 s tick. Syncs that would find
 * nothing to do are not carried out: their times are drawn, one number each, when somebody wants to know (`wantSync`) or
 * when a real sync comes before (`catchUp`). So outcomes do not depend on this laziness. Source: pkg/kubelet/util/queue.
 */
export class WorkQueue {
  readonly #kernel: Kernel
  readonly #grid: Grid
  readonly #resync: Jittered
  readonly #due = new SparseMap<string, Due>()
  readonly #randomOf: (uid: string) => RandomStream
  readonly #dueNow = new Source<DueSync>()
  #isStopped = false

  constructor(kernel: Kernel, grid: Grid, resync: Jittered, randomOf: (uid: string) => RandomStream) {
    this.#kernel = kernel
    this.#grid = grid
    this.#resync = resync
    this.#randomOf = randomOf
  }

  /** Each Pod when it is to be synced. */
  get due(): Observable<DueSync> {
    return this.#dueNow
  }

  /** A sync ended: the next comes `delayMs` later, at the tick after that, which is returned. Replaces what was planned. */
  enqueue(uid: string, delayMs: VirtualMs, isIdle: boolean, rest?: IdleRest): VirtualMs {
    this.#disarm(this.#due.get(uid))
    const at = this.#kernel.now() + delayMs
    const due: Due = { queue: this, uid, at, timer: undefined, isRefresh: false, lastIdle: undefined, rest }
    this.#due.set(uid, due)
    const tick = gridAfter(this.#grid, due.at)
    if (rest !== undefined) rest.join(uid, tick)
    else if (!isIdle) this.#arm(due)
    return tick
  }

  /** A sync at `tick` that was not carried out; gives the tick of the next. */
  passed(uid: string, tick: VirtualMs): VirtualMs {
    const due = this.#due.get(uid)
    if (due === undefined) return tick
    due.lastIdle = tick
    due.at = tick + jitter(this.#resync, this.#randomOf(uid))
    return gridAfter(this.#grid, due.at)
  }

  /**
   * An idle Pod's next sync would find something (`isRefresh`: nothing but other content of its volumes): carry it out when it is
   * due. Undefined: nothing new is planned by that.
   */
  wantSync(uid: string, isRefresh = false): PlannedSync | undefined {
    const due = this.#due.get(uid)
    if (due === undefined) return undefined
    if (due.timer !== undefined) {
      due.isRefresh &&= isRefresh
      return undefined
    }
    due.isRefresh = isRefresh
    const lastAt = this.#catchUp(uid, due, true)
    if (due.timer === undefined) this.#arm(due)
    return { nextAt: gridAfter(this.#grid, Math.max(due.at, this.#kernel.now())), lastAt }
  }

  /** Idle syncs of the Pod are reckoned up together with those of others from now on; false: it is not idle, or they are. */
  comeToRest(uid: string, rest: IdleRest): boolean {
    const due = this.#due.get(uid)
    if (due === undefined || due.timer !== undefined || due.rest !== undefined) return false
    this.catchUp(uid)
    due.rest = rest
    rest.join(uid, gridAfter(this.#grid, due.at))
    return true
  }

  /** Instant of the last idle sync that was not carried out, if any since the last real one. Draws for those that passed. */
  catchUp(uid: string): VirtualMs | undefined {
    const due = this.#due.get(uid)
    return due === undefined || due.timer !== undefined ? undefined : this.#catchUp(uid, due, false)
  }

  #catchUp(uid: string, due: Due, isWanted: boolean): VirtualMs | undefined {
    if (due.rest !== undefined) {
      this.#endRest(uid, due, due.rest, isWanted)
      return due.lastIdle
    }
    const now = this.#kernel.now()
    for (let tick = gridAfter(this.#grid, due.at); tick <= now; tick = gridAfter(this.#grid, due.at)) {
      due.lastIdle = tick
      due.at = tick + jitter(this.#resync, this.#randomOf(uid))
    }
    return due.lastIdle
  }

  /** The tick at which the Pod is due next. */
  nextSyncAt(uid: string): VirtualMs | undefined {
    const due = this.#due.get(uid)
    if (due === undefined) return undefined
    this.catchUp(uid)
    return gridAfter(this.#grid, due.at)
  }

  /** The Pod is synced no more. Its stream may be drawn from again: it then stands where it would stand anyway. */
  remove(uid: string): void {
    this.catchUp(uid)
    this.#disarm(this.#due.get(uid))
    this.#due.delete(uid)
  }

  /** For its own event. */
  isDue(uid: string, isRefresh: boolean): void {
    this.#due.delete(uid)
    this.#dueNow.next({ uid, isRefresh })
  }

  /** The kubelet ends. Its next life goes on with the streams of this one, so what would have been drawn is drawn. */
  stop(): void {
    this.#isStopped = true
    for (const uid of [...this.#due.keys()]) this.remove(uid)
  }

  #endRest(uid: string, due: Due, rest: IdleRest, isWanted: boolean): void {
    rest.catchUp()
    due.rest = undefined
    rest.leave(uid, isWanted || rest.readsObjects)
    if (rest.readsObjects) this.#arm(due)
  }

  #arm(due: Due): void {
    if (this.#isStopped) return
    const now = this.#kernel.now()
    due.timer = this.#kernel.post(gridAfter(this.#grid, Math.max(due.at, now)) - now, isDue, due)
  }

  #disarm(due: Due | undefined): void {
    if (due?.timer !== undefined) this.#kernel.cancel(due.timer)
  }
}
