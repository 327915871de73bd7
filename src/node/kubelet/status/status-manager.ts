import type { Observable } from 'rxjs'
import type { ContainerStatus, Pod, PodCondition, PodPhase, PodStatus } from '../../../api/types/core.ts'
import { type Client, resources } from '../../../client/client.ts'
import { isNotFound } from '../../../client/refusals.ts'
import { type Calendar, rfc3339 } from '../../../kernel/calendar.ts'
import { extended } from '../../../kernel/extended.ts'
import { type Grid, GridLoop } from '../../../kernel/grid.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { process } from '../../../kernel/process.ts'
import { onePart } from '../../../kernel/recent-parts.ts'
import { Scope } from '../../../kernel/scope.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap, SparseSet } from '../../../kernel/sparse.ts'
import { attempt, type Steps } from '../../../kernel/steps.ts'
import { second } from '../../../kernel/time.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { isStatic } from '../pods/static-pod.ts'
import { resizeConditions } from '../resize/resize-conditions.ts'
import { containersReadyCondition, readyCondition } from './conditions.ts'
import { statusPatch } from './status-patch.ts'
import { conditionOf, isLegal, ownConditions, sameForKubelet, sharedStatus, terminatedStatus } from './status-rules.ts'

/** Source: pkg/kubelet/status/status_manager.go, syncPeriod. */
export const statusSyncPeriodMs = 10 * second

/** What the status manager knows of one Pod. */
export interface KnownStatus {
  /** Of which Pod: its object, which is another with each change, is with those who keep it. Source: status_manager.go, versionedPodStatus. */
  readonly namespace: string
  readonly name: string
  readonly isStatic: boolean
  readonly status: PodStatus
  readonly version: number
  /** From v1.22 on: the worker is done with the Pod, its object may go. */
  readonly isFinished: boolean
}

/** Statuses by uid of their Pods: the manager writes, others read. */
export type KnownStatuses = SparseMap<string, KnownStatus>

/** What of a kubelet its statuses have to do with. */
export interface StatusParts {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly client: Client
  readonly facts: KubeletFacts
  readonly pods: {
    /** The Pod as the API server had it last, if it still has it. */
    get(uid: string): Pod | undefined
    /** The API object behind a Pod: of a static Pod its mirror, undefined if it has none yet. */
    apiPodOf(pod: Pod): Pod | undefined
    mirrorNamed(namespace: string, name: string): Pod | undefined
  }
  readonly workerRows: {
    /** From v1.22 on. */
    couldHaveRunningContainers(uid: string): boolean
  }
}

/**
 * Keeps the statuses of the node's Pods and tells them to the API server: each change at once, one after the other, and
 * every 10 s what is left. Source: pkg/kubelet/status/status_manager.go; facts/kubelet.md 8.8.
 */
export class StatusManager {
  readonly #parts: StatusParts
  readonly #known: KnownStatuses
  readonly #isReclaimed: (pod: Pod, status: PodStatus) => boolean
  readonly #changes = new Source<Pod>()
  readonly #sent = new SparseMap<string, number>()
  /** The Pod as the last update left it: what a watcher is told of it is no news. */
  readonly #left = new SparseMap<string, Pod>()
  readonly #queue: { readonly uid: string; readonly version: number; readonly known: KnownStatus }[] = []
  /** Pods that wait for their deletion: the batch looks at them each time. */
  readonly #leaving = new SparseSet<string>()
  /** Pods whose last update failed. */
  readonly #failed = new SparseSet<string>()
  readonly #batch: GridLoop
  #isSending = false
  /** The update under way. */
  readonly #scope = new Scope()

  /** `isReclaimed`: up to v1.26, nothing of the Pod is left on the node that its deletion would have to wait for. */
  constructor(
    parts: StatusParts,
    known: KnownStatuses,
    grid: Grid,
    isReclaimed: (pod: Pod, status: PodStatus) => boolean,
  ) {
    this.#parts = parts
    this.#known = known
    this.#isReclaimed = isReclaimed
    this.#batch = new GridLoop(parts.kernel, grid, () => this.#syncBatch())
  }

  /** Pods whose status, as the kubelet goes by it, has changed. */
  get changes(): Observable<Pod> {
    return this.#changes
  }

  get(uid: string): PodStatus | undefined {
    return this.#known.get(uid)?.status
  }

