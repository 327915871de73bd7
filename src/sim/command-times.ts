import { drawLatencyMs, type Latency } from '../client/latency.ts'
import type { Link } from '../client/link.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { CommandTimes } from '../kubectl/host.ts'
import { verbOf } from './outside.ts'

/** What a group of the API holds: `/api/v1`, `/apis/apps/v1`. */
const groupDocument = /^\/(?:api|apis\/[^/?]+)\/[^/?]+(?:\?|$)/

/** What time command lines take: by themselves, and for what they ask of the API server. */
export class DrawnTimes implements CommandTimes {
  readonly #kernel: Kernel
  /** That of clients outside of the cluster. */
  readonly #link: Link
  readonly #own: Latency
  readonly #random: RandomStream
  /** When the last documents about groups came. */
  #documentsAt: VirtualMs | undefined

  constructor(kernel: Kernel, link: Link, own: Latency, random: RandomStream) {
    this.#kernel = kernel
    this.#link = link
    this.#own = own
    this.#random = random
  }

  /** The same for lines that take so long by themselves. */
  withOwn(ms: VirtualMs): CommandTimes {
    return { ownMs: () => ms, requestMs: (method, path) => this.requestMs(method, path) }
  }

  /** Of one line. */
  ownMs(): VirtualMs {
    return drawLatencyMs(this.#own, this.#random)
  }

  /**
   * Of one request. Reads of kubectl ask for the present, which etcd has to tell. Documents about groups are asked for all at once.
   * Source: client-go discovery/discovery_client.go, fetchGroupVersionResources.
   */
  requestMs(method: string, path: string): VirtualMs {
    if (!groupDocument.test(path)) {
      const isWatch = method === 'GET' && /[?&]watch=(?:true|1)/.test(path)
      return this.#link.requestMs(isWatch ? 'watch' : verbOf(method, path), this.#random, !isWatch)
    }
    const now = this.#kernel.now()
    if (this.#documentsAt === now) return 0
    const ms = this.#link.requestMs('get', this.#random)
    this.#documentsAt = now + ms
    return ms
  }
}
