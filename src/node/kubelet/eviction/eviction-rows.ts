import { SparseMap } from '../../../kernel/sparse.ts'
import type { Signal } from './signals.ts'

/** What the eviction manager has decided, for those who act on it. */
export class EvictionRows {
  /** Pressures that the node tells of, in the order of the signals. */
  conditions: readonly Signal['condition'][] = []
  readonly #messages = new SparseMap<string, string>()

  /** Why a Pod was evicted, by its uid; undefined: it was not. */
  of(uid: string): string | undefined {
    return this.#messages.get(uid)
  }

  evict(uid: string, message: string): void {
    this.#messages.set(uid, message)
  }

  forget(uid: string): void {
    this.#messages.delete(uid)
  }
}
