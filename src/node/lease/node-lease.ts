import type { KubeObject } from '../../api/types/meta.ts'
import { answered } from '../../client/answered.ts'
import { type Client, resources } from '../../client/client.ts'
import { type Calendar, rfc3339Micro } from '../../kernel/calendar.ts'
import { type Grid, gridAfter, gridAtOrBefore } from '../../kernel/grid.ts'
import type { Kernel, Timer } from '../../kernel/kernel.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly renewTime?: string
  }
}

export const leaseNamespace = 'kube-node-lease'

/** Source: pkg/kubelet/nodelease/controller.go, backoffEnsureLease and maxBackoff. */
const retryPause = { initialMs: 100, maxMs: 7 * second } as const

export interface NodeLeaseOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly client: Client
  readonly nodeName: string
  readonly grid: Grid
  readonly durationSeconds: number
  /**
   * `explicit`: each renewal is a request. `computed`: only the first one is; later ones are known by their times, and
   * `flush` writes the last one before something happens that makes it matter.
   */
  readonly mode: 'explicit' | 'computed'
}

/** The node's lease: its sign of life. Source: pkg/kubelet/nodelease/controller.go. */
export class NodeLease {
  readonly #options: NodeLeaseOptions
  #timer: Timer | undefined
  #isRunning = false
  #renewedAt: VirtualMs | undefined
  /** The last renewal that the API server was told of. */
  #toldAt: VirtualMs | undefined
  #lease: Lease | undefined
  #retrying: Timer | undefined
  #pauseMs: VirtualMs = retryPause.initialMs

  constructor(options: NodeLeaseOptions) {
    this.#options = options
  }

  start(): void {
    this.#isRunning = true
    this.#renew()
  }

  /** Instant of the last renewal, told or only computed. */
  lastRenewal(): VirtualMs | undefined {
    const { kernel, grid, mode } = this.#options
    if (!this.#isRunning || mode === 'explicit' || this.#renewedAt === undefined) return this.#renewedAt
    return Math.max(this.#renewedAt, gridAtOrBefore(grid, kernel.now()) ?? 0)
  }

  /** Computed renewals only: tells the API server of the last one; from then on renewals are requests until `relax`. */
  flush(): void {
    if (!this.#isRunning || this.#options.mode === 'explicit') return
    const at = this.lastRenewal()
    if (at !== undefined && at !== this.#toldAt) this.#tell(at)
    this.#plan()
  }

  /** Nothing threatens the connection any more: renewals are computed again. */
  relax(): void {
    if (this.#options.mode === 'explicit') return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  stop(): void {
    this.#renewedAt = this.lastRenewal()
    this.#isRunning = false
    this.#retrying?.cancel()
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #plan(): void {
    const { kernel, grid } = this.#options
    this.#timer?.cancel()
    this.#timer = kernel.schedule(gridAfter(grid, kernel.now()) - kernel.now(), () => this.#renew())
  }

  #renew(): void {
    this.#tell(this.#options.kernel.now())
    if (this.#options.mode === 'explicit' || this.#timer !== undefined) this.#plan()
  }

  /** What failed is tried again soon. Source: nodelease/controller.go, backoffEnsureLease. */
  #retry(): void {
    if (!this.#isRunning) return
    this.#lease = undefined
    const { kernel } = this.#options
    this.#retrying?.cancel()
    this.#retrying = kernel.schedule(this.#pauseMs, () => this.#tell(kernel.now()))
    this.#pauseMs = Math.min(this.#pauseMs * 2, retryPause.maxMs)
  }

  #tell(at: VirtualMs): void {
    const { client, nodeName, calendar, durationSeconds } = this.#options
    const spec = {
      holderIdentity: nodeName,
      leaseDurationSeconds: durationSeconds,
      renewTime: rfc3339Micro(calendar.at(at)),
    }
    const known = this.#lease
    const settle = (reply: { ok: true; value: Lease } | { ok: false; error: unknown }): void => {
      if (reply.ok) {
        this.#lease = reply.value
        this.#renewedAt = Math.max(at, this.#renewedAt ?? 0)
        this.#toldAt = at
        this.#pauseMs = retryPause.initialMs
      } else this.#retry()
    }
    if (known !== undefined) {
      answered(client.update<Lease>(resources.leases, { ...known, spec }), settle)
      return
    }
    const key = { namespace: leaseNamespace, name: nodeName }
    answered(client.get<Lease>(resources.leases, key), (reply) => {
      if (reply.ok) {
        answered(client.update<Lease>(resources.leases, { ...reply.value, spec }), settle)
        return
      }
      if (reply.error.kind === 'network') {
        this.#retry()
        return
      }
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec }
      answered(client.create<Lease>(resources.leases, lease), settle)
    })
  }
}

/** Part of the lease's duration after which it is renewed. Source: pkg/kubelet/kubelet.go, nodeLeaseRenewIntervalFraction. */
export function renewPeriodMs(durationSeconds: number): VirtualMs {
  return Math.floor(durationSeconds * second * 0.25)
}
