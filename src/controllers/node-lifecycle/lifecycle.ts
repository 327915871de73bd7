import type { Unsubscribable } from 'rxjs'
import { equalJson } from '../../api/json.ts'
import type { Node, NodeCondition, Pod, Taint } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { type Informer, keyOf, splitKey } from '../../client/informer.ts'
import type { Outcome, WorkQueue } from '../../client/work-queue.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import {
  type Clockwork,
  type Controller,
  type ControllerContext,
  combine,
  createClockwork,
  createQueue,
} from '../controller.ts'
import { epochOf } from '../objects.ts'
import { createTicks, type Ticks } from '../ticks.ts'
import { type Lease, leaseNamespace, type NodeHealth, observe, unknownConditions, zoneOf } from './health.ts'
import { missingLabels } from './node-labels.ts'
import { nodeIndex, nodeKeys } from './taint-manager.ts'
import {
  hasTaint,
  isSameForTaints,
  nodeCondition,
  noScheduleChanges,
  notReadyTaint,
  removeTaints,
  swapTaints,
  unreachableTaint,
} from './taints.ts'
import { markPodsNotReady } from './unready-pods.ts'
import { createZones, type RestingLifecycle, type Zones } from './zones.ts'

/** Writes of a node's status that meet a conflict are tried again at once. Source: scheduler, NodeHealthUpdateRetry. */
const healthUpdateTries = 5

/** The phases of the original's loops have nothing to do with each other; these two must not coincide. */
const tainterPhaseMs = 50

interface Update {
  readonly node: Node
  /** Status of Ready as it was found; a node that never said so counts as Unknown. */
  readonly observed: NodeCondition['status']
  readonly current: NodeCondition | undefined
}

/**
 * Watches over nodes: what is not heard of becomes Unknown, gets taints, and its Pods are marked not ready (L6).
 *
 * The original looks at all nodes every 5 s. Here a look is taken at the same instants, but only of nodes that have
 * changed or whose time has run out.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go; facts/apiserver.md 8.1.
 */
export function createNodeLifecycleController(context: ControllerContext): Controller {
  return new NodeLifecycle(context).controller
}

/** A class, for its steps are generators: those of a closure would be made anew for each cluster. */
class NodeLifecycle {
  readonly controller: Controller
  readonly #context: ControllerContext
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #nodes: Informer<Node>
  readonly #leases: Informer<Lease>
  readonly #pods: Informer<Pod>
  readonly #known = new Map<string, { readonly name: string; readonly uid: string }>()
  readonly #health = new Map<string, NodeHealth>()
  readonly #expiries = new Map<string, Unsubscribable>()
  readonly #dirty = new Set<string>()
  /** Nodes whose Pods could not all be marked. */
  readonly #unmarked = new Set<string>()
  readonly #clockwork: Clockwork
  readonly #zones: Zones
  readonly #ticks: Ticks

