import type { Unsubscribable } from 'rxjs'
import type { Pod } from '../../../api/types/core.ts'
import { resources } from '../../../client/client.ts'
import { after } from '../../../kernel/after.ts'
import { settled } from '../../../kernel/all.ts'
import { gridAfter } from '../../../kernel/grid.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { VolumeUse } from '../../volumes/volume-use.ts'
import type { KubeletContext } from '../context.ts'
import { killContainer } from '../pods/kill-pod.ts'
import { fullName, isStatic } from '../pods/pod-manager.ts'
import { deadlineOf, isPodTerminated, notRunning } from '../pods/pod-sync.ts'
import type { PodWorker } from '../pods/pod-workers.ts'
import { inspectPod, latestContainer, type PodRuntimeStatus } from '../pods/runtime-status.ts'
import { isMirror, isTerminal } from '../status/status-manager.ts'
import { refusal } from './admission.ts'
import type { Cleanup } from './cleanup.ts'
import { deadContainers } from './dead-containers.ts'
import { ObjectReaders } from './object-readers.ts'
import { loopClocks } from './phases.ts'
import type { LifecycleEvent } from './pleg.ts'

/**
 * Hands what happens (Pods come, change and go, containers start and end, syncs are due, probes fail) to the workers.
 * Source: pkg/kubelet/kubelet.go, syncLoopIteration and its handlers.
 */
export class SyncLoop {
  readonly #context: KubeletContext
  readonly #cleanup: Cleanup
  readonly #readers = new ObjectReaders()
  readonly #timers = new Map<string, Unsubscribable>()
  readonly #scope = new Scope()
  /** Pods whose objects are gone but whose volumes are not (from v1.22 on). */
  readonly #leaving = new Map<string, Pod>()
  /** Pods that were refused: they get no worker. */
  readonly #refused = new Set<string>()

