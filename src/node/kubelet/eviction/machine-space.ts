import { Bell } from '../../../kernel/bell.ts'

/** What can run short on a machine. */
export type Scarce = 'memory' | 'disk'

type Amounts<T> = Readonly<Record<Scarce, T>>

/**
 * Memory and disk of a machine, in bytes: what Pods use of them, and what something has taken that is no Pod. Nothing looks
 * at it until something is taken.
 */
export class MachineSpace {
  readonly capacity: Amounts<number>
  /** Rung when something was taken or given back. */
  readonly changed = new Bell()
  readonly #used: Amounts<() => number>
  readonly #taken: Record<Scarce, number> = { memory: 0, disk: 0 }

  /** `used`: by Pods, now. */
  constructor(capacity: Amounts<number>, used: Amounts<() => number>) {
    this.capacity = capacity
    this.#used = used
  }

  /** Something takes all but so much, as things are now. */
  leave(what: Scarce, bytes: number): void {
    this.#taken[what] = Math.max(0, this.capacity[what] - this.#used[what]() - bytes)
    this.changed.ring()
  }

  /** It has gone. */
  giveBack(what: Scarce): void {
    this.#taken[what] = 0
    this.changed.ring()
  }

  available(what: Scarce): number {
    return this.capacity[what] - this.#used[what]() - this.#taken[what]
  }

  /** Whether anything is taken. */
  get isTaken(): boolean {
    return this.#taken.memory > 0 || this.#taken.disk > 0
  }
}
