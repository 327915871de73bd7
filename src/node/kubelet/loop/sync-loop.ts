import type { Pod } from '../../../api/types/core.ts'
import { resources } from '../../../client/client.ts'
import { settled } from '../../../kernel/all.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import { SparseSet } from '../../../kernel/sparse.ts'
import type { KubeletContext } from '../context.ts'
import { killContainer } from '../pods/kill-pod.ts'
import { notRunning } from '../pods/pod-ends.ts'
import { fullName } from '../pods/pod-manager.ts'
import { deadlineOf } from '../pods/pod-sync.ts'
import type { PodWorker } from '../pods/pod-worker.ts'
import { inspectPod, type PodRuntimeStatus } from '../pods/runtime-status.ts'
import { isStatic } from '../pods/static-pod.ts'
import type { ProbeNews } from '../probes/prober.ts'
import { qosClass } from '../status/qos.ts'
import { isMirror, isTerminal } from '../status/status-manager.ts'
import { refusal } from './admission.ts'
import type { Cleanup } from './cleanup.ts'
import { deadContainers } from './dead-containers.ts'
import type { KubeletNews } from './kubelet-news.ts'
import { noteContainer } from './note-container.ts'
import type { LifecycleEvent } from './pleg.ts'

/**
 * Hands what happens (Pods come, change and go, containers start and end, syncs are due, probes fail) to the workers.
 * Source: pkg/kubelet/kubelet.go, syncLoopIteration and its handlers.
 */
export class SyncLoop {
  readonly #context: KubeletContext
  readonly #cleanup: Cleanup
  readonly #scope = new Scope()
  /** Pods that were refused: they get no worker. */
  readonly #refused = new SparseSet<string>()

  constructor(context: KubeletContext, cleanup: Cleanup) {
    this.#context = context
    this.#cleanup = cleanup
  }