  constructor(context: KubeletContext, cleanup: Cleanup) {
    this.#context = context
    this.#cleanup = cleanup
    this.#scope.start(context.pleg.events, (found) => this.lifecycle(found))
    this.#scope.start(context.queue.due, (uid) => this.due(uid))
    this.#scope.start(context.workers.advanced, (worker) => this.advanced(worker))
    context.secrets.observe((namespace, name) => this.#objectChanged('Secret', namespace, name))
    context.configMaps.observe((namespace, name) => this.#objectChanged('ConfigMap', namespace, name))
  }

  /** Source: HandlePodAdditions. */
  added(pods: readonly Pod[]): void {
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
        if (!isPodTerminated(this.#context, pod) && this.#isRefused(pod)) continue
        volumes.podAdded(uid)
        this.#dispatch(pod)
        prober.addPod(pod)
        this.#planDeadline(pod)
      }
    })
  }

  /** Source: HandlePodUpdates; a deletion request is an update, too. */
  updated(pod: Pod): void {
    this.#context.pods.set(pod)
    if (isMirror(pod)) {
      this.#mirrorChanged(pod)
      return
    }
    this.#register(pod)
    if (this.#refused.has(pod.metadata.uid ?? '') && pod.metadata.deletionTimestamp === undefined) return
    this.#dispatch(pod)
    this.#planDeadline(pod)
  }

  /** Source: HandlePodReconcile. */
  reconciled(pod: Pod): void {
    this.#context.pods.set(pod)
    if (isMirror(pod)) return
    this.#register(pod)
    this.#context.statuses.apiStatusChanged(pod)
    const uid = pod.metadata.uid ?? ''
    if (!this.#context.facts.terminatingPhases && isTerminal(pod.status?.phase)) this.#mayEnd(uid)
    if ((pod.spec.readinessGates?.length ?? 0) > 0) this.#dispatch(pod)
  }

  /** Source: HandlePodRemoves, deletePod. */
  removed(pod: Pod): void {
    const { pods, facts, prober } = this.#context
    pods.delete(pod)
    if (isMirror(pod)) {
      this.#mirrorChanged(pod)
      return
    }
    const uid = pod.metadata.uid ?? ''
    this.#refused.delete(uid)
    this.#timers.get(uid)?.unsubscribe()
    this.#timers.delete(uid)
    this.#readers.remove(pod)
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
  lifecycle(events: readonly LifecycleEvent[]): void {
    const { workers, pods } = this.#context
    workers.together(() => {
      for (const { type, podUid, id } of events) {
        const pod = pods.get(podUid)
        if (type !== 'ContainerRemoved' && pod !== undefined) this.#dispatch(pod)
        this.#noteContainer(podUid, id)
        if (type !== 'ContainerDied') continue
        this.#cleanup.containerDied()
        for (const dead of deadContainers(this.#context, podUid, id))
          this.#scope.start(this.#context.runtime.removeContainer(dead))
        this.#context.volumes.podMayBeLeaving(podUid)
        if (pod === undefined) this.#cleanup.podMayLeaveTraces(podUid)
      }
    })
  }

  /** What became of a container without the kubelet, or before it was there. */
  #noteContainer(podUid: string, id: string): void {
    const { pleg, pods, containers } = this.#context
    const pod = pods.get(podUid)
    const seen = pleg.get(podUid)
    const found = seen.containers.find((one) => one.id === id)
    // Sandboxes are told of, too; and of a name the latest attempt counts.
    if (pod === undefined || found === undefined || latestContainer(seen, found.config.name) !== found) return
    const life = containers.of(pod, found.config.name)
    life.id ??= id
    if (life.id !== id) return
    if (found.state === 'running' && life.state !== 'running') life.started(id)
    if (found.state === 'exited') life.send('exited')
  }

  /** A Pod's next sync is due, or something wants one at once. Source: HandlePodSyncs. */
  due(uid: string): void {
    const pod = this.#context.pods.get(uid)
    if (pod !== undefined) this.#dispatch(pod)
  }

  statusChanged(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    const status = this.#context.statuses.get(uid)
    const isEnding = isTerminal(status?.phase) || pod.metadata.deletionTimestamp !== undefined
    if (isEnding) this.#mayEnd(uid)
    else this.#planDeadline(pod)
  }

  /** From v1.22 on: a worker came to the next phase of its Pod's end. */
  advanced(worker: PodWorker): void {
    const { volumes, statuses } = this.#context
    this.#cleanup.podMayLeaveTraces(worker.uid)
    if (!worker.isFinished) {
      volumes.podMayBeLeaving(worker.uid)
      statuses.podIsLeaving(worker.uid)
      // What ended meanwhile may be removed now.
      this.#forgetReaderOf(worker.uid)
    } else this.#leaving.delete(worker.uid)
  }

  /** Whether a Pod's volumes are no longer refreshed or mounted. */
  isOver(pod: Pod): boolean {
    if (!this.#context.facts.terminatingPhases) return isPodTerminated(this.#context, pod)
    const worker = this.#context.workers.get(pod.metadata.uid ?? '')
    return worker?.haveContainersEnded === true
  }

  mayRemoveVolumes(uid: string): boolean {
    if (!this.#context.facts.terminatingPhases) return true
    const worker = this.#context.workers.get(uid)
    return worker === undefined || worker.haveContainersEnded
  }

  leavingPod(uid: string): Pod | undefined {
    return this.#leaving.get(uid)
  }

  /** Source: pod_workers.go, CouldHaveRunningContainers. */
  couldHaveRunningContainers(uid: string): boolean {
    const worker = this.#context.workers.get(uid)
    return worker !== undefined && !worker.haveContainersEnded
  }

  runningContainer(uid: string, name: string): { readonly id: string; readonly startedAt: VirtualMs } | undefined {
    // Probes go by the published status, which goes by the PLEG.
    const container = latestContainer(this.#context.pleg.get(uid), name)
    if (container?.state !== 'running' || container.startedAt === undefined) return undefined
    return { id: container.id, startedAt: container.startedAt }
  }

  /** Now, if any running Pod reads the object at each of its syncs. */
  lastIdleRead(namespace: string, name: string): VirtualMs | undefined {
    const { volumes, kernel, pods } = this.#context
    const readers = this.#readers
    for (const uid of [...readers.of('Secret', namespace, name), ...readers.of('ConfigMap', namespace, name)]) {
      if (pods.get(uid)?.spec.imagePullSecrets?.some((reference) => reference.name === name)) return kernel.now()
      if (volumes.hasMountedVolumes(uid)) return kernel.now()
    }
    return undefined
  }

  /** A volume's content has an end: the first sync after it is carried out. */
  contentWillBeStale(use: VolumeUse, staleAt: VirtualMs): void {
    const uid = use.pod.metadata.uid ?? ''
    const key = `${uid}/${use.volume.name}`
    this.#timers.get(key)?.unsubscribe()
    const { kernel, queue } = this.#context
    const delayMs = Math.max(0, staleAt - kernel.now())
    this.#timers.set(
      key,
      this.#scope.start(after(kernel, delayMs), () => {
        this.#timers.delete(key)
        queue.wantSync(uid)
      }),
    )
  }

  /** The node's wall clock was set: deadlines and lives of tokens are measured by it, at the next sync of each Pod. */
  clockChanged(): void {
    const { pods, queue } = this.#context
    for (const pod of pods.all()) {
      const uid = pod.metadata.uid ?? ''
      this.#timers.get(uid)?.unsubscribe()
      this.#timers.delete(uid)
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
    if (this.#context.config.configMapAndSecretChangeDetectionStrategy === 'Watch') this.#readers.add(pod)
  }

  #forgetReaderOf(uid: string): void {
    const pod = this.#context.pods.get(uid)
    if (pod !== undefined) this.#readers.remove(pod)
  }

  #objectChanged(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): void {
    for (const uid of this.#readers.of(kind, namespace, name)) this.#context.queue.wantSync(uid)
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
    this.#leaving.set(worker.uid, pod)
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
    this.#context.events.pod(pod, 'Warning', reason.reason, reason.message)
    this.#context.record('pod.refused', pod, { ...reason })
    this.#context.statuses.setPodStatus(pod, {
      phase: 'Failed',
      reason: reason.reason,
      message: `Pod ${reason.message}`,
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

  /** A Pod with a deadline is synced at the first tick after it. Source: kubelet.go, getPodsToSync. */
  #planDeadline(pod: Pod): void {
    if (pod.spec.activeDeadlineSeconds === undefined) return
    const deadline = deadlineOf(this.#context, pod)
    const uid = pod.metadata.uid ?? ''
    if (deadline === undefined || this.#timers.has(uid)) return
    const { kernel } = this.#context
    const grid = { phaseMs: deadline % loopClocks.syncMs, periodMs: loopClocks.syncMs }
    const at = gridAfter(grid, Math.max(deadline - 1, kernel.now()))
    this.#timers.set(
      uid,
      this.#scope.start(after(kernel, at - kernel.now()), () => this.due(uid)),
    )
  }
}
