import type { VirtualMs } from '../kernel/time.ts'
import type { ServedSim } from '../sim/served-sim.ts'

/** How virtual time goes on while a cluster is served. */
export type ClockKind = 'wall' | 'manual' | 'settle'

/** What moves virtual time while clients work. The simulation itself never looks at another clock. */
export interface ServedClock {
  readonly kind: ClockKind
  /** Brings the cluster to the present: called before each request. */
  catchUp(): void
  /** Something was written or begun. */
  changed(): void
  /** Answers when so much virtual time has gone by, as this clock has it. */
  passed(ms: VirtualMs): Promise<void>
  /** Lets so much virtual time pass at once, whatever the clock. */
  advance(ms: VirtualMs): void
  stop(): void
}

/** What a clock needs. */
export interface ClockOptions {
  readonly kind: ClockKind
  /** Virtual seconds in a second of the wall. */
  readonly speed: number
  /** Told after virtual time has gone on. */
  readonly moved: () => void
  /** What the simulation throws while no request runs: a bug. */
  readonly broken: (error: unknown) => void
}

/** A clock for a cluster. */
export function createClock(served: ServedSim, options: ClockOptions): ServedClock {
  return options.kind === 'wall' ? new WallClock(served, options) : new StandingClock(served, options)
}

/** How long time may be caught up with before others get their turn; a cluster that has more to do falls behind. */
const sliceMs = 50
/** Events between two looks at the host's clock. */
const eventsALook = 128
/** Longest sleep: what is due may come nearer by itself when a fault ends. */
const sleepMaxMs = 1000

/** Time goes by as on the wall, `speed` times as fast. */
class WallClock implements ServedClock {
  readonly kind = 'wall'
  readonly #served: ServedSim
  readonly #options: ClockOptions
  #timer: NodeJS.Timeout | undefined
  /** Instants that belong together: of the host, and of the simulation. */
  #since: { wall: number; virtual: VirtualMs }

  constructor(served: ServedSim, options: ClockOptions) {
    this.#served = served
    this.#options = options
    this.#since = { wall: performance.now(), virtual: served.sim.now() }
    this.#sleep()
  }

  catchUp(): void {
    const { sim } = this.#served
    const due = this.#since.virtual + Math.floor((performance.now() - this.#since.wall) * this.#options.speed)
    if (due < sim.now() || !this.#runTo(due)) {
      // What could not be done in time is not owed: the cluster is slower than the wall. Nor is what somebody let go by besides.
      this.#since = { wall: performance.now(), virtual: sim.now() }
    }
    this.#options.moved()
    this.#sleep()
  }

  changed(): void {
    this.#options.moved()
    this.#sleep()
  }

  passed(ms: VirtualMs): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms / this.#options.speed))
  }

  advance(ms: VirtualMs): void {
    this.#served.sim.runFor(ms)
    this.#since = { wall: this.#since.wall, virtual: this.#since.virtual + ms }
    this.#options.moved()
    this.#sleep()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** False if it took too long to come there. */
  #runTo(due: VirtualMs): boolean {
    const { sim, nextAt } = this.#served
    if ((nextAt() ?? Number.POSITIVE_INFINITY) > due) {
      sim.runFor(due - sim.now())
      return true
    }
    const endsAt = performance.now() + sliceMs
    let events = 0
    const isLate = (): boolean => ++events % eventsALook === 0 && performance.now() > endsAt
    return !sim.runUntil(isLate, { within: due - sim.now() })
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    const next = this.#served.nextAt()
    const { wall, virtual } = this.#since
    const inMs = next === undefined ? sleepMaxMs : wall + (next - virtual) / this.#options.speed - performance.now()
    this.#timer = setTimeout(
      () => {
        try {
          this.catchUp()
        } catch (error) {
          this.#options.broken(error)
        }
      },
      Math.min(Math.max(0, Math.ceil(inMs)), sleepMaxMs),
    )
  }
}

/** Longest virtual time that one change may take to come to rest. */
const settleMax = '30m'

/** Time stands still, but for what is asked for (`manual`), or until each change has come to rest (`settle`). */
class StandingClock implements ServedClock {
  readonly kind: ClockKind
  readonly #served: ServedSim
  readonly #options: ClockOptions
  /** Those who wait for an instant. */
  readonly #waiting = new Set<{ readonly until: VirtualMs; readonly wake: () => void }>()

  constructor(served: ServedSim, options: ClockOptions) {
    this.kind = options.kind
    this.#served = served
    this.#options = options
  }

  passed(ms: VirtualMs): Promise<void> {
    const until = this.#served.sim.now() + ms
    const come = new Promise<void>((wake) => this.#waiting.add({ until, wake }))
    // Something is under way until the answer is there.
    if (this.kind === 'settle') this.advance(ms)
    return come
  }

  catchUp(): void {
    this.#served.sim.runFor(0)
    this.#moved()
  }

  changed(): void {
    if (this.kind === 'settle') this.#served.sim.settle({ within: settleMax })
    this.#moved()
  }

  advance(ms: VirtualMs): void {
    this.#served.sim.runFor(ms)
    this.#moved()
  }

  stop(): void {
    for (const { wake } of this.#waiting) wake()
  }

  #moved(): void {
    this.#options.moved()
    for (const waiting of this.#waiting) {
      if (waiting.until > this.#served.sim.now()) continue
      this.#waiting.delete(waiting)
      waiting.wake()
    }
  }
}
