import { allContainers } from '../../api/pod-references.ts'
import type { Pod, Volume } from '../../api/types/core.ts'
import { after } from '../../kernel/after.ts'
import { firstOf } from '../../kernel/first-of.ts'
import { type Grid, GridLoop } from '../../kernel/grid.ts'
import { hear } from '../../kernel/hear.ts'
import type { JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { RandomStream } from '../../kernel/random.ts'
import { SparseSet } from '../../kernel/sparse.ts'
import { type Steps, sleep, wait } from '../../kernel/steps.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'
import type { StateFeed } from '../kubelet/state-feed.ts'
import type { KubeletRecord } from '../records.ts'
import type { VolumePlugin } from './plugin.ts'
import { Reconciler, type ReconcilerReports } from './reconciler.ts'
import { rotatedTwice } from './rotation.ts'
import type { PodVolumes, StateOfWorld } from './state-of-world.ts'
import { VolumeUse } from './volume-use.ts'

/** Source: pkg/kubelet/volumemanager/volume_manager.go. */
export const volumeClocks = {
  populatorMs: 100,
  reconcilerMs: 100,
  waitPollMs: 300,
  waitTimeoutMs: 123 * second,
} as const

export interface VolumeManagerOptions {
  readonly kernel: Kernel
  readonly world: StateOfWorld
  readonly journal: JournalWriter<KubeletRecord>
  readonly populatorGrid: Grid
  readonly reconcilerGrid: Grid
  /** Rotations of volume names of one Pod. */
  readonly random: (podUid: string) => RandomStream
  readonly removalPassMs: VirtualMs
  readonly keepTerminatedPodVolumes: boolean
  readonly pluginFor: (volume: Volume) => VolumePlugin | undefined
  readonly podByUid: (uid: string) => Pod | undefined
  /** No container of the Pod will run any more, as far as the kubelet knows. */
  readonly isPodTerminated: (pod: Pod) => boolean
  /** Its containers are ending, or are to. */
  readonly isPodEnding: (pod: Pod) => boolean
  readonly addsVolumesOfEnding: 'yes' | 'no' | 'first pass'
  /** Pods of which nothing else is to come lose their volumes only when this holds, too. */
  readonly mayRemoveVolumes: (uid: string) => boolean
  /** What the runtime says now. */
  readonly hasRunningContainers: (uid: string) => boolean
  readonly reports: ReconcilerReports
  readonly feed?: StateFeed
}

/**
 * Desired state of world (filled by the populator), actual state of world (changed by the reconciler), and the wait of
 * the Pod workers for the two to agree. Both loops run only when they would find something.
 */
export class VolumeManager {
  readonly #options: VolumeManagerOptions
  readonly #world: StateOfWorld
  /** Pods that the populator has to look at. */
  readonly #unprocessed = new SparseSet<string>()
  /** Pods whose volumes may have to go. */
  readonly #leaving = new SparseSet<string>()
  readonly #populator: GridLoop
  readonly #reconciler: Reconciler
  #askedRuntimeAt: VirtualMs | undefined
  #hasAddedPods = false

  constructor(options: VolumeManagerOptions) {
    this.#options = options
    this.#world = options.world
    this.#populator = new GridLoop(options.kernel, options.populatorGrid, () => this.#populate())
    this.#reconciler = new Reconciler(options.kernel, options.reconcilerGrid, options.reports, (use) =>
      this.#settled(use),
    )
  }

  /** All sources have told of their Pods, and the populator has passed since. Source: desired_state_of_world_populator.go, HasAddedPods. */
  podsAreAdded(): void {
    this.#hasAddedPods = true
  }

  /**
   * A volume of a Pod was found on the disk as the kubelet started, and the Pod wants it. Its first set-up is begun before it counts as possibly
   * mounted. Source: volumemanager/reconciler, processReconstructedVolumes, which comes after the mounts of a pass.
   */
  foundOnDisk(use: VolumeUse): void {
    use.isFound = true
    if (use.failures > 0) use.isUncertain = true
  }

  /** A new Pod came: the populator will see it at its next pass. */
  podAdded(uid: string): void {
    this.#unprocessed.add(uid)
    this.#populator.wake()
  }

  /**
   * The Pod's last sync was not carried out but began at `askedAt`: from now on its refresh is. `stage` says how far that is: the
   * populator's pass is ahead, or only the reconciler's.
   */
  goOnFrom(uid: string, askedAt: VirtualMs, stage: 'populator' | 'reconciler' | 'done'): void {
    const volumes = this.#world.get(uid)
    if (volumes === undefined) return
    volumes.askedAt = askedAt
    for (const use of volumes.uses.values()) use.askedAt = askedAt
    if (stage === 'reconciler') this.#addVolumes(uid)
    if (stage !== 'populator') return
    this.#unprocessed.add(uid)
    this.#populator.wake()
  }

  /** A volume's refresh that was not carried out waits for the API server: from now on it is. */
  refreshNow(use: VolumeUse): void {
    if (use.state !== 'mounted') return
    use.send('remount.required')
    this.#reconciler.refreshNow(use)
  }

  /** Nothing of the Pod but its status is another: volumes that rest let go of what it was, which nobody else keeps. */
  statusChanged(pod: Pod): void {
    const { labels, annotations } = pod.metadata
    for (const use of this.#world.get(pod.metadata.uid ?? '')?.uses.values() ?? []) {
      const { spec, metadata } = use.pod
      const isAlike = spec === pod.spec && metadata.labels === labels && metadata.annotations === annotations
      if (isAlike && use.state === 'mounted') use.pod = pod
    }
  }

  /** A Pod went, or its containers or its phase did: its volumes may have to go. */
  podMayBeLeaving(uid: string): void {
    if (this.#world.get(uid) === undefined) return
    this.#leaving.add(uid)
    this.#populator.wake()
  }

  /** A volume found on the disk that no Pod wants: it is taken down. Source: reconciler.go, syncStates. */
  removeOrphan(pod: Pod, volume: Volume, plugin: VolumePlugin): void {
    const use = new VolumeUse(pod, volume, plugin, this.#options.feed)
    for (const event of ['attached', 'mount.started', 'mount.succeeded'] as const) use.send(event)
    use.isDesired = false
    this.#world.of(pod.metadata.uid ?? '').uses.set(volume.name, use)
    this.#reconciler.examine(use)
  }

  /** Whether any volume of the Pod is mounted. */
  hasMountedVolumes(uid: string): boolean {
    return this.#world.hasMountedVolumes(uid)
  }

  use(uid: string, volumeName: string): VolumeUse | undefined {
    return this.#world.use(uid, volumeName)
  }

  /**
   * Asks for a refresh of the Pod's volumes and waits until all that its containers mount are there: looks at once and
   * then every 300 ms, for 2m3s. Answers the text of the failure. Source: volume_manager.go, WaitForAttachAndMount.
   */
  waitForAttachAndMount(pod: Pod): Once<string | undefined> {
    return process(this.#options.kernel, () => this.#attachAndMount(pod))
  }

  /** Whether all that its containers mount is there. */
  areMounted(pod: Pod): boolean {
    return this.#unmounted(pod.metadata.uid ?? '', mountedNames(pod)).length === 0
  }

  /** Asks for a refresh of the Pod's volumes. */
  refresh(uid: string): PodVolumes {
    this.#unprocessed.add(uid)
    const volumes = this.#world.of(uid)
    volumes.askedAt = this.#options.kernel.now()
    this.#populator.wake()
    return volumes
  }

  *#attachAndMount(pod: Pod): Steps<string | undefined> {
    const expected = mountedNames(pod)
    if (expected.length === 0) return undefined
    const uid = pod.metadata.uid ?? ''
    const problem = yield* this.#resolve(pod, expected)
    const volumes = this.refresh(uid)
    // What the populator failed with is seen at the next look.
    if (problem !== undefined) yield* sleep(volumeClocks.waitPollMs)
    const isThere = () => this.#unmounted(uid, expected).length === 0
    if (problem === undefined && (isThere() || (yield* this.#isSeenInTime(volumes, isThere)))) return undefined
    const names = rotatedTwice(expected, this.#options.random(uid))
    const unmounted = this.#unmounted(uid, names)
    return unmounted.length === 0 ? undefined : this.#complaint(uid, names, unmounted, problem)
  }

  /** Finds out what volumes stand for that stand for others. Source: desired_state_of_world_populator.go, createVolumeSpec. */
  *#resolve(pod: Pod, expected: readonly string[]): Steps<string | undefined> {
    const problems: string[] = []
    for (const volume of pod.spec.volumes ?? []) {
      const resolution = expected.includes(volume.name) ? this.#options.pluginFor(volume)?.resolution : undefined
      if (resolution === undefined || resolution.isKnown({ pod, volume })) continue
      const problem = yield* wait(resolution.find({ pod, volume }))
      if (problem !== undefined) problems.push(problem)
    }
    return problems.length === 0 ? undefined : problems.join('; ')
  }

  /** The volumes are looked at every 300 ms; what happens in between is seen at the next of these instants. */
  *#isSeenInTime(volumes: PodVolumes, isSo: () => boolean): Steps<boolean> {
    const { kernel } = this.#options
    const { waitPollMs, waitTimeoutMs } = volumeClocks
    const began = kernel.now()
    const giveUpAt = began + waitTimeoutMs
    yield* wait(
      firstOf<unknown>(
        after(kernel, waitTimeoutMs),
        hear(volumes.settled, () => isSo() || undefined),
      ),
    )
    const waitedMs = kernel.now() - began
    const seenAt = began + Math.ceil(waitedMs / waitPollMs) * waitPollMs
    const isInTime = seenAt < giveUpAt
    if (kernel.now() < giveUpAt) yield* sleep((isInTime ? seenAt : giveUpAt) - kernel.now())
    return isInTime
  }

  #complaint(uid: string, names: readonly string[], unmounted: readonly string[], problem: string | undefined): string {
    const { volumeTimeoutNames } = this.#options.reports
    const list = (these: readonly string[]) => `[${these.join(' ')}]`
    if (volumeTimeoutNames === 'all-unattached')
      return `unmounted volumes=${list(unmounted)}, unattached volumes=${list(names)}: ${problem ?? 'timed out waiting for the condition'}`
    const unprocessed = names.filter((name) => this.use(uid, name) === undefined)
    const end =
      volumeTimeoutNames === 'failed-to-process' ? 'timed out waiting for the condition' : 'context deadline exceeded'
    return `unmounted volumes=${list(unmounted)}, unattached volumes=[], failed to process volumes=${list(unprocessed)}: ${problem ?? end}`
  }

  /** From v1.22 on: waits until no volume of the Pod is mounted, as above. Source: volume_manager.go, WaitForUnmount. */
  waitForUnmount(pod: Pod): Once<string | undefined> {
    return process(this.#options.kernel, () => this.#unmount(pod))
  }

  *#unmount(pod: Pod): Steps<string | undefined> {
    const uid = pod.metadata.uid ?? ''
    const isGone = () => !this.hasMountedVolumes(uid)
    if (isGone()) return undefined
    const volumes = this.#world.of(uid)
    this.podMayBeLeaving(uid)
    if (yield* this.#isSeenInTime(volumes, isGone)) return undefined
    const names = [...volumes.uses.values()].filter((use) => use.isMounted).map(({ volume }) => volume.name)
    return `mounted volumes=[${names.sort().join(' ')}]: timed out waiting for the condition`
  }

  stop(): void {
    this.#populator.stop()
    this.#reconciler.stop()
  }

  #unmounted(uid: string, expected: readonly string[]): readonly string[] {
    const uses = this.#world.get(uid)?.uses
    return expected.filter((name) => uses?.get(name)?.isMounted !== true)
  }

  #populate(): void {
    const uids = [...this.#unprocessed]
    this.#unprocessed.clear()
    for (const uid of uids) this.#addVolumes(uid)
    this.#removeVolumes()
  }

  /** Source: desired_state_of_world_populator.go, processPodVolumes. */
  #addVolumes(uid: string): void {
    const pod = this.#options.podByUid(uid)
    if (pod === undefined || this.#options.isPodTerminated(pod) || this.#passesBy(pod)) return
    const mounted = mountedNames(pod)
    if (mounted.length === 0) return
    const { uses, askedAt } = this.#world.of(uid)
    for (const volume of pod.spec.volumes ?? []) {
      if (!mounted.includes(volume.name)) continue
      const use = uses.get(volume.name)
      if (use === undefined || use.isFinal) {
        const plugin = this.#options.pluginFor(volume)
        if (plugin === undefined || plugin.resolution?.isKnown({ pod, volume }) === false) continue
        const created = new VolumeUse(pod, volume, plugin, this.#options.feed)
        created.askedAt = askedAt
        uses.set(volume.name, created)
        this.#reconciler.examine(created)
        continue
      }
      use.pod = pod
      use.isDesired = true
      use.askedAt = askedAt
      if (use.plugin.requiresRemount && use.state === 'mounted') {
        use.send('remount.required')
        this.#reconciler.examine(use)
      }
    }
  }

  #passesBy(pod: Pod): boolean {
    const { addsVolumesOfEnding, isPodEnding } = this.#options
    if (addsVolumesOfEnding === 'yes' || !isPodEnding(pod)) return false
    return addsVolumesOfEnding === 'no' || this.#hasAddedPods
  }

  /** Source: desired_state_of_world_populator.go, findAndRemoveDeletedPods. */
  #removeVolumes(): void {
    if (this.#leaving.size === 0) return
    const { kernel, removalPassMs } = this.#options
    const now = kernel.now()
    if (this.#askedRuntimeAt !== undefined && now - this.#askedRuntimeAt < removalPassMs) {
      this.#populator.wake(this.#askedRuntimeAt + removalPassMs)
      return
    }
    for (const uid of [...this.#leaving]) this.#removeVolumesOf(uid, now)
    if (this.#leaving.size > 0) this.#populator.wake(now + Math.max(removalPassMs, 1))
  }

  #removeVolumesOf(uid: string, now: VirtualMs): void {
    const volumes = this.#world.get(uid)
    const pod = this.#options.podByUid(uid)
    if (volumes === undefined || volumes.uses.size === 0) {
      this.#leaving.delete(uid)
      return
    }
    const isKept = pod !== undefined && (!this.#options.isPodTerminated(pod) || this.#options.keepTerminatedPodVolumes)
    if (isKept || !this.#options.mayRemoveVolumes(uid)) {
      // Whoever changes that says so again.
      this.#leaving.delete(uid)
      return
    }
    this.#askedRuntimeAt = now
    if (this.#options.hasRunningContainers(uid)) return
    let isDone = true
    for (const use of volumes.uses.values()) {
      if (!use.isDesired) continue
      if (!use.isMounted && !use.isUncertain && pod !== undefined) isDone = false
      else {
        use.isDesired = false
        this.#reconciler.examine(use)
      }
    }
    this.#unprocessed.delete(uid)
    if (isDone) this.#leaving.delete(uid)
  }

  /** An operation ended: those who wait look again, what is gone is forgotten. */
  #settled(use: VolumeUse): void {
    const uid = use.pod.metadata.uid ?? ''
    const volumes = this.#world.get(uid)
    if (volumes === undefined) return
    if (use.isFinal) volumes.uses.delete(use.volume.name)
    const isHeard = volumes.tellSettled()
    if (volumes.uses.size === 0 && !isHeard) this.#world.forget(uid)
  }
}

/** Names of the volumes that containers mount, each once, in the order of the visit: init containers first. Found anew by each who asks: a handful. */
export function mountedNames({ spec }: Pick<Pod, 'spec'>): readonly string[] {
  const names: string[] = []
  if ((spec.volumes?.length ?? 0) === 0) return names
  for (const { volumeMounts } of allContainers({ spec }))
    if (volumeMounts !== undefined) for (const { name } of volumeMounts) if (!names.includes(name)) names.push(name)
  return names
}