  /** Source: pkg/kubelet/kubelet.go, syncLoopIteration. */
  handle(news: KubeletNews): void {
    switch (news.source) {
      case 'config':
        if (news.change === 'added') this.#added(news.pods)
        else if (news.change === 'updated') this.#updated(news.pod)
        else if (news.change === 'reconciled') this.#reconciled(news.pod)
        else this.#removed(news.pod)
        return
      case 'pleg':
        this.#lifecycle(news.events)
        return
      case 'due':
        if (!(news.isRefresh && this.#refreshed(news.podUid))) this.#due(news.podUid)
        return
      case 'probe':
        this.#probed(news.news)
        return
      case 'status':
        this.#statusChanged(news.pod)
        return
      case 'worker':
        this.#advanced(news.worker)
        return
      case 'object':
        for (const uid of this.#context.readers.of(news.kind, news.namespace, news.name)) this.#wantSync(uid)
        return
      case 'housekeeping':
        this.#cleanup.housekeep()
    }
  }

  /** Source: HandlePodAdditions. */
  #added(pods: readonly Pod[]): void {
    const { facts, workers, prober, volumes } = this.#context
    workers.together(() => {
      for (const pod of pods) {
        this.#context.pods.set(pod)
        if (isMirror(pod)) {
          this.#context.statuses.mirrorAppeared(this.#context.pods.staticOf(pod)?.metadata.uid ?? '')
          this.#mirrorChanged(pod)
          continue
        }
        this.#register(pod)
        const uid = pod.metadata.uid ?? ''
        const isDone = facts.terminatingPhases && isTerminal(pod.status?.phase) && !this.#hasRunning(uid)
        if (isDone) {
          workers.markFinished(uid)
          this.#cleanup.podMayLeaveTraces(uid)
          continue
        }
        this.#context.resizes.found(pod)
        if (!this.#context.ends.isTerminated(pod) && this.#isRefused(pod)) continue
        volumes.podAdded(uid)
        this.#dispatch(pod)
        prober.addPod(pod)
        this.#planDeadline(pod)
      }
    })
  }

  /** Source: HandlePodUpdates; a deletion request is an update, too. */
  #updated(pod: Pod): void {
    const before = this.#context.pods.get(pod.metadata.uid ?? '')
    this.#context.pods.set(pod)
    if (isMirror(pod)) {
      this.#mirrorChanged(pod)
      return
    }
    this.#register(pod)
    if (this.#refused.has(pod.metadata.uid ?? '') && pod.metadata.deletionTimestamp === undefined) return
    this.#context.resizes.updated(before, pod)
    this.#dispatch(pod)
    this.#planDeadline(pod)
    this.#retryResizes()
  }

  /** Other Pods take less, or are gone: what waits for room may get it. */
  #retryResizes(): void {
    for (const pod of this.#context.resizes.retried()) this.#dispatch(pod)
  }

  /** Source: HandlePodReconcile. */
  #reconciled(pod: Pod): void {
    this.#context.pods.set(pod)
    if (isMirror(pod)) return
    this.#register(pod)
    this.#context.statuses.apiStatusChanged(pod)
    this.#context.volumes.statusChanged(pod)
    const uid = pod.metadata.uid ?? ''
    if (!this.#context.facts.terminatingPhases && isTerminal(pod.status?.phase)) this.#mayEnd(uid)
    if ((pod.spec.readinessGates?.length ?? 0) > 0) this.#dispatch(pod)
  }

  /** Source: HandlePodRemoves, deletePod. */
  #removed(pod: Pod): void {
    const { pods, facts, prober, deadlines } = this.#context
    pods.delete(pod)
    if (isMirror(pod)) {
      this.#mirrorChanged(pod)
      return
    }
    const uid = pod.metadata.uid ?? ''
    this.#refused.delete(uid)
    deadlines.forget(uid)
    this.#context.evictions.forget(uid)
    this.#context.resizes.forget(uid)
    this.#retryResizes()
    this.#noReader(pod)
    if (facts.registration === 'pod-manager') this.#unregister(pod)
    this.#cleanup.podRemoved(pod)
    const mirror = isStatic(pod) ? pods.mirrorOf(pod) : undefined
    if (mirror !== undefined) this.#deleteOrphan(mirror)
    if (facts.terminatingPhases) this.#endRemoved(pod)
    else this.#killRemoved(pod)
    this.#context.volumes.podMayBeLeaving(uid)
    if (!facts.terminatingPhases) prober.removePod(uid)
  }

  /** What the PLEG saw. Source: syncLoopIteration, plegCh. */
  #lifecycle(events: readonly LifecycleEvent[]): void {
    const { workers, pods } = this.#context
    workers.together(() => {
      for (const { type, podUid, id, isMerged } of events) {
        const pod = pods.get(podUid)
        if (type !== 'ContainerRemoved' && pod !== undefined && isMerged !== true) this.#dispatch(pod)
        noteContainer(this.#context, podUid, id)
        if (type !== 'ContainerDied') continue
        this.#cleanup.containerDied()
        for (const dead of deadContainers(this.#context, podUid, id))
          this.#scope.start(this.#context.runtime.removeContainer(dead))
        this.#context.volumes.podMayBeLeaving(podUid)
        if (pod === undefined) this.#cleanup.podMayLeaveTraces(podUid)
      }
    })
  }

  /** A Pod's next sync is due, or something wants one at once. Source: HandlePodSyncs. */
  #due(uid: string): void {
    const pod = this.#context.pods.get(uid)
    if (pod !== undefined) this.#dispatch(pod)
  }

  /**
   * A sync that is due finds nothing but other content of volumes, for else it would have come before: no more of it is carried out
   * than that. A full journal tells of the whole. False: it has to be carried out.
   */
  #refreshed(uid: string): boolean {
    const { config, journal, pods, polls, statuses, volumes, workers } = this.#context
    if (config.configMapAndSecretChangeDetectionStrategy !== 'Watch') return false
    const pod = pods.get(uid)
    if (pod === undefined || journal.keeps('chatter') || pod.metadata.deletionTimestamp !== undefined) return false
    if (isTerminal((statuses.get(uid) ?? pod.status)?.phase) || (pod.spec.imagePullSecrets?.length ?? 0) > 0)
      return false
    if (!volumes.areMounted(pod) || !workers.hasRefreshed(uid, polls.mayRest(pod))) return false
    volumes.refresh(uid)
    return true
  }

  /** What an idle Pod reads is another: its next sync is carried out. */
  #wantSync(uid: string): void {
    const { kernel, queue, pods, journal, record } = this.#context
    const planned = queue.wantSync(uid, true)
    const pod = pods.get(uid)
    if (planned === undefined || pod === undefined || !journal.keeps('chatter')) return
    const now = kernel.now()
    const { nextAt, lastAt } = planned
    const last = lastAt === undefined ? {} : { lastAgoMs: now - lastAt }
    record('pod.sync-due', pod, { nextInMs: nextAt - now, ...last }, 'chatter')
  }

  #statusChanged(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    const status = this.#context.statuses.get(uid)
    const isEnding = isTerminal(status?.phase) || pod.metadata.deletionTimestamp !== undefined
    if (isEnding) {
      this.#mayEnd(uid)
      this.#retryResizes()
    } else this.#planDeadline(pod)
  }

