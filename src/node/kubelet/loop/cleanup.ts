import type { Observable } from 'rxjs'
import type { Pod } from '../../../api/types/core.ts'
import { type Grid, GridLoop, gridAtOrBefore } from '../../../kernel/grid.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap, SparseSet } from '../../../kernel/sparse.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { RuntimeContainer } from '../../runtime/cri.ts'
import { kubeletRoot, podDirectory } from '../../volumes/plugins/layout.ts'
import type { KubeletContext } from '../context.ts'
import { killPod } from '../pods/kill-pod.ts'
import { inspectPod } from '../pods/runtime-status.ts'
import { cleanupClocks } from './phases.ts'

/** Source: pkg/kubelet/container/runtime_cache.go, defaultCachePeriod. */
const runtimeCacheMs: VirtualMs = 2 * second

/** A Pod's directory still holds volumes. Source: kubelet_volumes.go, getPodVolumePathListFromDisk. */
export function hasVolumeDirectories({ fs }: Pick<KubeletContext, 'fs'>, uid: string): boolean {
  const plugins = fs.readdir(`${podDirectory(uid)}/volumes`)
  if (!plugins.ok) return false
  return plugins.value.some((plugin) => {
    const names = fs.readdir(`${podDirectory(uid)}/volumes/${plugin}`)
    return names.ok && names.value.length > 0
  })
}

/**
 * What the kubelet tidies up behind its Pods: every 2 s (HandlePodCleanups) workers, running Pods that nobody wants,
 * statuses and directories; every minute ended containers and sandboxes. It looks only while there is something left.
 * Source: pkg/kubelet/kubelet_pods.go, kubelet_volumes.go, kuberuntime/kuberuntime_gc.go.
 */
export class Cleanup {
  readonly #context: KubeletContext
  readonly #housekeeping: GridLoop
  readonly #containerGc: GridLoop
  /** Uids of Pods that have left something behind, or may have. */
  readonly #leftovers = new SparseSet<string>()
  readonly #ticks = new Source<void>()
  readonly #scope = new Scope()
  readonly #removedPods = new SparseMap<string, Pod>()
  readonly #dying = new SparseSet<string>()
  #isReady = false
  #cachedAt: VirtualMs | undefined

  constructor(context: KubeletContext, housekeeping: Grid, containerGc: Grid) {
    this.#context = context
    this.#housekeeping = new GridLoop(context.kernel, housekeeping, () => this.#ticks.next())
    this.#containerGc = new GridLoop(context.kernel, containerGc, () => this.#collectContainers())
  }

  /** All sources have reported: from now on what no source names is unwanted. */
  sourcesReady(): void {
    this.#isReady = true
    const pods = this.#context.fs.readdir(`${kubeletRoot}/pods`)
    for (const uid of pods.ok ? pods.value : []) this.#leftovers.add(uid)
    for (const uid of this.#context.runtime.podUids()) this.#leftovers.add(uid)
    this.#wake()
  }

  /** In place of `sourcesReady`, for a node on which there is nothing to tidy up. */
  goOn(): void {
    this.#isReady = true
  }

  /** A Pod ended, was removed, or something of it did. */
  podMayLeaveTraces(uid: string): void {
    this.#leftovers.add(uid)
    this.#wake()
  }

  podRemoved(pod: Pod): void {
    this.#removedPods.set(pod.metadata.uid ?? '', pod)
    this.podMayLeaveTraces(pod.metadata.uid ?? '')
  }

  containerDied(): void {
    this.#containerGc.wake()
  }

  /**
   * Whether the kubelet still takes a container for running: it asks the runtime at most every 2 s, and housekeeping is
   * what asks. `endedAt`: when it really ended. Source: runtime_cache.go, GetPods.
   */
  cacheBelievesRunning(endedAt: VirtualMs): boolean {
    return this.#cacheTime() < endedAt
  }

  stop(): void {
    this.#scope.end()
    this.#housekeeping.stop()
    this.#containerGc.stop()
  }

  /** When the runtime was asked last, as of a call now. Housekeeping asks again when its last answer is over 2 s old. */
  #cacheTime(): VirtualMs {
    const now = this.#context.kernel.now()
    const { grid } = this.#housekeeping
    const tick = gridAtOrBefore(grid, now) ?? now
    let at = this.#cachedAt ?? grid.phaseMs
    // From pass to pass 2 s are not over 2 s: every second pass asks.
    const passes = Math.floor((tick - at) / (2 * cleanupClocks.housekeepingMs))
    if (passes > 0) at += passes * 2 * cleanupClocks.housekeepingMs
    if (now - at > runtimeCacheMs) at = now
    this.#cachedAt = at
    return at
  }

  #wake(): void {
    if (this.#isReady) this.#housekeeping.wake()
    this.#containerGc.wake()
  }

  /** Those of the housekeeping's instants at which there is something to tidy up. */
  get ticks(): Observable<void> {
    return this.#ticks
  }