  /** Takes the status of a sync; tells the API server if it differs, or always if the Pod is being deleted. */
  setPodStatus(pod: Pod, status: PodStatus): boolean {
    return this.#update(pod, status, pod.metadata.deletionTimestamp !== undefined, false)
  }

  /** The Pod is over: what still seemed to run ended in an unknown way. Source: status_manager.go, TerminatePod. */
  terminatePod(pod: Pod): void {
    const before = this.#known.get(uidOf(pod))?.status ?? pod.status ?? {}
    const { facts } = this.#parts
    this.#update(pod, terminatedStatus(pod, before, facts), true, facts.terminatingPhases)
  }

  /** A readiness probe's verdict. Source: status_manager.go, SetContainerReadiness. */
  setContainerReadiness(uid: string, containerId: string, ready: boolean): void {
    const known = this.#known.get(uid)
    const pod = this.#parts.pods.get(uid)
    const status = known?.status
    if (pod === undefined || status === undefined) return
    const found = statusOf(status, containerId)
    if (found === undefined || found.ready === ready) return
    const next = withContainer(status, found, { ...found, ready })
    const { phase = 'Pending', containerStatuses: regular = [], initContainerStatuses: init = [] } = next
    const reason = this.#parts.facts.podFailedReason
    const containersReady = containersReadyCondition(pod.spec, { phase, regular, init }, reason)
    const isReady = readyCondition(pod.spec, containersReady, status.conditions ?? [])
    const conditions = (status.conditions ?? []).map((one) =>
      one.type === 'Ready' ? isReady : one.type === 'ContainersReady' ? containersReady : one,
    )
    this.#update(pod, { ...next, conditions }, false, false)
  }

  /** A startup probe's verdict. Source: status_manager.go, SetContainerStartup. */
  setContainerStartup(uid: string, containerId: string, started: boolean): void {
    const status = this.#known.get(uid)?.status
    const pod = this.#parts.pods.get(uid)
    const found = status && statusOf(status, containerId)
    if (pod === undefined || status === undefined || found === undefined || found.started === started) return
    this.#update(pod, withContainer(status, found, { ...found, started }), false, false)
  }

  /** The Pod is gone from the node: its status is forgotten. */
  forget(uid: string): void {
    this.#known.delete(uid)
    this.#sent.delete(uid)
    this.#left.delete(uid)
    this.#leaving.delete(uid)
    this.#failed.delete(uid)
  }

