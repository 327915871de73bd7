import type { Pod } from '../../../api/types/core.ts'
import { type Grid, gridAfter } from '../../../kernel/grid.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import { type Steps, sleep } from '../../../kernel/steps.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { KubeletContext } from '../context.ts'
import { resourcesAreReclaimed } from '../status/reclaimed.ts'
import { isTerminal } from '../status/status-manager.ts'
import type { MachineSpace } from './machine-space.ts'
import { isCritical, ranked, type Usage } from './ranking.ts'
import { type Signal, signals } from './signals.ts'
import { evictionMessage } from './texts.ts'

/** Source: pkg/kubelet/kubelet.go, evictionMonitoringPeriod; eviction_manager.go, podCleanupTimeout and podCleanupPollFreq. */
const evictionClocks = { monitorMs: 10 * second, cleanupMs: 30 * second, cleanupPollMs: second } as const

/** What a container uses of memory beside what it has written there: a choice, docs/fidelity.md. */
export const baseMemoryBytes = 1024 * 1024

/**
 * Ends Pods while the node runs short of memory or disk, one after the other, and tells the pressure. It looks around only
 * while something has taken room, and until the pressure is told no longer. Source: pkg/kubelet/eviction/eviction_manager.go.
 */
export class EvictionManager {
  readonly #context: KubeletContext
  readonly #space: MachineSpace
  readonly #pressureChanged: () => void
  readonly #scope = new Scope()
  /** When each pressure was seen last. */
  readonly #seenAt = new SparseMap<Signal, VirtualMs>()
  #isLooking = false
  #monitor: Grid | undefined

  /** `pressureChanged`: the node has something to tell at its next look at its own status. */
  constructor(context: KubeletContext, space: MachineSpace, pressureChanged: () => void) {
    this.#context = context
    this.#space = space
    this.#pressureChanged = pressureChanged
  }

  start(): void {
    this.#awaitChange()
    if (this.#space.isTaken) this.#wake()
  }

  stop(): void {
    this.#scope.end()
  }

  #awaitChange(): void {
    this.#scope.start(this.#space.changed, () => {
      this.#awaitChange()
      if (this.#space.isTaken) this.#wake()
    })
  }

  #wake(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#scope.start(process(this.#context.kernel, () => this.#look()))
  }

  /** From its next instant on, until nothing is short and no pressure is told. Source: eviction_manager.go, Start. */
  *#look(): Steps<void> {
    const { kernel } = this.#context
    yield* sleep(gridAfter(this.#grid(), kernel.now()) - kernel.now())
    for (;;) {
      const evicted = this.#synchronize()
      if (!this.#space.isTaken && this.#seenAt.size === 0) break
      if (evicted === undefined) yield* sleep(evictionClocks.monitorMs)
      else yield* this.#cleanedUp(evicted)
    }
    this.#isLooking = false
  }

  /** Drawn when it is first wanted, and kept: most nodes never look. */
  #grid(): Grid {
    const { random, nodeName } = this.#context
    const { monitorMs: periodMs } = evictionClocks
    this.#monitor ??= { phaseMs: random.stream(`${nodeName}/kubelet/eviction`).integer(1, periodMs + 1), periodMs }
    return this.#monitor
  }

  /** Source: eviction_manager.go, waitForPodsCleanup. */
  *#cleanedUp(pod: Pod): Steps<void> {
    const { kernel, statuses } = this.#context
    const until = kernel.now() + evictionClocks.cleanupMs
    do yield* sleep(evictionClocks.cleanupPollMs)
    while (
      kernel.now() < until &&
      !resourcesAreReclaimed(this.#context, pod, statuses.get(pod.metadata.uid ?? '') ?? pod.status ?? {})
    )
  }

  /**
   * 1. what is short, 2. the pressures to tell: each until five minutes after it was seen last, 3. what is short first, with
   * its Event, 4. images that nobody uses go, 5. one Pod. Source: eviction_manager.go, synchronize.
   */
  #synchronize(): Pod | undefined {
    const { events, runtime } = this.#context
    const short = signals.filter(({ scarce, threshold }) => {
      const capacity = this.#space.capacity[scarce]
      return this.#space.available(scarce) < threshold(capacity) // 1
    })
    this.#tellPressures(short) // 2
    const [first] = short
    if (first === undefined) return undefined
    events.node('Warning', 'EvictionThresholdMet', `Attempting to reclaim ${first.resource}`) // 3
    if (first.scarce === 'disk') runtime.removeUnusedImages() // 4
    for (const pod of ranked(this.#activePods(), first, this.#usage(first))) if (this.#evict(pod, first)) return pod // 5
    return undefined
  }

  #tellPressures(short: readonly Signal[]): void {
    const { kernel, config, evictions } = this.#context
    for (const signal of short) this.#seenAt.set(signal, kernel.now())
    for (const [signal, at] of this.#seenAt)
      if (kernel.now() - at >= config.evictionPressureTransitionPeriod) this.#seenAt.delete(signal)
    const conditions = signals.filter((signal) => this.#seenAt.has(signal)).map(({ condition }) => condition)
    if (conditions.join() === evictions.conditions.join()) return
    evictions.conditions = conditions
    this.#pressureChanged()
  }

  /** Source: pkg/kubelet/kubelet_pods.go, GetActivePods: not over, and nobody has asked for its end. */
  #activePods(): readonly Pod[] {
    const { pods, statuses, evictions } = this.#context
    return [...pods.all()].filter((pod) => {
      const uid = pod.metadata.uid ?? ''
      const { phase } = statuses.get(uid) ?? pod.status ?? {}
      return !isTerminal(phase) && evictions.of(uid) === undefined
    })
  }

  /** Disks are not measured. */
  #usage({ scarce }: Signal): Usage {
    if (scarce === 'disk') return () => 0
    const { runtime } = this.#context
    return (pod, name) =>
      runtime
        .podContainers(pod.metadata.uid ?? '')
        .filter(({ state, config }) => state === 'running' && config.name === name)
        .reduce((sum, { id }) => sum + baseMemoryBytes + runtime.memoryBytes(id), 0)
  }

  /** Source: eviction_manager.go, evictPod. */
  #evict(pod: Pod, signal: Signal): boolean {
    if (isCritical(pod)) return false
    const { evictions, events, workers, minor, record } = this.#context
    const { scarce } = signal
    const seen = { capacity: this.#space.capacity[scarce], available: this.#space.available(scarce) }
    const message = evictionMessage(pod, signal, seen, this.#usage(signal), minor)
    events.pod(pod, 'Warning', 'Evicted', message)
    record('pod.evicted', pod, { message })
    evictions.evict(pod.metadata.uid ?? '', message)
    workers.evict(pod)
    return true
  }
}
