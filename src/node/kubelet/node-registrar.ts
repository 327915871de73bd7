import type { Unsubscribable } from 'rxjs'
import { equalJson } from '../../api/json.ts'
import type { Node } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
import { Reflector, type ReflectorStore } from '../../client/reflector.ts'
import { isAlreadyExists } from '../../client/refusals.ts'
import type { Reopening, WatchesAtRest } from '../../client/reopening.ts'
import type { RestingReflector } from '../../client/resting.ts'
import { after } from '../../kernel/after.ts'
import { type Calendar, rfc3339 } from '../../kernel/calendar.ts'
import { extended } from '../../kernel/extended.ts'
import { type Grid, gridAfter, gridAtOrAfter } from '../../kernel/grid.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { Latch } from '../../kernel/latch.ts'
import { process } from '../../kernel/process.ts'
import type { RandomStream } from '../../kernel/random.ts'
import { Scope } from '../../kernel/scope.ts'
import { attempt, type Steps, sleep } from '../../kernel/steps.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'
import type { EvictionRows } from './eviction/eviction-rows.ts'
import type { KubeletEvents } from './kubelet-events.ts'
import type { MachineState } from './machine-state.ts'
import { conditionsAt, initialEvents, pressureEvents } from './node-conditions.ts'

/** Source: pkg/kubelet/kubelet_node_status.go, registerWithAPIServer: the pause before the first try, doubled up to 7 s. */
const registerRetry = { initialMs: 100, maxMs: 7 * second } as const

export interface NodeRegistrarOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly client: Client
  readonly heartbeatClient: Client
  readonly minor: number
  readonly nodeName: string
  readonly random: RandomStream
  readonly events: KubeletEvents
  readonly machine: () => MachineState
  readonly pressures: () => EvictionRows['conditions']
  readonly statusGrid: Grid
  /** Unchanged statuses are told this often. */
  readonly reportMs: VirtualMs
  /** Whether the status is looked at each `nodeStatusUpdateFrequency`, or only when something changes. */
  readonly isWatchful: boolean
  /** Called before the own Node is another. */
  readonly changing?: () => void
}

/** A report of a Node's status: at which look it came, and whether the API server was told or it was only computed. */
export interface StatusReport {
  readonly at: VirtualMs
  readonly isTold: boolean
}

/** What is known of a Node that is well. */
export interface RestingRegistrar {
  readonly node: Node
  readonly toldAt: VirtualMs
  readonly owesReport: boolean
  readonly reflector: RestingReflector
}

/**
 * The kubelet's own Node: made or taken over at the start, its conditions told when they change and now and then.
 * Source: pkg/kubelet/kubelet_node_status.go.
 */
export class NodeRegistrar implements ReflectorStore<Node> {
  readonly #options: NodeRegistrarOptions
  readonly #reflector: Reflector<Node>
  node: Node | undefined
  /** Open once the Node is registered and its status was told, or tried to be, for the first time. */
  readonly registered = new Latch()
  #isRegistered = false
  readonly #scope = new Scope()
  /** The next look at the status, if one is planned. */
  #look: Unsubscribable | undefined
  /** The last look that was, or would have been, a report; undefined before the first. */
  #reportedAt: VirtualMs | undefined
  /** Whether the API server was told of that report. */
  #isTold = true
  /** While a report is made: the one before. */
  #lastBefore: StatusReport | undefined
  /** The next report, if it is told whatever it says. */
  #owed: Unsubscribable | undefined
  #isWatchful: boolean

  constructor(options: NodeRegistrarOptions) {
    this.#options = options
    this.#isWatchful = options.isWatchful
    const { kernel, client, minor, random } = options
    this.#reflector = new Reflector<Node>({ kernel, client, minor, resource: resources.nodes }, { random, store: this })
  }

  // What the API server tells of the own Node.

  get fieldSelector(): string {
    return `metadata.name=${this.#options.nodeName}`
  }

  replace([node]: readonly Node[]): void {
    if (node !== undefined) this.update(node)
  }

  add(node: Node): void {
    this.update(node)
  }

