import type { Pod } from '../../../api/types/core.ts'
import { type Grid, gridAfter } from '../../../kernel/grid.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import { SparseMap, SparseSet } from '../../../kernel/sparse.ts'
import { type Steps, sleep } from '../../../kernel/steps.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { KubeletContext } from '../context.ts'
import { resourcesAreReclaimed } from '../status/reclaimed.ts'
import { isTerminal } from '../status/status-manager.ts'
import type { Eviction } from './eviction-rows.ts'
import { excessOf, hasEmptyDirs, isLimited } from './limits.ts'
import type { MachineSpace, Scarce } from './machine-space.ts'
import { isCritical, ranked } from './ranking.ts'
import { evictionMessage } from './texts.ts'
import { isMet, leastOf, type Pressure, type Threshold, thresholdsOf } from './thresholds.ts'
import { usageOf } from './usage.ts'

/** Source: pkg/kubelet/kubelet.go, evictionMonitoringPeriod; eviction_manager.go, podCleanupTimeout and podCleanupPollFreq. */
const evictionClocks = { monitorMs: 10 * second, cleanupMs: 30 * second, cleanupPollMs: second } as const

/** What an eviction manager works with. */
export interface EvictionParts {
  readonly context: KubeletContext
  readonly space: MachineSpace
  /** The node has something to tell at its next look at its own status. */
  readonly pressureChanged: () => void
  /** Containers of Pods that are over are removed, and then images that nobody uses. */
  readonly reclaimDisk: () => void
}

/**
 * Ends Pods while the node runs short of memory or disk, one after the other, and tells the pressure; ends Pods that take more of the
 * disk than they may. It looks around only while something is short, or its pressure still told; of a Pod that may take only so much
 * of the disk, after something of it was written. Source: pkg/kubelet/eviction/eviction_manager.go.
 */
export class EvictionManager {
  readonly #parts: EvictionParts
  readonly #scope = new Scope()
  readonly #thresholds: readonly Threshold[]
  /** Thresholds that are met, or not yet over, since when. */
  readonly #since = new SparseMap<Threshold, VirtualMs>()
  /** When each pressure was seen last. */
  readonly #seenAt = new SparseMap<Pressure, VirtualMs>()
  /** Uids of Pods that will be measured. */
  readonly #measured = new SparseSet<string>()
  /** Thresholds on which was acted: they are over when as much more is there as is to be reclaimed. */
  #ripe: readonly Threshold[] = []
  #isLooking = false
  #monitor: Grid | undefined

  constructor(parts: EvictionParts) {
    this.#parts = parts
    this.#thresholds = thresholdsOf(parts.context.config)
  }

  start(): void {
    const { space } = this.#parts
    const little = { memory: this.#most('memory'), disk: this.#most('disk'), inodes: this.#most('inodes') }
    space.watch({ little, wrote: (podUid) => this.#wrote(podUid) })
    this.#awaitChange()
    if (this.#short().length > 0) this.#wake()
  }

  stop(): void {
    this.#parts.space.watch(undefined)
    this.#scope.end()
  }

  /** Less than this is too little for one threshold at least. */
  #most(what: Scarce): number {
    const leasts = this.#thresholds.filter(({ scarce }) => scarce === what)
    return Math.max(0, ...leasts.map((each) => leastOf(each, this.#parts.space.capacity[what])))
  }

  #awaitChange(): void {
    this.#scope.start(this.#parts.space.changed, () => {
      this.#awaitChange()
      if (this.#short().length > 0) this.#wake()
    })
  }

  #wake(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#scope.start(process(this.#parts.context.kernel, () => this.#look()))
  }

  /** From its next instant on, until nothing is short and no pressure is told. Source: eviction_manager.go, Start. */
  *#look(): Steps<void> {
    yield* this.#nextInstant()
    for (;;) {
      const evicted = this.#synchronize()
      if (this.#since.size === 0 && this.#seenAt.size === 0) break
      if (evicted === undefined) yield* sleep(evictionClocks.monitorMs)
      else yield* this.#cleanedUp(evicted)
    }
    this.#isLooking = false
  }

  *#nextInstant(): Steps<void> {
    const { kernel } = this.#parts.context
    yield* sleep(gridAfter(this.#grid(), kernel.now()) - kernel.now())
  }

  /** Drawn when it is first wanted, and kept: most nodes never look. */
  #grid(): Grid {
    const { monitorMs: periodMs } = evictionClocks
    this.#monitor ??= { phaseMs: this.#draw(1, periodMs + 1), periodMs }
    return this.#monitor
  }

  #draw(from: number, below: number): number {
    const { random, nodeName } = this.#parts.context
    return random.stream(`${nodeName}/kubelet/eviction`).integer(from, below)
  }

  /** Source: eviction_manager.go, waitForPodsCleanup. */
  *#cleanedUp(pod: Pod): Steps<void> {
    const { context } = this.#parts
    const { kernel, statuses } = context
    const until = kernel.now() + evictionClocks.cleanupMs
    do yield* sleep(evictionClocks.cleanupPollMs)
    while (
      kernel.now() < until &&
      !resourcesAreReclaimed(context, pod, statuses.get(pod.metadata.uid ?? '') ?? pod.status ?? {})
    )
  }

  /** What is too little now. */
  #short(): readonly Threshold[] {
    return this.#thresholds.filter((each) => this.#isMet(each, false))
  }

  #isMet(threshold: Threshold, withReclaim: boolean): boolean {
    const { capacity } = this.#parts.space
    return isMet(threshold, capacity[threshold.scarce], this.#parts.space.available(threshold.scarce), withReclaim)
  }

