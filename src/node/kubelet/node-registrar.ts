import { jsonEqual } from '../../api/json-equal.ts'
import type { Node, NodeCondition } from '../../api/types/core.ts'
import { answered } from '../../client/answered.ts'
import { type Client, type Reply, resources } from '../../client/client.ts'
import { Reflector } from '../../client/reflector.ts'
import { type Calendar, rfc3339 } from '../../kernel/calendar.ts'
import { type Grid, gridAfter } from '../../kernel/grid.ts'
import type { Kernel, Timer } from '../../kernel/kernel.ts'
import type { RandomStream } from '../../kernel/random.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'
import type { KubeletEvents } from './kubelet-events.ts'
import type { MachineState } from './machine-state.ts'

/** Source: pkg/kubelet/kubelet_node_status.go, registerWithAPIServer: first pause, doubled up to 7 s. */
const registerRetry = { initialMs: 200, maxMs: 7 * second } as const

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
  readonly statusGrid: Grid
  /** Unchanged statuses are told this often. */
  readonly reportMs: VirtualMs
  /** Whether the status is looked at each `nodeStatusUpdateFrequency`, or only when something changes. */
  readonly isWatchful: boolean
  /** The Node is registered and its status was told for the first time. */
  readonly onRegistered: () => void
  /** The Node as the API server has it changed. */
  readonly onNode: (node: Node) => void
}

/**
 * The kubelet's own Node: made or taken over at the start, its conditions told when they change and now and then.
 * Source: pkg/kubelet/kubelet_node_status.go.
 */
export class NodeRegistrar {
  readonly #options: NodeRegistrarOptions
  readonly #reflector: Reflector<Node>
  node: Node | undefined
  #isRegistered = false
  #isStopped = false
  #timer: Timer | undefined
  #toldAt: VirtualMs = 0
  #isWatchful: boolean

  constructor(options: NodeRegistrarOptions) {
    this.#options = options
    this.#isWatchful = options.isWatchful
    const changed = (node: Node) => {
      this.node = node
      options.onNode(node)
      // Somebody else says that the node is not well: the next look at the status will put that right.
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
      if (this.#isRegistered && ready?.status !== 'True') this.#planAtNextLook()
    }
    this.#reflector = new Reflector<Node>(
      { ...options, resource: resources.nodes },
      {
        fieldSelector: `metadata.name=${options.nodeName}`,
        random: options.random,
        store: {
          replace: ([node]) => (node === undefined ? undefined : changed(node)),
          add: changed,
          update: changed,
          delete: () => {
            this.node = undefined
          },
        },
      },
    )
  }

  start(): void {
    this.#reflector.start()
    this.#register(registerRetry.initialMs)
  }