  constructor(context: ControllerContext) {
    const { kernel, options } = context
    this.#context = context
    this.#client = context.clientFor('node-controller')
    this.#recorder = context.recorder('node-controller', 'node-controller')
    this.#nodes = context.informer<Node>(resources.nodes)
    this.#leases = context.informer<Lease>(resources.leases)
    this.#pods = context.informer<Pod>(resources.pods)
    this.#pods.addIndexer(nodeIndex, nodeKeys)
    this.#clockwork = createClockwork(kernel, [this.#nodes, this.#leases, this.#pods], {
      begin: () => this.#begin(),
      atRest: () => this.#atRest(),
      goOnFrom: (rest, beganAt) => this.#goOnFrom(rest, beganAt),
    })
    this.#zones = createZones(kernel, this.#clockwork, options, (name) => this.#taintNoExecute(name))
    this.#ticks = createTicks(kernel, this.#clockwork, options.nodeMonitorPeriodMs, () => this.#lookAround())
    const nodeQueue = createQueue({
      context,
      informers: [this.#nodes],
      workers: 8,
      sync: (name) => this.#syncNode(name),
    })
    const podQueue = createQueue({
      context,
      informers: [this.#nodes, this.#pods],
      workers: 4,
      sync: (key) => this.#syncPod(key),
    })
    this.#hearNodes(nodeQueue.queue)
    this.#hearLeases()
    this.#hearPods(podQueue.queue)
    this.controller = combine(this.#clockwork, nodeQueue.controller, podQueue.controller)
  }

  #begin(): void {
    this.#ticks.begin()
    // Half a period after the looks: a node whose conditions have just changed gets its NoSchedule taint first.
    this.#clockwork.after(tainterPhaseMs, this.#zones.begin)
  }

  #atRest(): RestingLifecycle | undefined {
    const zones = this.#zones.atRest()
    if (zones === undefined || this.#expiries.size + this.#dirty.size + this.#unmarked.size > 0) return undefined
    const health = [...this.#health].map(([name, memory]) => [name, { ...memory }] as const)
    return { known: [...this.#known], health, zones }
  }

  #goOnFrom({ known, health, zones }: RestingLifecycle, beganAt: VirtualMs): void {
    for (const [name, node] of known) this.#known.set(name, node)
    for (const [name, memory] of health) this.#health.set(name, { ...memory })
    // What nodes in the cache would have it look at was looked at.
    this.#dirty.clear()
    this.#ticks.goOnFrom(beganAt)
    this.#zones.goOnFrom(zones, beganAt + tainterPhaseMs)
  }

  #lookAround(): void {
    this.#clockwork.run(
      () => this.#look(),
      () => {
        if (this.#dirty.size > 0) this.#ticks.request()
      },
    )
  }

  #timestamp(): string {
    const { calendar, kernel } = this.#context
    return rfc3339(calendar.at(kernel.now()))
  }

  #mark(name: string): void {
    this.#dirty.add(name)
    this.#ticks.request()
  }

  /** The end of a node's grace, as a look at it would find it. A sign of life moves it without touching the timer. */
  #watchOver(name: string, memory: NodeHealth): void {
    if (this.#expiries.has(name) || this.#context.options.livesUnseen(name)) return
    const at = this.#ticks.ceiling(Math.max(memory.probedAt + this.#graceMs(memory), this.#context.kernel.now()))
    const timer = this.#clockwork.after(Math.max(0, at - this.#context.kernel.now()), () => {
      this.#expiries.delete(name)
      if (this.#health.get(name) !== memory || this.#context.options.livesUnseen(name)) return
      if (this.#isExpired(memory)) this.#mark(name)
      else this.#watchOver(name, memory)
    })
    this.#expiries.set(name, timer)
  }
  #graceMs({ ready }: NodeHealth): VirtualMs {
    const { options } = this.#context
    return ready === undefined ? options.nodeStartupGracePeriodMs : options.nodeMonitorGracePeriodMs
  }

  #isExpired(memory: NodeHealth): boolean {
    return this.#context.kernel.now() >= memory.probedAt + this.#graceMs(memory)
  }

  *#look(): Steps<void> {
    const batch = [...this.#dirty]
    this.#dirty.clear()
    for (const name of batch) {
      const node = this.#nodes.get(undefined, name)
      if (node === undefined) this.#forget(name)
      else yield* this.#lookAt(node)
    }
    const verdict = this.#zones.judge()
    if (verdict === 'entered') for (const node of this.#nodes.list()) yield* this.#markReachable(node)
    if (verdict !== 'left') return
    for (const [name, memory] of this.#health) {
      memory.probedAt = this.#context.kernel.now()
      this.#watchOver(name, memory)
    }
  }

  #forget(name: string): void {
    const node = this.#known.get(name)
    if (node === undefined) return
    this.#known.delete(name)
    this.#health.delete(name)
    this.#zones.removeNode(name)
    this.#tell(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
  }
  #tell({ name, uid }: { readonly name: string; readonly uid: string }, reason: string, message: string): void {
    this.#recorder.event({ kind: 'Node', name, uid, apiVersion: 'v1' }, 'Normal', reason, message)
  }

  *#lookAt(node: Node): Steps<void> {
    const { name, uid = '' } = node.metadata
    if (!this.#known.has(name)) {
      this.#known.set(name, { name, uid })
      this.#tell({ name, uid }, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
      yield* this.#markReachable(node)
    }
    const result = yield* this.#updateHealth(node)
    if (result === undefined) return
    const { observed, current } = result
    // Masters did not count for the state of their zone. Source: legacyIsMasterNode.
    if (!/master(-...)?$/.test(name)) this.#zones.setNode(name, zoneOf(node), current?.status === 'True')
    if (current === undefined) return
    const decides = has(this.#context.minor, controllers.taintsLostNodesAtOnce) ? current.status : observed
    yield* this.#taintOrClear(result.node, decides)
    const hasStopped = current.status !== 'True' && observed === 'True'
    if (hasStopped) this.#tell({ name, uid }, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    const isRetry = this.#unmarked.delete(name) && observed !== 'True'
    if (!hasStopped && !isRetry) return
    if (yield* this.#markPodsNotReady(this.#pods.byIndex(nodeIndex, name))) return
    this.#unmarked.add(name)
    this.#mark(name)
  }

  *#updateHealth(cached: Node): Steps<Update | undefined> {
    const { name } = cached.metadata
    let node = cached
    for (let tries = 1; tries <= healthUpdateTries; tries++) {
      const createdAt =
        (epochOf(node.metadata.creationTimestamp) ?? this.#context.calendar.epochMs) - this.#context.calendar.epochMs
      const memory = observe(this.#health.get(name), node, this.#context.kernel.now(), createdAt)
      this.#health.set(name, memory)
      this.#noteLease(name, memory, this.#leases.get(leaseNamespace, name))
      const ready = nodeCondition(node, 'Ready')
      const observed = ready?.status ?? 'Unknown'
      if (!this.#isExpired(memory) || this.#context.options.livesUnseen(name)) {
        this.#watchOver(name, memory)
        return { node, observed, current: ready }
      }
      const conditions = unknownConditions(node, this.#timestamp())
      const next: Node = { ...node, status: { ...node.status, conditions } }
      const current = nodeCondition(next, 'Ready')
      if (equalJson(current, ready)) return { node: next, observed, current }
      const written = yield* attempt(this.#client.update<Node>(resources.nodes, next, { subresource: 'status' }))
      if (written.ok) {
        memory.ready = current
        return { node: next, observed, current }
      }
      const fresh = yield* attempt(this.#client.get<Node>(resources.nodes, { name }))
      if (!fresh.ok) break
      node = fresh.value
    }
    this.#mark(name)
    return undefined
  }

  #noteLease(name: string, memory: NodeHealth, lease: Lease | undefined): void {
    const renewTime = lease?.spec?.renewTime
    if (renewTime === undefined || (memory.renewTime !== undefined && renewTime <= memory.renewTime)) return
    memory.renewTime = renewTime
    memory.probedAt = this.#ticks.ceiling(this.#context.options.signSeenAt(name, renewTime) ?? this.#ticks.next())
  }

  *#taintOrClear(node: Node, observed: NodeCondition['status']): Steps<void> {
    if (observed === 'True') {
      yield* this.#markReachable(node)
      return
    }
    const [add, opposite] = observed === 'False' ? [notReadyTaint, unreachableTaint] : [unreachableTaint, notReadyTaint]
    if (hasTaint(node, opposite)) {
      yield* swapTaints(this.#client, node, [add], [opposite], this.#timestamp())
      return
    }
    const tainter = this.#zones.tainter(zoneOf(node))
    if (!hasTaint(node, add)) tainter.remove(node.metadata.name)
    tainter.add(node.metadata.name)
  }

  *#markReachable(node: Node): Steps<void> {
    for (const taint of [unreachableTaint, notReadyTaint])
      if (!(yield* removeTaints(this.#client, node, [taint]))) {
        this.#mark(node.metadata.name)
        return
      }
    this.#zones.tainter(zoneOf(node)).remove(node.metadata.name)
  }

  *#taintNoExecute(name: string): Steps<boolean> {
    const node = this.#nodes.get(undefined, name)
    if (node === undefined) return true
    const status = nodeCondition(node, 'Ready')?.status
    if (status === 'False')
      return yield* swapTaints(this.#client, node, [notReadyTaint], [unreachableTaint], this.#timestamp())
    if (status === 'Unknown')
      return yield* swapTaints(this.#client, node, [unreachableTaint], [notReadyTaint], this.#timestamp())
    return true
  }

  #markPodsNotReady(affected: readonly Pod[]): Steps<boolean> {
    const { minor } = this.#context
    return markPodsNotReady(
      { client: this.#client, recorder: this.#recorder, minor, now: () => this.#timestamp() },
      affected,
    )
  }

  #syncNode(name: string): Outcome | Steps<Outcome> {
    const node = this.#nodes.get(undefined, name)
    if (node === undefined) return 'done'
    const { add, remove } = noScheduleChanges(node)
    const labels = missingLabels(node, this.#context.minor)
    return add.length + remove.length > 0 || labels !== undefined ? this.#correct(node, add, remove, labels) : 'done'
  }

  /** Taints that tell the node's conditions, and labels that follow others. */
  *#correct(
    node: Node,
    add: readonly Taint[],
    remove: readonly Taint[],
    labels: Readonly<Record<string, string>> | undefined,
  ): Steps<Outcome> {
    if (add.length + remove.length > 0) yield* swapTaints(this.#client, node, add, remove, this.#timestamp())
    if (labels === undefined) return 'done'
    const type = 'application/strategic-merge-patch+json'
    const { name } = node.metadata
    yield* attempt(this.#client.patch<Node>(resources.nodes, { name }, type, { metadata: { labels } }))
    return 'done'
  }

  *#syncPod(key: string): Steps<Outcome> {
    const { namespace, name } = splitKey(key)
    const pod = this.#pods.get(namespace, name)
    const ready = this.#health.get(pod?.spec.nodeName ?? '')?.ready
    if (pod === undefined || ready === undefined || ready.status === 'True') return 'done'
    return (yield* this.#markPodsNotReady([pod])) ? 'done' : 'retry'
  }

  #hearNodes(queue: WorkQueue): void {
    this.#nodes.addHandler({
      add: ({ metadata }) => {
        queue.add(metadata.name)
        this.#mark(metadata.name)
      },
      update: (old, node) => {
        const { name } = node.metadata
        if (!isSameForTaints(old, node)) queue.add(name)
        const [before, after] = [nodeCondition(old, 'Ready'), nodeCondition(node, 'Ready')]
        const memory = this.#health.get(name)
        const isQuiet = before?.status === 'True' && after?.status === 'True' && old.spec?.taints === node.spec?.taints
        if (!isQuiet || memory === undefined || zoneOf(old) !== zoneOf(node)) this.#mark(name)
        // A node that says again that it is well needs no look: the next one would only note that it spoke.
        else observe(memory, node, this.#ticks.next(), 0)
      },
      delete: ({ metadata }) => this.#mark(metadata.name),
    })
  }

  #hearLeases(): void {
    const renewed = (lease: Lease): void => {
      const { name, namespace } = lease.metadata
      const memory = namespace === leaseNamespace ? this.#health.get(name) : undefined
      if (memory === undefined) return
      this.#noteLease(name, memory, lease)
      this.#watchOver(name, memory)
    }
    this.#leases.addHandler({ add: renewed, update: (_old, lease) => renewed(lease) })
  }

  #hearPods(queue: WorkQueue): void {
    const bound = (pod: Pod): void => {
      const ready = this.#health.get(pod.spec.nodeName ?? '')?.ready
      if (ready !== undefined && ready.status !== 'True') queue.add(keyOf(pod))
    }
    this.#pods.addHandler({
      add: bound,
      update(old, pod) {
        if (old.spec.nodeName !== pod.spec.nodeName) bound(pod)
      },
    })
  }
}
