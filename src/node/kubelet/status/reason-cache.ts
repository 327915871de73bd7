/** Why a container could not be started, as statuses show it. */
export interface StartFailure {
  readonly reason: string
  readonly message: string
}

/** Source: pkg/kubelet/reason_cache.go, maxReasonCacheEntries. */
const maxEntries = 1000

/** The last failure of each container, least recently used dropped first. Source: pkg/kubelet/reason_cache.go. */
export class ReasonCache {
  readonly #entries = new Map<string, StartFailure>()

  get(podUid: string, container: string): StartFailure | undefined {
    const key = `${podUid}_${container}`
    const found = this.#entries.get(key)
    if (found === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, found)
    return found
  }

  /** Whether it changed what `get` answers. */
  set(podUid: string, container: string, failure: StartFailure): boolean {
    const key = `${podUid}_${container}`
    const before = this.#entries.get(key)
    this.#entries.delete(key)
    this.#entries.set(key, failure)
    if (this.#entries.size > maxEntries) {
      const [oldest] = this.#entries.keys()
      if (oldest !== undefined) this.#entries.delete(oldest)
    }
    return before?.reason !== failure.reason || before.message !== failure.message
  }

  delete(podUid: string, container: string): boolean {
    return this.#entries.delete(`${podUid}_${container}`)
  }
}