  /** Looks at the status at each of its instants from now on, or only when something changes. */
  setWatchful(isWatchful: boolean): void {
    this.#isWatchful = isWatchful || this.#options.isWatchful
    if (this.#isWatchful && this.#isRegistered) this.#planAtNextLook()
  }

  /** The node's conditions changed: they are told at once. */
  changed(): void {
    if (this.#isRegistered) this.#tellStatus()
  }

  stop(): void {
    this.#isStopped = true
    this.#reflector.stop()
    this.#timer?.cancel()
  }

  #register(pauseMs: VirtualMs): void {
    if (this.#isStopped) return
    const { heartbeatClient, kernel, events, nodeName } = this.#options
    const again = () => {
      this.#timer = kernel.schedule(pauseMs, () => this.#register(Math.min(pauseMs * 2, registerRetry.maxMs)))
    }
    answered(heartbeatClient.create<Node>(resources.nodes, this.#initialNode()), (reply) => {
      if (this.#isStopped) return
      if (reply.ok) {
        for (const reason of newNodeEvents) events.node('Normal', reason, `Node ${nodeName} status is now: ${reason}`)
        this.#registered()
        return
      }
      const exists = reply.error.kind === 'status' && reply.error.status.reason === 'AlreadyExists'
      if (exists) this.#takeOver(again)
      else again()
    })
  }

  #takeOver(again: () => void): void {
    const { heartbeatClient, nodeName } = this.#options
    answered(heartbeatClient.get<Node>(resources.nodes, { name: nodeName }), (reply) => {
      if (this.#isStopped) return
      if (reply.ok) this.#registered()
      else again()
    })
  }

  #registered(): void {
    this.#isRegistered = true
    this.#tellStatus(() => this.#options.onRegistered())
  }

  /** Source: kubelet_node_status.go, tryUpdateNodeStatus: reads the Node, computes the status, tells it if there is news. */
  #tellStatus(then?: () => void): void {
    const { heartbeatClient, nodeName, kernel, reportMs, events } = this.#options
    answered(heartbeatClient.get<Node>(resources.nodes, { name: nodeName }, { resourceVersion: '0' }), (reply) => {
      if (this.#isStopped) return
      if (!reply.ok) {
        this.#planAtNextLook()
        return
      }
      const before = reply.value
      const status = this.#status(before)
      const bootBefore = before.status?.nodeInfo?.bootID ?? ''
      const { bootId } = this.#options.machine()
      if (bootBefore !== '' && bootBefore !== bootId)
        events.node('Warning', 'Rebooted', `Node ${nodeName} has been rebooted, boot id: ${bootId}`)
      const readyBefore = before.status?.conditions?.find(({ type }) => type === 'Ready')
      if (readyBefore !== undefined && readyBefore.status !== 'True')
        events.node('Normal', 'NodeReady', `Node ${nodeName} status is now: NodeReady`)
      const isNews = !jsonEqual(withoutHeartbeats(before.status ?? {}), withoutHeartbeats(status))
      if (!isNews && kernel.now() - this.#toldAt < reportMs) {
        this.#plan()
        then?.()
        return
      }
      const settle = (answer: Reply<Node>): void => {
        if (this.#isStopped) return
        if (answer.ok) {
          this.#toldAt = kernel.now()
          this.#plan()
        } else this.#planAtNextLook()
        then?.()
      }
      const patch = {
        metadata: { name: nodeName },
        status: { ...status, '$setElementOrder/conditions': order(status) },
      }
      const type = 'application/strategic-merge-patch+json'
      answered(
        heartbeatClient.patch<Node>(resources.nodes, { name: nodeName }, type, patch, {
          subresource: 'status',
        }),
        settle,
      )
    })
  }

  #plan(): void {
    this.#timer?.cancel()
    if (this.#isWatchful) this.#planAtNextLook()
  }

  #planAtNextLook(): void {
    const { kernel, statusGrid } = this.#options
    this.#timer?.cancel()
    this.#timer = kernel.schedule(gridAfter(statusGrid, kernel.now()) - kernel.now(), () => this.#tellStatus())
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
    const { calendar, kernel, machine, nodeName } = this.#options
    const now = rfc3339(calendar.at(kernel.now()))
    const { capacity, allocatable, hostIp, nodeInfo, bootId } = machine()
    const conditions = healthy.map((condition): NodeCondition => {
      const old = before.status?.conditions?.find(({ type }) => type === condition.type)
      const since = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now
      return { ...condition, lastHeartbeatTime: now, lastTransitionTime: since }
    })
    return {
      capacity,
      allocatable,
      conditions,
      addresses: [
        { type: 'InternalIP', address: hostIp },
        { type: 'Hostname', address: nodeName },
      ],
      nodeInfo: { ...nodeInfo, bootID: bootId },
    }
  }
}

/** What the conditions of a new node are told as. Source: pkg/kubelet/nodestatus/setters.go. */
const newNodeEvents = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID', 'NodeReady'] as const

/** Source: pkg/kubelet/nodestatus/setters.go. */
const healthy: readonly Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
  condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
  condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
  condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
]

function condition(type: string, status: 'True' | 'False', reason: string, message: string) {
  return { type, status, reason, message } as const
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