  /** Something on the node was taken away that a Pod's deletion may have waited for. */
  podIsLeaving(uid: string): void {
    if (!this.#known.has(uid)) return
    this.#leaving.add(uid)
    this.#batch.wake()
  }

  /** The mirror of a static Pod was made: it gets the status with the next batch. */
  mirrorAppeared(uid: string): void {
    this.#sent.delete(uid)
    if (this.#known.has(uid)) this.#hasFailed(uid)
  }

  /**
   * The API server's status of a Pod changed. If that was somebody else (a node controller marks Pods not ready), the
   * next batch puts it right. Source: status_manager.go, needsReconcile.
   */
  apiStatusChanged(pod: Pod): void {
    const uid = uidOf(pod)
    if (this.#left.get(uid) !== pod && this.#differs(uid, pod)) this.#hasFailed(uid)
  }

  #differs(uid: string, pod: Pod | undefined): boolean {
    const known = this.#known.get(uid)
    if (known === undefined || pod?.status === undefined || this.#sent.get(uid) !== known.version) return false
    return !sameForKubelet(pod.status, known.status)
  }

  stop(): void {
    this.#scope.end()
    this.#batch.stop()
    this.#queue.length = 0
  }

  #update(pod: Pod, next: PodStatus, isForced: boolean, isFinished: boolean): boolean {
    const uid = uidOf(pod)
    const known = this.#known.get(uid)
    const before = known?.status ?? this.#parts.pods.apiPodOf(pod)?.status ?? {}
    if (!isLegal(before, next, pod)) return false
    const timed = this.#withTimes(before, next)
    const status = this.#parts.facts.tellsGeneration ? ofGeneration(timed, pod.metadata.generation) : timed
    const finished = isFinished || known?.isFinished === true
    if (known !== undefined && !isForced && sameForKubelet(known.status, status)) return false
    const { namespace = '', name } = pod.metadata
    const version = (known?.version ?? 0) + 1
    const entry: KnownStatus = { namespace, name, isStatic: isStatic(pod), status, version, isFinished: finished }
    this.#known.set(uid, entry)
    if (pod.metadata.deletionTimestamp !== undefined) this.podIsLeaving(uid)
    this.#queue.push({ uid, version: entry.version, known: entry })
    this.#changes.next(pod)
    this.#send()
    // What still waits at the next batch is replaced by it.
    if (this.#queue.length > 0) this.#batch.wake()
    return true
  }

  /** Source: status_manager.go, updateStatusInternal, its calls of updateLastTransitionTime. */
  #withTimes(before: PodStatus, next: PodStatus): PodStatus {
    const now = rfc3339(this.#parts.calendar.at(this.#parts.kernel.now()))
    const conditions = (next.conditions ?? []).map((condition): PodCondition => {
      const isTimed = hasNoTimes(condition) || condition.type === 'DisruptionTarget'
      const old = isTimed ? conditionOf(before, condition.type) : condition
      const kept = old !== undefined && old.status === condition.status ? (old.lastTransitionTime ?? now) : now
      const isKept = old === condition || condition.lastTransitionTime === kept
      return isKept ? condition : onePart(extended(condition, { lastProbeTime: null, lastTransitionTime: kept }))
    })
    return extended(next, { conditions, startTime: before.startTime ?? next.startTime ?? now })
  }

  /** Updates go out one after the other. */
  #send(): void {
    if (this.#isSending) return
    this.#isSending = true
    this.#scope.start(process(this.#parts.kernel, () => this.#sendAll()))
  }

  *#sendAll(): Steps<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { uid } = next
      // Later kubelets look only at what is newest when they get to it.
      const known = this.#parts.facts.sendsLatestStatus ? this.#known.get(uid) : next.known
      if (known !== undefined && this.#needsUpdate(uid, known)) yield* this.#sync(uid, known)
    }
    this.#isSending = false
  }

  #needsUpdate(uid: string, known: KnownStatus): boolean {
    const sent = this.#sent.get(uid)
    if (sent === undefined || sent < known.version) return true
    const pod = this.#parts.pods.get(uid)
    return pod !== undefined && this.#canBeDeleted(pod, known)
  }

  #canBeDeleted(pod: Pod, known: KnownStatus): boolean {
    if (pod.metadata.deletionTimestamp === undefined || isMirror(pod)) return false
    if (this.#parts.facts.deletionWaitsForFinish) return known.isFinished
    return this.#isReclaimed(pod, known.status)
  }

  /**
   * 1. Read the Pod as the API server has it, 2. patch what differs, 3. delete it if that is what it waits for. Source:
   * status_manager.go, syncPod.
   */
  *#sync(uid: string, known: KnownStatus): Steps<void> {
    const { namespace, name } = known
    const { client, pods } = this.#parts
    const apiUid = known.isStatic ? pods.mirrorNamed(namespace, name)?.metadata.uid : uid
    if (apiUid === undefined) return
    const key = { namespace, name }
    const read = yield* attempt(client.get<Pod>(resources.pods, key)) // 1
    if (!read.ok) {
      if (!isNotFound(read.error)) this.#hasFailed(uid)
      return
    }
    if (read.value.metadata.uid !== apiUid) {
      this.#known.delete(uid)
      return
    }
    const current = yield* this.#patch(uid, known, read.value) // 2
    if (current === undefined) return
    this.#sent.set(uid, known.version)
    this.#failed.delete(uid)
    if (this.#canBeDeleted(current, known)) yield* this.#delete(uid, current) // 3
  }

  /** The Pod as it is then; undefined if that did not work. */
  *#patch(uid: string, known: KnownStatus, pod: Pod): Steps<Pod | undefined> {
    const before = pod.status ?? {}
    const patch = statusPatch(uidOf(pod), before, this.#merged(uid, before, known.status))
    if (patch === undefined) return pod
    const key = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }
    const type = 'application/strategic-merge-patch+json'
    const { client } = this.#parts
    const reply = yield* attempt(client.patch<Pod>(resources.pods, key, type, patch, { subresource: 'status' }))
    if (!reply.ok) {
      this.#hasFailed(uid)
      return undefined
    }
    this.#left.set(uid, reply.value)
    this.#share(uid, reply.value.status ?? {})
    return reply.value
  }

