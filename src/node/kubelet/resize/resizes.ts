import type { Container, Pod, ResourceRequirements } from '../../../api/types/core.ts'
import { goStructJson, sortBytewise } from '../../../go/json.ts'
import { type Calendar, rfc3339 } from '../../../kernel/calendar.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { SparseMap, SparseSet } from '../../../kernel/sparse.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import { AtMost, capacityRefusal, fitRefusal, type NodeRefusal } from '../loop/node-fit.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import { isTerminal, type StatusManager } from '../status/status-manager.ts'
import { areEqual, resizable, resizeOf } from './amounts.ts'
import { ResizeConditions } from './resize-conditions.ts'

/** Parts of a kubelet that it works with. */
interface Parts {
  readonly calendar: Calendar
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly kernel: Kernel
  readonly minor: number
  readonly pods: PodManager
  readonly runtime: ContainerRuntime
  readonly statuses: StatusManager
}

type Allocation = ReadonlyMap<string, ResourceRequirements | undefined>

/**
 * Pods that are to have other amounts of CPU and memory than they were given: until the node has room they keep what they had. Only
 * such Pods are known here; of all others what they ask for is what they have. Source: pkg/kubelet/allocation/allocation_manager.go.
 */
export class Resizes {
  readonly conditions = new ResizeConditions()
  /** Something was given, or may have been, that nobody counted who let a Pod in. */
  isContested = false
  readonly #atMost = new AtMost()
  readonly #parts: Parts
  readonly #allocatable: () => Readonly<Record<string, string>>
  readonly #allocations = new SparseMap<string, Allocation>()
  /** Uids of those that wait for room, in the order in which they asked. */
  readonly #deferred = new SparseSet<string>()
  readonly #initToo: boolean

  /** `allocatable`: of the node. */
  constructor(parts: Parts, allocatable: () => Readonly<Record<string, string>>) {
    this.#parts = parts
    this.#allocatable = allocatable
    this.#initToo = has(parts.minor, apiServer.initContainersResizeInPlace)
  }

  /** The Pod as its node runs it. Source: UpdatePodFromAllocation. */
  allocated(pod: Pod): Pod {
    const allocation = this.#allocations.get(pod.metadata.uid ?? '')
    if (allocation === undefined) return pod
    const given = (container: Container): Container => {
      if (!allocation.has(container.name)) return container
      const { resources: _wanted, ...rest } = container
      const resources = allocation.get(container.name)
      return resources === undefined ? rest : { ...rest, resources }
    }
    const { containers, initContainers } = pod.spec
    const spec = { ...pod.spec, containers: containers.map(given) }
    return {
      ...pod,
      spec: initContainers === undefined ? spec : { ...spec, initContainers: initContainers.map(given) },
    }
  }

  /** One that a kubelet finds as it starts has what its containers run with: it may have been resized meanwhile. */
  found(pod: Pod): void {
    if (!this.#parts.facts.resizesInPlace) return
    const running = this.#parts.runtime.podContainers(pod.metadata.uid ?? '')
    const allocation = new Map(
      resizable(pod, this.#initToo).map(({ name, resources }) => {
        const actual = running.findLast(({ config, state }) => config.name === name && state === 'running')
        return [name, actual?.config.resources ?? resources]
      }),
    )
    this.#wants(pod, allocation)
  }