  /**
   * 1. what is short, or not yet over, 2. the pressures to tell: each until five minutes after it was seen last, 3. what has been
   * short for long enough, 4. the first of it, with its Event, 5. what nobody uses is removed from the disk, which may be enough,
   * 6. one Pod. Source: eviction_manager.go, synchronize.
   */
  #synchronize(): Pod | undefined {
    const { context, reclaimDisk } = this.#parts
    const now = context.kernel.now()
    const ripe = new Set(this.#ripe)
    const short = this.#thresholds.filter((each) => this.#isMet(each, ripe.has(each))) // 1
    for (const each of [...this.#since.keys()]) if (!short.includes(each)) this.#since.delete(each)
    for (const each of short) if (!this.#since.has(each)) this.#since.set(each, now)
    this.#tellPressures(short) // 2
    this.#ripe = short.filter((each) => now - (this.#since.get(each) ?? now) >= (each.graceMs ?? 0)) // 3
    const [first] = this.#ripe
    if (first === undefined) return undefined
    context.events.node('Warning', 'EvictionThresholdMet', `Attempting to reclaim ${first.resource}`) // 4
    if (first.condition === 'DiskPressure') {
      reclaimDisk() // 5
      if (!this.#thresholds.some((each) => this.#isMet(each, true))) return undefined
    }
    const order = ranked(this.#activePods(), first.resource, usageOf(context, first.resource))
    return order.find((pod) => this.#evictFor(pod, first)) // 6
  }

  #tellPressures(short: readonly Threshold[]): void {
    const { context, pressureChanged } = this.#parts
    const { kernel, config, evictions } = context
    for (const { condition } of short) this.#seenAt.set(condition, kernel.now())
    for (const [condition, at] of [...this.#seenAt])
      if (kernel.now() - at >= config.evictionPressureTransitionPeriod) this.#seenAt.delete(condition)
    const conditions = pressures.filter((each) => this.#seenAt.has(each))
    if (conditions.join() === evictions.conditions.join()) return
    evictions.conditions = conditions
    pressureChanged()
  }

  /** Source: pkg/kubelet/kubelet_pods.go, GetActivePods: not over, and nobody has asked for its end. */
  #activePods(): readonly Pod[] {
    return [...this.#parts.context.pods.all()].filter((pod) => this.#isActive(pod))
  }

  #isActive(pod: Pod): boolean {
    const { statuses, evictions } = this.#parts.context
    const uid = pod.metadata.uid ?? ''
    const { phase } = statuses.get(uid) ?? pod.status ?? {}
    return !isTerminal(phase) && evictions.of(uid) === undefined
  }

  #evictFor(pod: Pod, threshold: Threshold): boolean {
    const { context, space } = this.#parts
    const { scarce, resource } = threshold
    const seen = { capacity: space.capacity[scarce], available: space.available(scarce) }
    const message = evictionMessage(pod, threshold, seen, usageOf(context, resource), context.minor)
    return this.#evict(pod, { message, graceSeconds: this.#graceSeconds(threshold), isForNode: true })
  }

  /** A soft threshold leaves Pods as long as the kubelet is told, a hard one no time. Source: eviction_manager.go, synchronize. */
  #graceSeconds({ graceMs }: Threshold): number | undefined {
    const { facts, config } = this.#parts.context
    const { evictionGraceSeconds: least } = facts
    if (graceMs === undefined) return least
    const most = config.evictionMaxPodGracePeriod
    return least === undefined && most === 0 ? undefined : Math.max(least ?? 0, most)
  }

  /** Something was written to the disk for a Pod: if it may take only so much, it is measured in time. */
  #wrote(podUid: string): void {
    const { pods, kernel } = this.#parts.context
    const pod = this.#measured.has(podUid) ? undefined : pods.get(podUid)
    if (pod === undefined || !isLimited(pod)) return
    this.#measured.add(podUid)
    this.#scope.start(process(kernel, () => this.#measure(podUid, hasEmptyDirs(pod))))
  }

  /**
   * Volumes are measured each one to two times `volumeStatsAggPeriod`; what is known is looked at each ten seconds. Source:
   * pkg/kubelet/server/stats/volume_stat_calculator.go, StartOnce; eviction_manager.go, localStorageEviction.
   */
  *#measure(podUid: string, hasVolumes: boolean): Steps<void> {
    const { context } = this.#parts
    const { volumeStatsAggPeriod } = context.config
    if (hasVolumes) yield* sleep(this.#draw(0, this.#draw(volumeStatsAggPeriod, 2 * volumeStatsAggPeriod)))
    yield* this.#nextInstant()
    this.#measured.delete(podUid)
    const pod = context.pods.get(podUid)
    const message = pod === undefined || !this.#isActive(pod) ? undefined : excessOf(context, pod)
    if (pod === undefined || message === undefined) return
    this.#evict(pod, { message, graceSeconds: context.facts.evictionGraceSeconds, isForNode: false })
  }

  /** Source: eviction_manager.go, evictPod. */
  #evict(pod: Pod, eviction: Eviction): boolean {
    if (isCritical(pod)) return false
    const { evictions, events, workers, record } = this.#parts.context
    const { message, graceSeconds } = eviction
    events.pod(pod, 'Warning', 'Evicted', message)
    record('pod.evicted', pod, { message })
    evictions.evict(pod.metadata.uid ?? '', eviction)
    workers.evict(pod, graceSeconds)
    return true
  }
}

const pressures: readonly Pressure[] = ['MemoryPressure', 'DiskPressure']