  update(node: Node): void {
    this.#options.changing?.()
    this.node = node
    // Somebody else says that the node is not well: the next look at the status will put that right.
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
    if (this.#isRegistered && ready?.status !== 'True') this.#planAtNextLook()
  }

  delete(): void {
    this.#options.changing?.()
    this.node = undefined
  }

  start(): void {
    this.#reflector.start()
    this.#scope.start(process(this.#options.kernel, () => this.#register()))
  }

  /** What a copy of it is to know; undefined unless its Node is registered and nothing is on its way. */
  atRest(watches: WatchesAtRest): RestingRegistrar | undefined {
    const reflector = this.#reflector.atRest(watches)
    const { node } = this
    const toldAt = this.#reportedAt
    const isQuiet = this.#isRegistered && this.#isTold && this.#scope.size === 0
    if (reflector === undefined || node === undefined || toldAt === undefined || !isQuiet) return undefined
    return { node, toldAt, owesReport: this.#owed !== undefined, reflector }
  }

  /** In place of `start`. */
  goOnFrom({ node, toldAt, owesReport, reflector }: RestingRegistrar, reopening: Reopening): void {
    this.node = node
    this.#isRegistered = true
    this.#reportedAt = toldAt
    this.registered.open()
    if (owesReport) this.tellNextReport()
    this.#reflector.goOnFrom(reflector, reopening)
  }

  /** The last report of the status, of which the API server was told or not; undefined before the first. */
  lastReport(): StatusReport | undefined {
    return this.#lastBefore ?? this.#reportAsOf(this.#options.kernel.now())
  }

  #reportAsOf(time: VirtualMs): StatusReport | undefined {
    const at = this.#reportedAt
    if (at === undefined) return undefined
    const { statusGrid, reportMs } = this.#options
    const next = gridAtOrAfter(statusGrid, at + reportMs)
    // A look that is planned tells what was due before, and could not be told.
    if (this.#isWatchful || this.#look !== undefined || time < next) return { at, isTold: this.#isTold }
    const periodMs = Math.ceil(reportMs / statusGrid.periodMs) * statusGrid.periodMs
    return { at: next + Math.floor((time - next) / periodMs) * periodMs, isTold: false }
  }

  /** Instant of the next report, if nothing changes; undefined before the first, and when the next look will tell one. */
  nextReport(): VirtualMs | undefined {
    const { kernel, statusGrid, reportMs } = this.#options
    const last = this.#isWatchful ? undefined : this.lastReport()
    const next = last && gridAtOrAfter(statusGrid, last.at + reportMs)
    return next !== undefined && next < kernel.now() ? undefined : next
  }

  /** The next report is told though nothing changes: somebody acts on updates of the Node. */
  tellNextReport(): void {
    const { kernel } = this.#options
    const at = this.nextReport()
    if (at === undefined || this.#owed !== undefined) return
    // It is not in the scope, for a copy knows of it.
    this.#owed = after(kernel, at - kernel.now()).subscribe(() => {
      this.#owed = undefined
      if (!this.#isWatchful) this.#tell()
    })
  }

  /** Looks at the status at each of its instants from now on, or only when something changes. */
  setWatchful(isWatchful: boolean): void {
    const last = this.lastReport()
    if (last !== undefined) this.#keep(last)
    this.#isWatchful = isWatchful || this.#options.isWatchful
    if (this.#isWatchful && this.#isRegistered) this.#planAtNextLook()
  }

  /** A pressure came or went: it is told at the next look at the status. */
  pressureChanged(): void {
    if (this.#isRegistered) this.#planAtNextLook()
  }

  /** The node's conditions changed: they are told at once. */
  changed(): void {
    if (this.#isRegistered) this.#tell()
  }

  #keep({ at, isTold }: StatusReport): void {
    this.#reportedAt = at
    this.#isTold = isTold
  }

  stop(): void {
    this.#scope.end()
    this.#owed?.unsubscribe()
    this.#reflector.stop()
  }

  /** Until there is a Node of this name: makes it or takes it over; then tells its status for the first time. */
  *#register(): Steps<void> {
    let pauseMs: VirtualMs = registerRetry.initialMs
    do {
      yield* sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 2, registerRetry.maxMs)
    } while (!(yield* this.#isThere()))
    this.#isRegistered = true
    yield* this.#tellStatus()
    this.registered.open()
  }

  /** Source: kubelet_node_status.go, tryRegisterWithAPIServer. */
  *#isThere(): Steps<boolean> {
    const { heartbeatClient, nodeName } = this.#options
    const made = yield* attempt(heartbeatClient.create<Node>(resources.nodes, this.#initialNode()))
    for (const reason of initialEvents) this.#tellNow(reason)
    if (made.ok) {
      this.#tellNow('NodeReady')
      return true
    }
    if (!isAlreadyExists(made.error)) return false
    const found = yield* attempt(heartbeatClient.get<Node>(resources.nodes, { name: nodeName }))
    return found.ok
  }

  #tell(): void {
    this.#scope.start(process(this.#options.kernel, () => this.#tellStatus()))
  }

  *#tellStatus(): Steps<void> {
    const lookedAt = this.#options.kernel.now()
    this.#lastBefore = this.#reportAsOf(lookedAt - 1)
    this.#look?.unsubscribe()
    this.#look = undefined
    const outcome = yield* this.#tryToTell(lookedAt)
    this.#lastBefore = undefined
    if (outcome === 'told') this.#keep({ at: lookedAt, isTold: true })
    if (outcome === 'failed') this.#planAtNextLook()
    else this.#plan()
  }

  /** Source: kubelet_node_status.go, tryUpdateNodeStatus: reads the Node, computes the status, tells it if there is news. */
  *#tryToTell(lookedAt: VirtualMs): Steps<'told' | 'no news' | 'failed'> {
    const { heartbeatClient, nodeName, reportMs } = this.#options
    const key = { name: nodeName }
    const last = this.#lastBefore
    const before = yield* this.#readNode()
    if (before === undefined) return 'failed'
    const status = this.#status(before)
    this.#tellEvents(before)
    const isNews = !equalJson(withoutHeartbeats(before.status ?? {}), withoutHeartbeats(status))
    if (!isNews && last !== undefined && lookedAt - last.at < reportMs) return 'no news'
    const patch = {
      metadata: key,
      status: { ...this.#news(before, status), '$setElementOrder/conditions': order(status) },
    }
    const type = 'application/strategic-merge-patch+json'
    const where = { subresource: 'status' }
    const told = yield* attempt(heartbeatClient.patch<Node>(resources.nodes, key, type, patch, where))
    return told.ok ? 'told' : 'failed'
  }

  /** Up to v1.30 from the API server's cache, then from the informer's, which may be behind after an outage. */
  *#readNode(): Steps<Node | undefined> {
    const { heartbeatClient, nodeName, minor } = this.#options
    const isCached = has(minor, kubelet.readsItsNodeFromCache)
    if (isCached && this.node !== undefined) return this.node
    // What the informer does not have is asked for: the second try.
    const options = isCached ? {} : { resourceVersion: '0' }
    const read = yield* attempt(heartbeatClient.get<Node>(resources.nodes, { name: nodeName }, options))
    return read.ok ? read.value : undefined
  }

  /** What differs from what was read: of a condition that stayed only its heartbeat, so that what others wrote since stands. */
  #news({ status: before }: Node, status: NonNullable<Node['status']>) {
    if (!has(this.#options.minor, kubelet.readsItsNodeFromCache)) return status
    const conditions = status.conditions?.map((condition) => {
      const { lastHeartbeatTime, ...rest } = condition
      const known = before?.conditions?.find(({ type }) => type === condition.type)
      const { lastHeartbeatTime: _before, ...restBefore } = known ?? condition
      return known !== undefined && equalJson(rest, restBefore)
        ? { type: condition.type, lastHeartbeatTime }
        : condition
    })
    return { ...status, conditions }
  }

  #tellEvents({ status }: Node): void {
    const { nodeName, events, machine, pressures } = this.#options
    const pressed: readonly string[] = pressures()
    const bootBefore = status?.nodeInfo?.bootID ?? ''
    const { bootId } = machine()
    if (bootBefore !== '' && bootBefore !== bootId)
      events.node('Warning', 'Rebooted', `Node ${nodeName} has been rebooted, boot id: ${bootId}`)
    for (const { type, reasons } of pressureEvents) {
      const before = status?.conditions?.find((each) => each.type === type)
      const is = pressed.includes(type)
      if (status !== undefined && before?.status !== (is ? 'True' : 'False')) this.#tellNow(reasons[is ? 1 : 0])
    }
    const readyBefore = status?.conditions?.find(({ type }) => type === 'Ready')
    if (readyBefore !== undefined && readyBefore.status !== 'True') this.#tellNow('NodeReady')
  }

  #tellNow(reason: string): void {
    const { events, nodeName } = this.#options
    events.node('Normal', reason, `Node ${nodeName} status is now: ${reason}`)
  }

  #plan(): void {
    this.#look?.unsubscribe()
    this.#look = undefined
    if (this.#isWatchful) this.#planAtNextLook()
  }

  #planAtNextLook(): void {
    const { kernel, statusGrid } = this.#options
    this.#look?.unsubscribe()
    const inMs = gridAfter(statusGrid, kernel.now()) - kernel.now()
    this.#look = this.#scope.start(after(kernel, inMs), () => this.#tell())
  }