  /** The Pod was changed: it may be about something else. */
  updated(before: Pod | undefined, pod: Pod): void {
    if (!this.#parts.facts.resizesInPlace || before === undefined || before.spec === pod.spec) return
    const had = resizable(this.allocated(before), this.#initToo)
    this.#wants(pod, new Map(had.map(({ name, resources }) => [name, resources])))
  }

  #wants(pod: Pod, allocation: Allocation): void {
    const uid = pod.metadata.uid ?? ''
    const isOther = resizable(pod, this.#initToo).some(
      ({ name, resources }) => allocation.has(name) && !areEqual(resources, allocation.get(name)),
    )
    if (!isOther && !this.#allocations.has(uid)) return
    this.#allocations.set(uid, allocation)
    this.#evaluate(pod, isOther)
  }

  /** Whether it came to anything. Source: handlePodResourcesResize. */
  #evaluate(pod: Pod, isOther = true): boolean {
    const uid = pod.metadata.uid ?? ''
    this.#deferred.delete(uid)
    const refusal = isOther ? this.#refusal(pod) : undefined
    if (refusal !== undefined) {
      if (refusal.reason === 'Deferred') this.#deferred.add(uid)
      return this.#pends(pod, refusal)
    }
    this.#allocations.delete(uid)
    this.conditions.clear(uid, 'PodResizePending')
    if (!isOther) return true
    this.isContested = true
    this.conditions.clear(uid, 'PodResizeInProgress')
    const { generation } = pod.metadata
    this.conditions.set(uid, 'PodResizeInProgress', { generation }, this.#now())
    if (has(this.#parts.minor, kubelet.tellsResizes))
      this.#tell(pod, 'Normal', 'ResizeStarted', message('started', pod, generation))
    return true
  }

  #pends(pod: Pod, { reason, text }: { readonly reason: 'Deferred' | 'Infeasible'; readonly text: string }): boolean {
    const { uid = '', generation } = pod.metadata
    const telling = { reason, message: text, generation }
    const isNews = this.conditions.set(uid, 'PodResizePending', telling, this.#now())
    if (isNews && has(this.#parts.minor, kubelet.tellsResizes))
      this.#tell(pod, 'Warning', `Resize${reason}`, message(reason, pod, generation, text))
    return isNews
  }

  /** Why a Pod is not let in beside the others; undefined: it is, as critical ones are in any case. */
  refused(pod: Pod, isCritical: boolean): NodeRefusal | undefined {
    if (!this.isContested && this.#atMost.takes(pod, this.#allocatable())) return undefined
    const lack = isCritical ? undefined : this.lack(pod)
    if (!this.isContested) this.#atMost.are(lack === undefined ? [...this.#others(pod), pod] : this.#others(pod))
    return lack
  }

  /** Why the node has no room for a Pod; undefined: it has. Source: pkg/kubelet/lifecycle/predicate.go, Admit. */
  lack(pod: Pod): NodeRefusal | undefined {
    return fitRefusal(pod, this.#others(pod), this.#allocatable())
  }

  /** The others that are not over, as the node runs them. */
  #others(pod: Pod): readonly Pod[] {
    const { pods, statuses } = this.#parts
    const others = [...pods.all()].filter((other) => {
      const uid = other.metadata.uid ?? ''
      return uid !== pod.metadata.uid && !isTerminal((statuses.get(uid) ?? other.status)?.phase)
    })
    return others.map((other) => this.allocated(other))
  }

  /** Source: allocation_manager.go, canResizePod; from v1.35 on lifecycle/predicate.go. */
  #refusal(pod: Pod): { readonly reason: 'Deferred' | 'Infeasible'; readonly text: string } | undefined {
    const infeasible = capacityRefusal(pod, this.#allocatable())
    if (infeasible !== undefined) return { reason: 'Infeasible', text: infeasible }
    const lacking = this.lack(pod)
    return lacking === undefined ? undefined : { reason: 'Deferred', text: lacking.message }
  }

  /** There may be room now: the Pods for which something came of it, which are to be synced. Source: RetryPendingResizes. */
  retried(): readonly Pod[] {
    return [...this.#deferred].flatMap((uid) => {
      const pod = this.#parts.pods.get(uid)
      if (pod === undefined) this.#deferred.delete(uid)
      return pod !== undefined && this.#evaluate(pod) ? [pod] : []
    })
  }

  /** A sync begins: what was given may have been put into effect. `pod` as its node runs it. Source: kubelet.go, SyncPod. */
  look(pod: Pod): void {
    const { uid = '', generation } = pod.metadata
    if (!this.#parts.facts.resizesInPlace) return
    const known = this.conditions.get(uid, 'PodResizeInProgress')
    if (this.#isInProgress(pod)) {
      if (known === undefined) this.conditions.set(uid, 'PodResizeInProgress', { generation }, this.#now())
      return
    }
    if (known === undefined) return
    this.conditions.clear(uid, 'PodResizeInProgress')
    if (has(this.#parts.minor, kubelet.tellsCompletedResizes))
      this.#tell(pod, 'Normal', 'ResizeCompleted', message('completed', pod, known.generation))
  }

  /** Source: kuberuntime_manager.go, IsPodResizeInProgress. */
  #isInProgress(pod: Pod): boolean {
    const containers = this.#parts.runtime.podContainers(pod.metadata.uid ?? '')
    return resizable(pod, this.#initToo).some((container) => {
      const latest = containers.findLast(({ config }) => config.name === container.name)
      const actual = latest?.state === 'running' ? latest.config.resources : undefined
      return actual !== undefined && resizeOf(container, actual) !== undefined
    })
  }

  /** What was given could not be put into effect. Source: kubelet.go, SyncPod. */
  failed(pod: Pod, error: string): void {
    const { uid = '', generation } = pod.metadata
    const known = this.conditions.get(uid, 'PodResizeInProgress')
    const telling = { reason: 'Error', message: error, generation: known?.generation ?? generation }
    if (!this.conditions.set(uid, 'PodResizeInProgress', telling, this.#now())) return
    if (has(this.#parts.minor, kubelet.tellsResizes))
      this.#tell(pod, 'Warning', 'ResizeError', message('error', pod, telling.generation, error))
  }

  forget(uid: string): void {
    this.#allocations.delete(uid)
    this.#deferred.delete(uid)
    this.conditions.forget(uid)
  }

  #tell(pod: Pod, type: 'Normal' | 'Warning', reason: string, text: string): void {
    this.#parts.events.pod(pod, type, reason, text)
  }

  #now(): string {
    const { calendar, kernel } = this.#parts
    return rfc3339(calendar.at(kernel.now()))
  }
}

/** As Go writes maps. */
function inOrder(given: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>): object {
  const sorted = Object.entries(given).flatMap(([kind, amounts]) => {
    const names = sortBytewise(Object.keys(amounts ?? {}))
    return names.length === 0 ? [] : [[kind, Object.fromEntries(names.map((name) => [name, amounts?.[name]]))]]
  })
  return Object.fromEntries(sorted)
}

/** Source: pkg/kubelet/events/pod_resize.go, podResizeMessage. */
function message(what: string, { spec }: Pod, generation = 0, error = ''): string {
  const told = ({ name, resources = {} }: Container) => {
    const { limits, requests, ...rest } = resources
    return { name, resources: { ...inOrder({ limits, requests }), ...rest } }
  }
  const { initContainers = [], containers } = spec
  const summary = {
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(told) }),
    containers: containers.map(told),
    generation,
    ...(error === '' ? {} : { error }),
  }
  return `Pod resize ${what}: ${goStructJson(summary)}`
}
