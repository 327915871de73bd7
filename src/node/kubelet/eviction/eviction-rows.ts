import { SparseMap } from '../../../kernel/sparse.ts'
import type { Pressure } from './thresholds.ts'

/** Why and how a Pod is evicted. */
export interface Eviction {
  readonly message: string
  /** Seconds; undefined: those of the Pod. */
  readonly graceSeconds: number | undefined
  /** For want of something on the node, and not because the Pod took more than it may. */
  readonly isForNode: boolean
}

/** What the eviction manager has decided, for those who act on it. */
export class EvictionRows {
  /** Pressures that the node tells of. */
  conditions: readonly Pressure[] = []
  readonly #evictions = new SparseMap<string, Eviction>()

  /** By the Pod's uid; undefined: it was not evicted. */
  of(uid: string): Eviction | undefined {
    return this.#evictions.get(uid)
  }

  evict(uid: string, eviction: Eviction): void {
    this.#evictions.set(uid, eviction)
  }

  forget(uid: string): void {
    this.#evictions.delete(uid)
  }
}
