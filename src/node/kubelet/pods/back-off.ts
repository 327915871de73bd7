import { SparseMap } from '../../../kernel/sparse.ts'
import { minute, second, type VirtualMs } from '../../../kernel/time.ts'

/** Source: pkg/kubelet/kubelet.go, backOffPeriod and MaxContainerBackOff. */
export const containerBackOff = { initialMs: 10 * second, maxMs: 5 * minute } as const

interface Entry {
  delayMs: VirtualMs
  updatedAt: VirtualMs
}

/**
 * Growing pauses by key, kept in memory: a kubelet restart forgets them. Source: client-go util/flowcontrol/backoff.go.
 */
export class BackOffTable {
  readonly #entries = new SparseMap<string, Entry>()
  readonly #initialMs: VirtualMs
  readonly #maxMs: VirtualMs
  readonly #resetMs: VirtualMs

  /** Begins anew after `resetMs` without a failure: twice the longest pause in v1.18, ten minutes later. */
  constructor(initialMs: VirtualMs, maxMs: VirtualMs, resetMs: VirtualMs = 2 * maxMs) {
    this.#initialMs = initialMs
    this.#maxMs = maxMs
    this.#resetMs = resetMs
  }

  /** The pause now in force for a key; 0 before the first failure. */
  get(key: string): VirtualMs {
    return this.#entries.get(key)?.delayMs ?? 0
  }

  /** Notes one more failure: at `now`, of something that last ended at `eventTime`. */
  next(key: string, eventTime: VirtualMs, now: VirtualMs): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#hasExpired(entry, eventTime, now)) {
      this.#entries.set(key, { delayMs: this.#initialMs, updatedAt: now })
      return
    }
    entry.delayMs = Math.min(entry.delayMs * 2, this.#maxMs)
    entry.updatedAt = now
  }

  /** Whether less than the pause has passed since `eventTime`. */
  isInBackOffSince(key: string, eventTime: VirtualMs, now: VirtualMs): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#hasExpired(entry, eventTime, now)) return false
    return now - eventTime < entry.delayMs
  }

  /** The second half is the garbage collection of the 2 s housekeeping. */
  #hasExpired(entry: Entry, eventTime: VirtualMs, now: VirtualMs): boolean {
    return eventTime - entry.updatedAt > this.#resetMs || now - entry.updatedAt > this.#resetMs
  }
}
