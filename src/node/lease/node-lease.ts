import type { Unsubscribable } from 'rxjs'
import type { KubeObject } from '../../api/types/meta.ts'
import { type Client, type RequestError, resources } from '../../client/client.ts'
import { after } from '../../kernel/after.ts'
import { type Calendar, rfc3339Micro } from '../../kernel/calendar.ts'
import { type Grid, gridAfter, gridAtOrBefore } from '../../kernel/grid.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { process } from '../../kernel/process.ts'
import { Scope } from '../../kernel/scope.ts'
import { attempt, type Outcome, type Steps } from '../../kernel/steps.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly renewTime?: string
  }
}

const leaseNamespace = 'kube-node-lease'

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

/** What is known of a lease that nothing threatens. */
export interface RestingLease {
  /** As it was told last. */
  readonly lease: Lease
  readonly renewedAt: VirtualMs | undefined
  readonly toldAt: VirtualMs | undefined
}

/** The node's lease: its sign of life. Source: pkg/kubelet/nodelease/controller.go. */
export class NodeLease {
  readonly #options: NodeLeaseOptions
  readonly #scope = new Scope()
  #timer: Unsubscribable | undefined
  #isRunning = false
  #renewedAt: VirtualMs | undefined
  /** The last renewal that the API server was told of. */
  #toldAt: VirtualMs | undefined
  #lease: Lease | undefined
  #retrying: Unsubscribable | undefined
  #nextTold: Unsubscribable | undefined
  #pauseMs: VirtualMs = retryPause.initialMs
  /** Renewals that are on their way. */
  #sent = 0

  constructor(options: NodeLeaseOptions) {
    this.#options = options
  }

  start(): void {
    this.#isRunning = true
    this.#renew()
  }