  /** From v1.22 on: a worker came to the next phase of its Pod's end. */
  #advanced(worker: PodWorker): void {
    const { volumes, statuses } = this.#context
    this.#cleanup.podMayLeaveTraces(worker.uid)
    if (!worker.isFinished) {
      volumes.podMayBeLeaving(worker.uid)
      statuses.podIsLeaving(worker.uid)
      // What ended meanwhile may be removed now.
      this.#forgetReaderOf(worker.uid)
    } else this.#context.pods.hasLeft(worker.uid)
  }

  #probed(news: ProbeNews): void {
    const { runtime, statuses, facts } = this.#context
    if (news.kind === 'failure') {
      this.#due(news.podUid)
      return
    }
    const id = `${runtime.runtimeType}://${news.containerId}`
    if (news.kind === 'readiness') statuses.setContainerReadiness(news.podUid, id, news.isSuccess)
    else statuses.setContainerStartup(news.podUid, id, news.isSuccess)
    if (facts.probeResultsSync) this.#due(news.podUid)
  }

  /** The node's wall clock was set: deadlines and lives of tokens are measured by it, at the next sync of each Pod. */
  clockChanged(): void {
    const { pods, queue, deadlines } = this.#context
    for (const pod of pods.all()) {
      const uid = pod.metadata.uid ?? ''
      deadlines.forget(uid)
      this.#planDeadline(pod)
      queue.wantSync(uid)
    }
  }

  stop(): void {
    this.#scope.end()
  }

  /** Source: kubelet.go, dispatchWork. */
  #dispatch(pod: Pod): void {
    const { facts, statuses, workers } = this.#context
    if (!facts.terminatingPhases) {
      const status = statuses.get(pod.metadata.uid ?? '') ?? pod.status ?? {}
      const isDeleted = pod.metadata.deletionTimestamp !== undefined
      const hasNothingRunning = notRunning(status.containerStatuses)
      if (isDeleted && hasNothingRunning) {
        statuses.terminatePod(pod)
        return
      }
      if (isTerminal(status.phase)) return
    }
    workers.update(pod)
  }

  #register(pod: Pod): void {
    this.#noteReader(pod)
    const { facts, secrets, configMaps } = this.#context
    if (facts.registration !== 'pod-manager') return
    // The pod manager lets go of a Pod's objects as soon as it is over. Source: pod_manager.go, updatePodsInternal.
    if (isTerminal(pod.status?.phase)) this.#unregister(pod)
    else {
      secrets.registerPod(pod)
      configMaps.registerPod(pod)
    }
  }

  #unregister(pod: Pod): void {
    this.#context.secrets.unregisterPod(pod)
    this.#context.configMaps.unregisterPod(pod)
  }

  /** Objects that a Pod's volumes and pulls read at each sync: their changes end its idleness. */
  #noteReader(pod: Pod): void {
    if (this.#context.config.configMapAndSecretChangeDetectionStrategy === 'Watch') this.#context.readers.add(pod)
  }

  #forgetReaderOf(uid: string): void {
    const pod = this.#context.pods.get(uid)
    if (pod !== undefined) this.#noReader(pod)
  }

  #noReader(pod: Pod): void {
    const { readers, secrets, configMaps } = this.#context
    readers.remove(pod)
    secrets.readersMayHaveGone?.()
    configMaps.readersMayHaveGone?.()
  }

  /** Up to v1.21: the worker is dropped, and what the kubelet believes to run is killed. Source: kubelet.go, deletePod. */
  #killRemoved(pod: Pod): void {
    const { kernel, workers, runtime, podRuntime } = this.#context
    const uid = pod.metadata.uid ?? ''
    const worker = workers.get(uid)
    workers.forget(uid)
    const seen = inspectPod(runtime, uid)
    const running = seen.containers.filter(({ state }) => state === 'running')
    for (const container of running)
      this.#scope.start(
        process(kernel, () => killContainer(podRuntime.killer, pod, container, undefined, undefined)),
        () => this.#stopSandboxes(seen),
      )
    if (running.length === 0) this.#stopSandboxes(seen)
    // The kubelet looks at a list of running Pods that is up to 2 s old (corrections.md, Kubelet 8).
    for (const { name, endedAt } of worker?.stopped ?? []) {
      const spec = pod.spec.containers.find((container) => container.name === name)
      if (spec !== undefined && this.#cleanup.cacheBelievesRunning(endedAt))
        this.#context.events.container(pod, spec, 'Normal', 'Killing', `Stopping container ${name}`)
    }
  }

  #stopSandboxes(seen: PodRuntimeStatus): void {
    const { runtime, volumes } = this.#context
    for (const { id, podUid } of seen.sandboxes)
      this.#scope.start(runtime.stopPodSandbox(id), () => {
        volumes.podMayBeLeaving(podUid)
        this.#cleanup.podMayLeaveTraces(podUid)
      })
  }

  #endRemoved(pod: Pod): void {
    const { workers } = this.#context
    const worker = workers.get(pod.metadata.uid ?? '')
    if (worker === undefined || worker.isFinished) return
    this.#context.pods.leave(pod)
    workers.kill(pod, undefined)
  }

  #mayEnd(uid: string): void {
    this.#context.volumes.podMayBeLeaving(uid)
    this.#cleanup.podMayLeaveTraces(uid)
  }

  #hasRunning(uid: string): boolean {
    return this.#context.runtime.podContainers(uid).some(({ state }) => state === 'running')
  }

  #isRefused(pod: Pod): boolean {
    const reason = refusal(this.#context, pod)
    if (reason === undefined) return false
    this.#refused.add(pod.metadata.uid ?? '')
    this.#context.resizes.forget(pod.metadata.uid ?? '')
    this.#context.events.pod(pod, 'Warning', reason.reason, reason.message)
    this.#context.record('pod.refused', pod, { ...reason })
    const { rejectedKeepQos, rejectionPrefix } = this.#context.facts
    this.#context.statuses.setPodStatus(pod, {
      ...(rejectedKeepQos ? { qosClass: qosClass(pod) } : {}),
      phase: 'Failed',
      reason: reason.reason,
      message: `${rejectionPrefix}${reason.message}`,
    })
    return true
  }

  #mirrorChanged(mirror: Pod): void {
    const pod = this.#context.pods.staticOf(mirror)
    if (pod !== undefined && isStatic(pod)) this.#dispatch(pod)
    else if (pod === undefined && this.#context.pods.mirrorOf(mirror) !== undefined) this.#deleteOrphan(mirror)
  }

  /** A mirror whose static Pod is gone is deleted. Source: kubelet_pods.go, deleteOrphanedMirrorPods. */
  #deleteOrphan(mirror: Pod): void {
    const [name = '', namespace = ''] = fullName(mirror).split('_')
    const options = { gracePeriodSeconds: 0 }
    const { client } = this.#context
    const gone = client.delete(resources.pods, { namespace, name }, options)
    // A refusal is found again at the next change.
    this.#scope.start(settled(gone))
  }

  #planDeadline(pod: Pod): void {
    if (pod.spec.activeDeadlineSeconds === undefined) return
    this.#context.deadlines.plan(pod, deadlineOf(this.#context, pod))
  }
}
