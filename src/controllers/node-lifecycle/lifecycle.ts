import type { Unsubscribable } from 'rxjs'
import { equalJson } from '../../api/json.ts'
import type { Node, NodeCondition, Pod } from '../../api/types/core.ts'
import { resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, combine, createClockwork, createQueue } from '../controller.ts'
import { epochOf, eventReference, isPodReady } from '../objects.ts'
import { createTicks } from '../ticks.ts'
import { type Lease, leaseNamespace, type NodeHealth, observe, unknownConditions, zoneOf } from './health.ts'
import { nodeIndex, nodeKeys } from './taint-manager.ts'
import {
  hasTaint,
  nodeCondition,
  noScheduleChanges,
  notReadyTaint,
  removeTaints,
  swapTaints,
  unreachableTaint,
} from './taints.ts'
import { createZones } from './zones.ts'

/** Writes of a node's status that meet a conflict are tried again at once. Source: scheduler, NodeHealthUpdateRetry. */
const healthUpdateTries = 5

/** The phases of the original's loops have nothing to do with each other; these two must not coincide. */
const tainterPhaseMs = 50

/** Older names of labels that follow the newer. Source: node_lifecycle_controller.go, labelReconcileInfo. */
const followingLabels = [
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
] as const

/**
 * Watches over nodes: what is not heard of becomes Unknown, gets taints, and its Pods are marked not ready (L6).
 *
 * The original looks at all nodes every 5 s. Here a look is taken at the same instants, but only of nodes that have
 * changed or whose time has run out.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go; facts/apiserver.md 8.1.
 */
