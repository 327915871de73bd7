import type { Pod } from '../../../api/types/core.ts'
import { type EventName, machineTable, type StateName } from '../../../kernel/compiled-machine.ts'
import { Instance } from '../../../kernel/instance.ts'
import { Latch } from '../../../kernel/latch.ts'
import type { Once } from '../../../kernel/once.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { StateFeed } from '../state-feed.ts'
import { podWorkerMachine } from './pod-worker.machine.ts'

const table = machineTable(podWorkerMachine)

/** Most containers were never stopped: their Pods have this in common. */
const none: PodWorker['stopped'] = []

/** The worker of one Pod: a row, for there are very many and most of them rest. */
export class PodWorker extends Instance<StateName<typeof podWorkerMachine>, EventName<typeof podWorkerMachine>> {
  readonly uid: string
  /** The update to carry out next, if one came during a sync: only the latest is kept. */
  pending: Pod | undefined
  /** What the sync under way is followed by is termination. */
  isTerminationAsked = false
  isForgotten = false
  lastSyncEnd: VirtualMs = -1
  graceSeconds: number | undefined
  /** The last update was for a Pod that the API server no longer has. */
  isRemoved = false
  /** Opened when the sync under way need not go on. */
  #cancelled: Latch | undefined
  /** Containers that the kubelet stopped, with the instant at which they had ended. */
  stopped: readonly { readonly name: string; readonly endedAt: VirtualMs }[] = none

  readonly #feed: StateFeed | undefined

  constructor(uid: string, feed?: StateFeed) {
    super(table)
    this.uid = uid
    this.#feed = feed
  }

  protected override stepped(event: EventName<typeof podWorkerMachine>): void {
    this.#feed?.tell('podWorker', this.uid, this.uid, event, this)
  }

  /** A sync ended at that instant: who waited for its end waits no more. */
  syncEnded(at: VirtualMs): void {
    this.lastSyncEnd = at
    if (this.#cancelled?.isOpen === false) this.#cancelled = undefined
  }

  noteStopped(name: string, endedAt: VirtualMs): void {
    this.stopped = this.stopped.concat({ name, endedAt })
  }

  /** Whether it has work in hand. */
  get isWorking(): boolean {
    const { state } = this
    return state !== 'idle' && state !== 'terminationDue' && state !== 'cleanupDue' && state !== 'finished'
  }

  /** From v1.22 on: the Pod's containers have ended for good. */
  get haveContainersEnded(): boolean {
    const { state } = this
    return state === 'cleanupDue' || state === 'waitingToCleanUp' || state === 'terminated' || state === 'finished'
  }

  /** From v1.22 on: nothing of the Pod is left to do. */
  get isFinished(): boolean {
    return this.state === 'finished'
  }

  /** From now on each sync ends the Pod: at once, or after the sync under way. Nothing new once that has begun. */
  terminate(): void {
    if (this.state === 'idle' || this.state === 'waitingForStatus') this.send('terminate')
    else this.isTerminationAsked = true
  }

  /** Answers when the Pod's end ends the sync under way, or has: ordinary syncs never come again then. */
  get cancelled(): Once<void> {
    this.#cancelled ??= new Latch()
    return this.#cancelled
  }

  /** Source: pod_workers.go, UpdatePod, cancelFn (v1.27 on). */
  cancel(): void {
    this.#cancelled?.open()
  }

  /** Whether ordinary syncs are over, or will be after the one under way. */
  get isTerminating(): boolean {
    const { state } = this
    const isOrdinary =
      state === 'idle' ||
      state === 'waitingForStatus' ||
      state === 'syncing' ||
      state === 'waitingForVolumes' ||
      state === 'killing'
    return !isOrdinary || this.isTerminationAsked
  }
}

/** The workers of a node's Pods, by uid: who drives them writes, everybody reads. */
export class PodWorkerRows {
  readonly #rows = new SparseMap<string, PodWorker>()
  readonly #feed: StateFeed | undefined

  constructor(feed?: StateFeed) {
    this.#feed = feed
  }

  get(uid: string): PodWorker | undefined {
    return this.#rows.get(uid)
  }

  of(uid: string): PodWorker {
    const known = this.#rows.get(uid)
    if (known !== undefined) return known
    const created = new PodWorker(uid, this.#feed)
    this.#rows.set(uid, created)
    return created
  }

  delete(uid: string): void {
    this.#rows.delete(uid)
  }

  /** Source: pod_workers.go, CouldHaveRunningContainers. */
  couldHaveRunningContainers(uid: string): boolean {
    const worker = this.#rows.get(uid)
    return worker !== undefined && !worker.haveContainersEnded
  }
}