  housekeep(): void {
    for (const uid of [...this.#leftovers]) if (this.#tidy(uid)) this.#leftovers.delete(uid)
    if (this.#leftovers.size > 0) this.#housekeeping.wake()
  }

  /** Whether nothing of the Pod is left to do. */
  #tidy(uid: string): boolean {
    const context = this.#context
    const pod = context.pods.get(uid)
    if (pod !== undefined) return context.facts.terminatingPhases || this.#tidyKnown(uid, pod)
    const worker = context.workers.get(uid)
    const isBusy = context.facts.terminatingPhases && worker !== undefined && !worker.isFinished
    if (!isBusy && worker !== undefined) context.workers.forget(uid)
    context.statuses.forget(uid)
    context.containers.forget(uid)
    const running = context.runtime.podContainers(uid).filter(({ state }) => state === 'running')
    const hasSandbox = context.runtime.podSandboxes(uid).some(({ state }) => state === 'ready')
    if ((running.length > 0 || hasSandbox) && !isBusy) this.#killUnwanted(uid, running)
    // Directories go by what runs, not by whose worker still waits. Source: kubelet_volumes.go, cleanupOrphanedPodDirs.
    const mayGo = running.length === 0 && !(isBusy && hasSandbox)
    const isRemoved = mayGo && this.#removeDirectory(uid) && !isBusy
    if (isRemoved) {
      this.#removedPods.delete(uid)
      context.random.family(`${context.nodeName}/kubelet/pod/`).release(uid)
      // The uid of a static Pod comes of its file: the same file has the same again.
      if (uid.includes('-')) context.events.forget(uid)
    }
    return isRemoved && !hasSandbox
  }

  /** Up to v1.21: workers of Pods that are over are forgotten, and what still runs of them is ended. */
  #tidyKnown(uid: string, pod: Pod): boolean {
    const context = this.#context
    if (!context.ends.isTerminated(pod)) return true
    context.workers.forget(uid)
    context.prober.removePod(uid)
    const running = context.runtime.podContainers(uid).filter(({ state }) => state === 'running')
    if (running.length === 0) return true
    this.#killUnwanted(uid, running)
    return false
  }

  #killUnwanted(uid: string, running: readonly RuntimeContainer[]): void {
    if (this.#dying.has(uid)) return
    this.#dying.add(uid)
    const { kernel, facts, workers, podRuntime, runtime } = this.#context
    const pod = this.#removedPods.get(uid) ?? podOfContainers(uid, running, runtime.podSandboxes(uid))
    if (facts.terminatingPhases) {
      this.#dying.delete(uid)
      workers.kill(pod, facts.orphanGraceSeconds)
      return
    }
    const killing = killPod(podRuntime.killer, this.#removedPods.get(uid), inspectPod(runtime, uid), undefined)
    this.#scope.start(
      process(kernel, () => killing),
      () => {
        this.#dying.delete(uid)
        this.#context.volumes.podMayBeLeaving(uid)
      },
    )
  }

  #removeDirectory(uid: string): boolean {
    const context = this.#context
    const directory = podDirectory(uid)
    if (!context.fs.lstat(directory).ok) return true
    if (context.volumes.hasMountedVolumes(uid) || hasVolumeDirectories(context, uid)) return false
    context.fs.removeAll(directory)
    const pod = this.#removedPods.get(uid)
    context.record('pod-directory.remove', pod ?? unknownPod(uid), {}, 'chatter')
    return true
  }

  /**
   * What nobody uses is removed from the disk: containers of Pods that are over, then images. Source:
   * pkg/kubelet/container/container_gc.go, DeleteAllUnusedContainers; images/image_gc_manager.go, DeleteUnusedImages.
   */
  reclaimDisk(): void {
    this.#collectContainers(true)
    this.#context.runtime.removeUnusedImages()
  }

  /** `evictsEnded`: also of Pods that are over but not deleted. Source: kuberuntime_gc.go, GarbageCollect with MaxPerPodContainer 1. */
  #collectContainers(evictsEnded = false): void {
    const { runtime, pods, facts, ends } = this.#context
    let isDirty = false
    for (const uid of [...runtime.podUids()]) {
      const pod = pods.get(uid)
      const isDeleted =
        pod === undefined ||
        (pod.metadata.deletionTimestamp !== undefined && !facts.terminatingPhases && ends.isTerminated(pod)) ||
        (evictsEnded && ends.isOver(pod))
      if (isDeleted && this.#isReady) {
        for (const container of [...runtime.podContainers(uid)])
          if (container.state !== 'running') this.#scope.start(runtime.removeContainer(container.id))
      } else this.#removeSurplus(uid)
      this.#removeSandboxes(uid, isDeleted)
      if (isDeleted && runtime.podSandboxes(uid).length > 0) isDirty = true
    }
    if (isDirty) this.#containerGc.wake()
  }

  #removeSurplus(uid: string): void {
    const { runtime } = this.#context
    const seen = new Set<string>()
    for (const container of [...runtime.podContainers(uid)].reverse()) {
      if (container.state === 'running') continue
      if (seen.has(container.config.name)) this.#scope.start(runtime.removeContainer(container.id))
      else seen.add(container.config.name)
    }
  }

  /** Of a living Pod the latest sandbox stays. */
  #removeSandboxes(uid: string, isDeleted: boolean): void {
    const { runtime } = this.#context
    const sandboxes = [...runtime.podSandboxes(uid)]
    const candidates = isDeleted ? sandboxes : sandboxes.slice(0, -1)
    for (const { id, state } of candidates) {
      const isActive = state === 'ready' || runtime.podContainers(uid).some(({ config }) => config.sandboxId === id)
      if (!isActive) this.#scope.start(runtime.removePodSandbox(id))
    }
  }
}

/** A Pod of which only its containers are known. */
function podOfContainers(
  uid: string,
  running: readonly RuntimeContainer[],
  sandboxes: readonly { readonly podName: string; readonly podNamespace: string }[],
): Pod {
  const [sandbox] = sandboxes
  const base = unknownPod(uid, sandbox?.podName, sandbox?.podNamespace)
  return {
    ...base,
    spec: { containers: running.map(({ config }) => ({ name: config.name, image: config.image })) },
  }
}

function unknownPod(uid: string, name = uid, namespace = ''): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid }, spec: { containers: [] } }
}