export function createNodeLifecycleController(context: ControllerContext): Controller {
  const { kernel, calendar, options } = context
  const client = context.clientFor('node-controller')
  const recorder = context.recorder('node-controller', 'node-controller')
  const nodes = context.informer<Node>(resources.nodes)
  const leases = context.informer<Lease>(resources.leases)
  const pods = context.informer<Pod>(resources.pods)
  pods.addIndexer(nodeIndex, nodeKeys)

  const known = new Map<string, { readonly name: string; readonly uid: string }>()
  const health = new Map<string, NodeHealth>()
  const expiries = new Map<string, Unsubscribable>()
  const dirty = new Set<string>()
  /** Nodes whose Pods could not all be marked. */
  const unmarked = new Set<string>()
  const timestamp = () => rfc3339(calendar.at(kernel.now()))

  const clockwork = createClockwork(kernel, [nodes, leases, pods], () => {
    ticks.begin()
    // Half a period after the looks: a node whose conditions have just changed gets its NoSchedule taint first.
    clockwork.after(tainterPhaseMs, zones.begin)
  })
  const zones = createZones(kernel, clockwork, options, (name) => taintNoExecute(name))
  const ticks = createTicks(kernel, clockwork, options.nodeMonitorPeriodMs, () =>
    clockwork.run(look, () => {
      if (dirty.size > 0) ticks.request()
    }),
  )
  const mark = (name: string): void => {
    dirty.add(name)
    ticks.request()
  }

  /** The end of a node's grace, as a look at it would find it. A sign of life moves it without touching the timer. */
  const watchOver = (name: string, memory: NodeHealth): void => {
    if (expiries.has(name) || options.livesUnseen(name)) return
    const at = ticks.ceiling(Math.max(memory.probedAt + graceMs(memory), kernel.now()))
    const timer = clockwork.after(Math.max(0, at - kernel.now()), () => {
      expiries.delete(name)
      if (health.get(name) !== memory || options.livesUnseen(name)) return
      if (isExpired(memory)) mark(name)
      else watchOver(name, memory)
    })
    expiries.set(name, timer)
  }
  const graceMs = ({ ready }: NodeHealth) =>
    ready === undefined ? options.nodeStartupGracePeriodMs : options.nodeMonitorGracePeriodMs
  const isExpired = (memory: NodeHealth) => kernel.now() >= memory.probedAt + graceMs(memory)

  const look = function* (): Steps<void> {
    const batch = [...dirty]
    dirty.clear()
    for (const name of batch) {
      const node = nodes.get(undefined, name)
      if (node === undefined) forget(name)
      else yield* lookAt(node)
    }
    const verdict = zones.judge()
    if (verdict === 'entered') for (const node of nodes.list()) yield* markReachable(node)
    if (verdict !== 'left') return
    for (const [name, memory] of health) {
      memory.probedAt = kernel.now()
      watchOver(name, memory)
    }
  }

  const forget = (name: string): void => {
    const node = known.get(name)
    if (node === undefined) return
    known.delete(name)
    health.delete(name)
    zones.removeNode(name)
    tell(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
  }
  const tell = (
    { name, uid }: { readonly name: string; readonly uid: string },
    reason: string,
    message: string,
  ): void => recorder.event({ kind: 'Node', name, uid, apiVersion: 'v1' }, 'Normal', reason, message)

  const lookAt = function* (node: Node): Steps<void> {
    const { name, uid = '' } = node.metadata
    if (!known.has(name)) {
      known.set(name, { name, uid })
      tell({ name, uid }, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
      yield* markReachable(node)
    }
    const result = yield* updateHealth(node)
    if (result === undefined) return
    const { observed, current } = result
    // Masters did not count for the state of their zone. Source: legacyIsMasterNode.
    if (!/master(-...)?$/.test(name)) zones.setNode(name, zoneOf(node), current?.status === 'True')
    if (current === undefined) return
    yield* taintOrClear(result.node, observed)
    const hasStopped = current.status !== 'True' && observed === 'True'
    if (hasStopped) tell({ name, uid }, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    const isRetry = unmarked.delete(name) && observed !== 'True'
    if (!hasStopped && !isRetry) return
    if (yield* markPodsNotReady(pods.byIndex(nodeIndex, name))) return
    unmarked.add(name)
    mark(name)
  }

  interface Update {
    readonly node: Node
    /** Status of Ready as it was found; a node that never said so counts as Unknown. */
    readonly observed: NodeCondition['status']
    readonly current: NodeCondition | undefined
  }

  const updateHealth = function* (cached: Node): Steps<Update | undefined> {
    const { name } = cached.metadata
    let node = cached
    for (let tries = 1; tries <= healthUpdateTries; tries++) {
      const createdAt = (epochOf(node.metadata.creationTimestamp) ?? calendar.epochMs) - calendar.epochMs
      const memory = observe(health.get(name), node, kernel.now(), createdAt)
      health.set(name, memory)
      noteLease(memory, leases.get(leaseNamespace, name))
      const ready = nodeCondition(node, 'Ready')
      const observed = ready?.status ?? 'Unknown'
      if (!isExpired(memory) || options.livesUnseen(name)) {
        watchOver(name, memory)
        return { node, observed, current: ready }
      }
      const conditions = unknownConditions(node, timestamp())
      const next: Node = { ...node, status: { ...node.status, conditions } }
      const current = nodeCondition(next, 'Ready')
      if (equalJson(current, ready)) return { node: next, observed, current }
      const written = yield* attempt(client.update<Node>(resources.nodes, next, { subresource: 'status' }))
      if (written.ok) {
        memory.ready = current
        return { node: next, observed, current }
      }
      const fresh = yield* attempt(client.get<Node>(resources.nodes, { name }))
      if (!fresh.ok) break
      node = fresh.value
    }
    mark(name)
    return undefined
  }

  const noteLease = (memory: NodeHealth, lease: Lease | undefined): void => {
    const renewTime = lease?.spec?.renewTime
    if (renewTime === undefined || (memory.renewTime !== undefined && renewTime <= memory.renewTime)) return
    memory.renewTime = renewTime
    memory.probedAt = ticks.next()
  }

  const taintOrClear = function* (node: Node, observed: NodeCondition['status']): Steps<void> {
    if (observed === 'True') {
      yield* markReachable(node)
      return
    }
    const [add, opposite] = observed === 'False' ? [notReadyTaint, unreachableTaint] : [unreachableTaint, notReadyTaint]
    if (hasTaint(node, opposite)) {
      yield* swapTaints(client, node, [add], [opposite], timestamp())
      return
    }
    const tainter = zones.tainter(zoneOf(node))
    if (!hasTaint(node, add)) tainter.remove(node.metadata.name)
    tainter.add(node.metadata.name)
  }

  const markReachable = function* (node: Node): Steps<void> {
    for (const taint of [unreachableTaint, notReadyTaint])
      if (!(yield* removeTaints(client, node, [taint]))) {
        mark(node.metadata.name)
        return
      }
    zones.tainter(zoneOf(node)).remove(node.metadata.name)
  }

  const taintNoExecute = function* (name: string): Steps<boolean> {
    const node = nodes.get(undefined, name)
    if (node === undefined) return true
    const status = nodeCondition(node, 'Ready')?.status
    if (status === 'False') return yield* swapTaints(client, node, [notReadyTaint], [unreachableTaint], timestamp())
    if (status === 'Unknown') return yield* swapTaints(client, node, [unreachableTaint], [notReadyTaint], timestamp())
    return true
  }

  const markPodsNotReady = function* (affected: readonly Pod[]): Steps<boolean> {
    let isDone = true
    for (const pod of affected) {
      if (!isPodReady(pod)) continue
      // Told to the Pod since v1.20. Source: pkg/controller/util/node/controller_utils.go, MarkPodsNotReady.
      if (has(context.minor, controllers.podsHearOfUnreadyNodes)) {
        const reference = eventReference(pod, { apiVersion: 'v1', kind: 'Pod' })
        recorder.event(reference, 'Warning', 'NodeNotReady', 'Node is not ready')
      }
      const conditions = (pod.status?.conditions ?? []).map((condition) =>
        condition.type === 'Ready'
          ? { ...condition, status: 'False' as const, lastTransitionTime: timestamp() }
          : condition,
      )
      const next: Pod = { ...pod, status: { ...pod.status, conditions } }
      const written = yield* attempt(client.update<Pod>(resources.pods, next, { subresource: 'status' }))
      if (!written.ok && !isNotFound(written.error)) isDone = false
    }
    return isDone
  }

  const nodeQueue = createQueue({
    context,
    informers: [nodes],
    workers: 8,
    *sync(name) {
      const node = nodes.get(undefined, name)
      if (node === undefined) return 'done'
      const { add, remove } = noScheduleChanges(node)
      if (add.length + remove.length > 0) yield* swapTaints(client, node, add, remove, timestamp())
      const labels = missingLabels(node)
      if (labels === undefined) return 'done'
      const type = 'application/strategic-merge-patch+json'
      yield* attempt(client.patch<Node>(resources.nodes, { name }, type, { metadata: { labels } }))
      return 'done'
    },
  })
  const podQueue = createQueue({
    context,
    informers: [nodes, pods],
    workers: 4,
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const pod = pods.get(namespace, name)
      const ready = health.get(pod?.spec.nodeName ?? '')?.ready
      if (pod === undefined || ready === undefined || ready.status === 'True') return 'done'
      return (yield* markPodsNotReady([pod])) ? 'done' : 'retry'
    },
  })

  nodes.addHandler({
    add({ metadata }) {
      nodeQueue.queue.add(metadata.name)
      mark(metadata.name)
    },
    update(old, node) {
      const { name } = node.metadata
      if (!isSameForTaints(old, node)) nodeQueue.queue.add(name)
      const [before, after] = [nodeCondition(old, 'Ready'), nodeCondition(node, 'Ready')]
      const memory = health.get(name)
      const isQuiet = before?.status === 'True' && after?.status === 'True' && old.spec?.taints === node.spec?.taints
      if (!isQuiet || memory === undefined || zoneOf(old) !== zoneOf(node)) mark(name)
      // A node that says again that it is well needs no look: the next one would only note that it spoke.
      else observe(memory, node, ticks.next(), 0)
    },
    delete: ({ metadata }) => mark(metadata.name),
  })
  const renewed = (lease: Lease): void => {
    const { name, namespace } = lease.metadata
    const memory = namespace === leaseNamespace ? health.get(name) : undefined
    if (memory === undefined) return
    noteLease(memory, lease)
    watchOver(name, memory)
  }
  leases.addHandler({ add: renewed, update: (_old, lease) => renewed(lease) })
  const bound = (pod: Pod): void => {
    const ready = health.get(pod.spec.nodeName ?? '')?.ready
    if (ready !== undefined && ready.status !== 'True') podQueue.queue.add(keyOf(pod))
  }
  pods.addHandler({
    add: bound,
    update(old, pod) {
      if (old.spec.nodeName !== pod.spec.nodeName) bound(pod)
    },
  })
  return combine(clockwork, nodeQueue.controller, podQueue.controller)
}

function isSameForTaints(old: Node, node: Node): boolean {
  return (
    old.spec === node.spec &&
    old.metadata.labels === node.metadata.labels &&
    old.status?.conditions === node.status?.conditions
  )
}

/** Source: reconcileNodeLabels. */
function missingLabels({ metadata: { labels } }: Node): Readonly<Record<string, string>> | undefined {
  if (labels === undefined) return undefined
  const missing: Record<string, string> = {}
  for (const [primary, secondary] of followingLabels) {
    const value = labels[primary]
    if (value !== undefined && labels[secondary] !== value) missing[secondary] = value
  }
  return Object.keys(missing).length === 0 ? undefined : missing
}