  /** What a copy of it is to know; undefined unless renewals are computed and nothing is on its way. */
  atRest(): RestingLease | undefined {
    const lease = this.#lease
    const isBusy = this.#scope.size > 0 || this.#pauseMs !== retryPause.initialMs
    if (lease === undefined || isBusy || !this.#isRunning || this.#options.mode === 'explicit') return undefined
    return { lease, renewedAt: this.#renewedAt, toldAt: this.#toldAt }
  }

  /** In place of `start`. */
  goOnFrom({ lease, renewedAt, toldAt }: RestingLease): void {
    this.#isRunning = true
    this.#lease = lease
    this.#renewedAt = renewedAt
    this.#toldAt = toldAt
  }

  /** Instant of the last renewal, told or only computed. */
  lastRenewal(): VirtualMs | undefined {
    const { kernel, grid, mode } = this.#options
    if (!this.#isRunning || mode === 'explicit' || this.#renewedAt === undefined) return this.#renewedAt
    return Math.max(this.#renewedAt, gridAtOrBefore(grid, kernel.now()) ?? 0)
  }

  /** Whether a renewal is on its way, or failed and is tried again soon: until that is told, nothing is taken for granted. */
  get isBehind(): boolean {
    return this.#sent > 0 || this.#retrying !== undefined
  }

  /** Instant of the last renewal, if the API server was not told of it; undefined also while renewals are requests. */
  unseenRenewal(): VirtualMs | undefined {
    if (!this.#isRunning || this.#options.mode === 'explicit' || this.#timer !== undefined) return undefined
    const at = this.lastRenewal()
    return at !== undefined && at > (this.#toldAt ?? 0) ? at : undefined
  }

  /** Instant of the next renewal that is only computed. */
  nextUnseen(): VirtualMs | undefined {
    const { kernel, grid, mode } = this.#options
    const isComputed = this.#isRunning && mode === 'computed' && this.#timer === undefined
    return isComputed ? gridAfter(grid, kernel.now()) : undefined
  }

  /** The next renewal is a request: somebody else has written the lease, or taken it away. */
  tellNextRenewal(): void {
    if (this.nextUnseen() === undefined || this.#nextTold !== undefined) return
    const { kernel, grid } = this.#options
    this.#nextTold = this.#scope.start(after(kernel, gridAfter(grid, kernel.now()) - kernel.now()), () => {
      this.#nextTold = undefined
      if (this.#timer === undefined) this.#tell(kernel.now())
    })
  }

  /**
   * Computed renewals only: from now on renewals are requests until `relax`. `told`: the lease with the last one, if somebody
   * wrote that; otherwise the API server is told of it.
   */
  flush(told?: KubeObject): void {
    if (!this.#isRunning || this.#options.mode === 'explicit') return
    const at = this.lastRenewal()
    if (told !== undefined && this.#lease !== undefined) {
      this.#lease = told as Lease // as it was, but for its renewal
      this.#renewedAt = at
      this.#toldAt = at
    } else if (at !== undefined && at !== this.#toldAt) this.#tell(at)
    this.#plan()
  }

  /** Nothing threatens the connection any more: renewals are computed again. */
  relax(): void {
    if (this.#options.mode === 'explicit') return
    this.#timer?.unsubscribe()
    this.#timer = undefined
  }

  stop(): void {
    this.#renewedAt = this.lastRenewal()
    this.#isRunning = false
    this.#scope.end()
    this.#timer = undefined
  }

  #plan(): void {
    const { kernel, grid } = this.#options
    this.#timer?.unsubscribe()
    const inMs = gridAfter(grid, kernel.now()) - kernel.now()
    this.#timer = this.#scope.start(after(kernel, inMs), () => this.#renew())
  }

  #renew(): void {
    this.#tell(this.#options.kernel.now())
    if (this.#options.mode === 'explicit' || this.#timer !== undefined) this.#plan()
  }

  #tell(at: VirtualMs): void {
    this.#scope.start(process(this.#options.kernel, () => this.#tellThat(at)))
  }

  *#tellThat(at: VirtualMs): Steps<void> {
    this.#sent++
    const told = yield* this.#write(at)
    this.#sent--
    if (!told.ok) {
      this.#retry()
      return
    }
    this.#lease = told.value
    this.#renewedAt = Math.max(at, this.#renewedAt ?? 0)
    this.#toldAt = at
    this.#pauseMs = retryPause.initialMs
  }

  /** What failed is tried again soon. Source: nodelease/controller.go, backoffEnsureLease. */
  #retry(): void {
    this.#lease = undefined
    const { kernel } = this.#options
    this.#retrying?.unsubscribe()
    this.#retrying = this.#scope.start(after(kernel, this.#pauseMs), () => {
      this.#retrying = undefined
      this.#tell(kernel.now())
    })
    this.#pauseMs = Math.min(this.#pauseMs * 2, retryPause.maxMs)
  }

  /** Renews the lease that it knows; else looks for one, and makes it where there is none. */
  *#write(at: VirtualMs): Steps<Outcome<Lease, RequestError>> {
    const { client, nodeName, calendar, durationSeconds } = this.#options
    const spec = {
      holderIdentity: nodeName,
      leaseDurationSeconds: durationSeconds,
      renewTime: rfc3339Micro(calendar.at(at)),
    }
    const known = this.#lease
    if (known !== undefined) return yield* attempt(client.update<Lease>(resources.leases, { ...known, spec }))
    const key = { namespace: leaseNamespace, name: nodeName }
    const found = yield* attempt(client.get<Lease>(resources.leases, key))
    if (found.ok) return yield* attempt(client.update<Lease>(resources.leases, { ...found.value, spec }))
    if (found.error.kind === 'network') return found
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec }
    return yield* attempt(client.create<Lease>(resources.leases, lease))
  }
}

/** Part of the lease's duration after which it is renewed. Source: pkg/kubelet/kubelet.go, nodeLeaseRenewIntervalFraction. */
export function renewPeriodMs(durationSeconds: number): VirtualMs {
  return Math.floor(durationSeconds * second * 0.25)
}