  /** What the API server holds as the kubelet does is kept once. */
  #share(uid: string, there: PodStatus): void {
    const known = this.#known.get(uid)
    if (known !== undefined) this.#known.set(uid, { ...known, status: sharedStatus(known.status, there) })
  }

  /** Conditions of others stay; a terminal phase may have to wait. Source: status_manager.go, mergePodStatus. */
  #merged(uid: string, before: PodStatus, next: PodStatus): PodStatus {
    const foreign = (before.conditions ?? []).filter(({ type }) => !ownConditions.has(type))
    const own = (next.conditions ?? []).filter(({ type }) => ownConditions.has(type))
    const { terminalPhaseWaits } = this.#parts.facts
    const isEnding = !isTerminal(before.phase) && isTerminal(next.phase)
    // Who ends the Pod tells why, together with its last phase. Source: mergePodStatus, PodConditionSharedByKubelet.
    const isTold = isEnding && !this.#parts.workerRows.couldHaveRunningContainers(uid)
    const shared = isTold ? conditionOf(next, 'DisruptionTarget') : undefined
    const kept = shared === undefined ? foreign : foreign.filter(({ type }) => type !== shared.type)
    const merged = { ...next, conditions: shared === undefined ? [...kept, ...own] : [...kept, ...own, shared] }
    if (terminalPhaseWaits && isEnding) {
      if (this.#parts.workerRows.couldHaveRunningContainers(uid)) {
        const { phase = 'Pending', reason, message } = before
        const { reason: _reason, message: _message, ...rest } = merged
        return {
          ...rest,
          phase,
          ...(reason === undefined ? {} : { reason }),
          ...(message === undefined ? {} : { message }),
        }
      }
    }
    return merged
  }

  *#delete(uid: string, pod: Pod): Steps<void> {
    const key = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }
    const options = { gracePeriodSeconds: 0, preconditions: { uid: uidOf(pod) } }
    const reply = yield* attempt(this.#parts.client.delete(resources.pods, key, options))
    if (!reply.ok) return
    this.#known.delete(uid)
    this.#leaving.delete(uid)
  }

  #hasFailed(uid: string): void {
    this.#failed.add(uid)
    this.#batch.wake()
  }

  /** The batch replaces what waits in the queue. Source: status_manager.go, syncBatch. */
  #syncBatch(): void {
    const uids = new Set([...this.#failed, ...this.#leaving, ...this.#queue.map(({ uid }) => uid)])
    this.#queue.length = 0
    for (const uid of [...uids].sort()) {
      const known = this.#known.get(uid)
      const pod = known && this.#parts.pods.get(uid)
      if (this.#differs(uid, pod && this.#parts.pods.apiPodOf(pod))) this.#sent.delete(uid)
      if (known === undefined) this.forget(uid)
      else if (this.#needsUpdate(uid, known)) this.#queue.push({ uid, version: known.version, known })
      else this.#failed.delete(uid)
    }
    this.#send()
    if (this.#failed.size > 0 || this.#leaving.size > 0) this.#batch.wake()
  }
}

/** The kubelet's own, but for those of resizes, which come with their time and generation. */
function hasNoTimes({ type }: PodCondition): boolean {
  return ownConditions.has(type) && !resizeConditions.some((each) => each === type)
}

/** A status that tells what it is of, it and the kubelet's own conditions. Source: pkg/kubelet/status/generate.go. */
function ofGeneration(status: PodStatus, generation: number | undefined): PodStatus {
  if (generation === undefined) return status
  const conditions = (status.conditions ?? []).map((condition) =>
    hasNoTimes(condition) && condition.observedGeneration !== generation
      ? extended(condition, { observedGeneration: generation })
      : condition,
  )
  return extended(status, { observedGeneration: generation, conditions })
}

/** The status of a container by its id: sidecars are among the init containers. */
function statusOf({ containerStatuses = [], initContainerStatuses = [] }: PodStatus, containerId: string) {
  return [...containerStatuses, ...initContainerStatuses].find((one) => one.containerID === containerId)
}

function withContainer(status: PodStatus, old: ContainerStatus, next: ContainerStatus): PodStatus {
  const list = status.containerStatuses?.includes(old) === true ? 'containerStatuses' : 'initContainerStatuses'
  return { ...status, [list]: status[list]?.map((one) => (one === old ? next : one)) }
}

export function isTerminal(phase: PodPhase | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

/** Source: pkg/kubelet/types/pod_update.go, ConfigMirrorAnnotationKey. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
}

function uidOf(pod: Pod): string {
  return pod.metadata.uid ?? ''
}
