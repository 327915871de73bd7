import { type Grid, GridLoop } from '../../kernel/grid.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { Scope } from '../../kernel/scope.ts'
import { SparseSet } from '../../kernel/sparse.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { KubeletFacts } from '../version-facts.ts'
import { retryDelayMs } from './operation-back-off.ts'
import type { SetUpResult } from './plugin.ts'
import type { VolumeUse } from './volume-use.ts'

/** To whom the reconciler tells what it did. */
export interface ReconcilerReports {
  /** Decides which text a time-out has. */
  readonly volumeTimeoutNames: KubeletFacts['volumeTimeoutEvent']
  /** `before`: what the content was made from until now. */
  setUpSucceeded(
    use: VolumeUse,
    before: VolumeUse['sources'],
    isRefresh: boolean,
    result: SetUpResult & { readonly ok: true },
  ): void
  setUpFailed(use: VolumeUse, message: string, retryMs: VirtualMs): void
  tornDown(use: VolumeUse): void
}

/**
 * Brings the actual state of world to the desired one: every 100 ms, but only when there is a difference that can be
 * worked on. Unmounts come first. Source: pkg/kubelet/volumemanager/reconciler/reconciler.go, reconcile.
 */
export class Reconciler {
  readonly #kernel: Kernel
  readonly #reports: ReconcilerReports
  readonly #settled: (use: VolumeUse) => void
  readonly #loop: GridLoop
  /** Volumes whose actual state differs from the desired one and that no operation is busy with. */
  #open = new SparseSet<VolumeUse>()
  /** Mounts under way. */
  readonly #scope = new Scope()

  constructor(kernel: Kernel, grid: Grid, reports: ReconcilerReports, settled: (use: VolumeUse) => void) {
    this.#kernel = kernel
    this.#reports = reports
    this.#settled = settled
    this.#loop = new GridLoop(kernel, grid, () => this.#reconcile())
  }

  /** Something about this volume changed: the next pass looks at it. */
  examine(use: VolumeUse): void {
    this.#open.add(use)
    this.#loop.wake()
  }

  /** Begins what a pass before now would have begun. */
  refreshNow(use: VolumeUse): void {
    this.#mount(use)
  }

  stop(): void {
    this.#scope.end()
    this.#loop.stop()
    this.#open.clear()
  }

  #reconcile(): void {
    const uses = this.#open
    this.#open = new SparseSet()
    for (const use of uses) if (!use.isDesired) this.#retire(use)
    for (const use of uses) if (use.isDesired) this.#advance(use)
  }

  #retire(use: VolumeUse): void {
    // An operation under way is waited for: its end examines the volume again.
    if (use.isBusy) return
    if (!use.isMounted && !use.isUncertain && use.state !== 'unmountBackOff') {
      use.send('dropped')
      this.#settled(use)
      return
    }
    if (use.state === 'unmountBackOff' && this.#isTooEarly(use)) return
    use.send('unmount.started')
    const result = use.plugin.tearDown(use)
    if (result.ok) {
      use.send('unmount.succeeded')
      this.#reports.tornDown(use)
      this.#settled(use)
      return
    }
    use.send('unmount.failed')
    this.#failed(use)
  }

  #advance(use: VolumeUse): void {
    switch (use.state) {
      case 'desired':
        // VerifyControllerAttachedVolume has nothing to wait for here; the mount is the next pass's business.
        use.send('attached')
        this.examine(use)
        return
      case 'attached':
      case 'remountRequired':
        this.#mount(use)
        return
      case 'mountBackOff':
      case 'remountBackOff':
        if (!this.#isTooEarly(use)) this.#mount(use)
        return
      default:
        return
    }
  }

  #isTooEarly(use: VolumeUse): boolean {
    const dueAt = use.failedAt + retryDelayMs(use.failures)
    if (this.#kernel.now() >= dueAt) return false
    this.#open.add(use)
    this.#loop.wake(dueAt)
    return true
  }

  #mount(use: VolumeUse): void {
    if (this.#scope.isEnded) return
    const isRefresh = use.isMounted
    use.send('mount.started')
    if (use.isFound) use.isUncertain = true
    const result = use.plugin.setUpNow?.(use)
    if (result !== undefined) this.#hasSetUp(use, isRefresh, result)
    else this.#scope.start(use.plugin.setUp(use), (later) => this.#hasSetUp(use, isRefresh, later))
  }

  #hasSetUp(use: VolumeUse, isRefresh: boolean, result: SetUpResult): void {
    if (result.ok) {
      use.failures = 0
      const before = use.sources
      use.sources = result.sources
      use.staleAt = result.staleAt
      use.send('mount.succeeded')
      this.#reports.setUpSucceeded(use, before, isRefresh, result)
      if (!use.isDesired) this.examine(use)
      this.#settled(use)
      return
    }
    use.send('mount.failed')
    this.#failed(use)
    const text = `MountVolume.${result.during ?? 'SetUp'} failed for volume ${JSON.stringify(use.volume.name)} : ${result.error}`
    this.#reports.setUpFailed(use, text, retryDelayMs(use.failures))
  }

  #failed(use: VolumeUse): void {
    use.failures++
    use.failedAt = this.#kernel.now()
    this.#open.add(use)
    this.#loop.wake(use.isDesired ? use.failedAt + retryDelayMs(use.failures) : 0)
  }
}