  #initialNode(): Node {
    const { nodeName, machine } = this.#options
    const { labels } = machine()
    const metadata = {
      name: nodeName,
      labels,
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    }
    const bare: Node = { apiVersion: 'v1', kind: 'Node', metadata, spec: {} }
    return { ...bare, status: this.#status(bare) ?? {} }
  }

  #status(before: Node): NonNullable<Node['status']> {
    const { calendar, kernel, machine, minor, nodeName, pressures } = this.#options
    const pressed: readonly string[] = pressures()
    const now = rfc3339(calendar.at(kernel.now()))
    const { capacity, allocatable, hostIp, nodeInfo, bootId } = machine()
    const conditions = conditionsAt(now, pressed, before.status?.conditions)
    return {
      capacity,
      allocatable,
      conditions,
      addresses: [
        { type: 'InternalIP', address: hostIp },
        { type: 'Hostname', address: nodeName },
      ],
      nodeInfo: extended(nodeInfo, { bootID: bootId }),
      // Source: pkg/kubelet/nodestatus/setters.go, Features (gate SupplementalGroupsPolicy).
      ...(has(minor, kubelet.containerd2) ? { features: { supplementalGroupsPolicy: true } } : {}),
    }
  }
}

function order(status: NonNullable<Node['status']>): readonly object[] {
  return (status.conditions ?? []).map(({ type }) => ({ type }))
}

/** Source: kubelet_node_status.go, nodeStatusHasChanged: heartbeat times are no news. */
function withoutHeartbeats(status: NonNullable<Node['status']>): unknown {
  const { capacity, allocatable, conditions = [], addresses, nodeInfo } = status
  const kept = conditions.map(({ type, status: state, reason, message }) => ({ type, state, reason, message }))
  return { capacity, allocatable, conditions: kept, addresses, nodeInfo }
}
