import type { Pod } from '../../../api/types/core.ts'
import { type CompiledState, compileMachine, step } from '../../../kernel/compiled-machine.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { RandomStream } from '../../../kernel/random.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { Pleg } from '../loop/pleg.ts'
import { type Jittered, jitter, type WorkQueue } from '../loop/work-queue.ts'
import { type PodWorkerEvent, podWorkerMachine } from './pod-worker.machine.ts'
import type { PodRuntimeStatus } from './runtime-status.ts'

const table = compileMachine(podWorkerMachine)

/** Source: pkg/kubelet/kubelet.go, backOffPeriod; pod_workers.go, backOffOnTransientErrorPeriod and the jitter factors. */
export const workerClocks = {
  backOff: { baseMs: 10 * second, factor: 0.5 } as Jittered,
  networkNotReady: { baseMs: second, factor: 0.5 } as Jittered,
  resyncJitter: 0.5,
} as const

/** How a sync ended. */
export interface SyncOutcome {
  readonly error?: string
  /** The next sync would find nothing to do unless something changes. */
  readonly isIdle?: boolean
  /** From v1.22 on: the Pod's containers have ended for good. */
  readonly isTerminal?: boolean
  /** From v1.35 on: the error is over at this instant, when the longest crash back-off ends. */
  readonly retryAt?: VirtualMs
}

export type WorkType = 'sync' | 'terminating' | 'terminated'

export interface WorkerHooks {
  sync(worker: PodWorker, pod: Pod, status: PodRuntimeStatus, done: (outcome: SyncOutcome) => void): void
  terminating(worker: PodWorker, pod: Pod, status: PodRuntimeStatus, done: (outcome: SyncOutcome) => void): void
  terminated(worker: PodWorker, pod: Pod, status: PodRuntimeStatus, done: (outcome: SyncOutcome) => void): void
  /** From v1.22 on: the Pod's containers are gone (`terminated`), or the worker is done with it (`finished`). */
  advanced(worker: PodWorker): void
}

/** The worker of one Pod. A class, for there are very many. */
export class PodWorker {
  readonly uid: string
  state: CompiledState = table.initial
  /** The update to carry out next, if one came during a sync: only the latest is kept. */
  pending: Pod | undefined
  isWorking = false
  isForgotten = false
  lastSyncEnd: VirtualMs = -1
  /** What every sync does from now on: ordinary syncs, then (from v1.22 on) termination. */
  work: WorkType | 'finished' = 'sync'
  graceSeconds: number | undefined
  /** The last update was for a Pod that the API server no longer has. */
  isRemoved = false
  /** Containers that the kubelet stopped, with the instant at which they had ended. */
  readonly stopped: { readonly name: string; readonly endedAt: VirtualMs }[] = []

  constructor(uid: string) {
    this.uid = uid
  }

  take(event: PodWorkerEvent['type']): void {
    this.state = step(this.state, event)?.target ?? this.state
  }
}

/**
 * One worker for each Pod: one sync at a time, and of the updates that come meanwhile only the latest is kept. A sync
 * begins when the PLEG has looked since the last one ended. Source: pkg/kubelet/pod_workers.go; facts/kubelet.md 2.3.
 */
export class PodWorkers {
  readonly #kernel: Kernel
  readonly #facts: KubeletFacts
  readonly #pleg: Pleg
  readonly #queue: WorkQueue
  readonly #hooks: WorkerHooks
  readonly #resync: Jittered
  readonly #randomOf: (uid: string) => RandomStream
  readonly #workers = new Map<string, PodWorker>()
  #held: (() => void)[] | undefined
  #isStopped = false

  constructor(options: {
    readonly kernel: Kernel
    readonly facts: KubeletFacts
    readonly pleg: Pleg
    readonly queue: WorkQueue
    readonly hooks: WorkerHooks
    readonly resync: Jittered
    readonly randomOf: (uid: string) => RandomStream
  }) {
    this.#kernel = options.kernel
    this.#facts = options.facts
    this.#pleg = options.pleg
    this.#queue = options.queue
    this.#hooks = options.hooks
    this.#resync = options.resync
    this.#randomOf = options.randomOf
  }

  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid)
  }

  all(): Iterable<PodWorker> {
    return this.#workers.values()
  }

  /** Updates within `work` reach their workers when it returns, as if they came at once and the workers were slower. */
  together(work: () => void): void {
    if (this.#held !== undefined) {
      work()
      return
    }
    const held: (() => void)[] = []
    this.#held = held
    work()
    this.#held = undefined
    for (const begin of held) begin()
  }

  /** Hands a Pod to its worker: at once, or after the sync under way. */
  update(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    let worker = this.#workers.get(uid)
    if (worker === undefined) {
      worker = new PodWorker(uid)
      this.#workers.set(uid, worker)
    }
    if (worker.work === 'finished') return
    if (this.#facts.terminatingPhases) this.#noteTermination(worker, pod)
    this.#give(worker, pod)
  }

  /** From v1.22 on: the API server has forgotten the Pod, or it was never known; what runs of it is ended. */
  kill(pod: Pod, graceSeconds: number | undefined): void {
    const uid = pod.metadata.uid ?? ''
    const worker = this.#workers.get(uid) ?? new PodWorker(uid)
    this.#workers.set(uid, worker)
    if (worker.work === 'finished') return
    worker.isRemoved = true
    if (worker.work === 'sync') {
      worker.work = 'terminating'
      worker.graceSeconds = graceSeconds ?? effectiveGrace(pod, worker.graceSeconds)
    }
    this.#give(worker, pod)
  }

  /** A Pod that is over already when the kubelet starts. */
  markFinished(uid: string): void {
    const worker = this.#workers.get(uid) ?? new PodWorker(uid)
    this.#workers.set(uid, worker)
    worker.work = 'finished'
    worker.take('finished')
  }

  /** The Pod is gone: a sync under way still ends. Source: pod_workers.go, ForgetWorker. */
  forget(uid: string): void {
    const worker = this.#workers.get(uid)
    if (worker === undefined) return
    worker.isForgotten = true
    worker.pending = undefined
    this.#workers.delete(uid)
    this.#queue.remove(uid)
  }

  stop(): void {
    this.#isStopped = true
    this.#workers.clear()
  }

  #noteTermination(worker: PodWorker, pod: Pod): void {
    const { phase } = pod.status ?? {}
    const isOver = pod.metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded'
    if (!isOver) return
    if (worker.work === 'sync') worker.work = 'terminating'
    worker.graceSeconds = effectiveGrace(pod, worker.graceSeconds)
  }

  #give(worker: PodWorker, pod: Pod): void {
    if (worker.isWorking) {
      worker.pending = pod
      return
    }
    worker.isWorking = true
    const lastIdle = this.#queue.catchUp(worker.uid)
    if (lastIdle !== undefined) worker.lastSyncEnd = lastIdle
    if (this.#held === undefined) this.#begin(worker, pod)
    else this.#held.push(() => this.#begin(worker, pod))
  }

  #begin(worker: PodWorker, pod: Pod): void {
    worker.take('update')
    this.#pleg.whenNewerThan(worker.uid, worker.lastSyncEnd, () => {
      if (this.#isStopped) return
      const status = this.#pleg.get(worker.uid)
      const work = worker.work
      const done = (outcome: SyncOutcome) => this.#ended(worker, pod, work, outcome)
      if (work === 'terminated') {
        worker.take('terminated')
        this.#hooks.terminated(worker, pod, status, done)
      } else if (work === 'terminating') {
        worker.take('terminating')
        this.#hooks.terminating(worker, pod, status, done)
      } else {
        worker.take('status.fresh')
        this.#hooks.sync(worker, pod, status, done)
      }
    })
  }

  #ended(worker: PodWorker, pod: Pod, work: PodWorker['work'], outcome: SyncOutcome): void {
    if (this.#isStopped) return
    worker.lastSyncEnd = this.#kernel.now()
    worker.take('sync.ended')
    let goesOn = false
    if (outcome.error === undefined && work === 'terminated') {
      worker.work = 'finished'
      worker.take('finished')
      worker.pending = undefined
      worker.isWorking = false
      this.#queue.remove(worker.uid)
      this.#hooks.advanced(worker)
      return
    }
    if (outcome.error === undefined && work === 'terminating') {
      worker.work = 'terminated'
      goesOn = true
      this.#hooks.advanced(worker)
    }
    if (outcome.isTerminal === true && worker.work === 'sync') {
      worker.work = 'terminating'
      worker.graceSeconds = effectiveGrace(pod, worker.graceSeconds)
      goesOn = true
    }
    const next = worker.pending ?? (goesOn ? pod : undefined)
    if (!worker.isForgotten && !goesOn) this.#requeue(worker.uid, outcome, next !== undefined)
    worker.pending = undefined
    if (next === undefined || worker.isForgotten) worker.isWorking = false
    else this.#begin(worker, next)
  }

  #requeue(uid: string, outcome: SyncOutcome, hasNext: boolean): void {
    const random = this.#randomOf(uid)
    if (outcome.error === undefined) {
      this.#queue.enqueue(uid, jitter(this.#resync, random), outcome.isIdle === true && !hasNext)
      return
    }
    const isNetwork = outcome.error.includes('network is not ready')
    if (outcome.retryAt !== undefined && !isNetwork) {
      const leftMs = Math.min(Math.max(outcome.retryAt - this.#kernel.now(), 0), this.#resync.baseMs)
      this.#queue.enqueue(uid, jitter({ baseMs: leftMs, factor: workerClocks.resyncJitter }, random), false)
      return
    }
    this.#queue.enqueue(uid, jitter(isNetwork ? workerClocks.networkNotReady : workerClocks.backOff, random), false)
  }
}

/** Source: pod_workers.go (v1.26), calculateEffectiveGracePeriod: 0 counts as not set (v1.26/README.md row 14). */
function effectiveGrace(pod: Pod, before: number | undefined): number | undefined {
  let grace = before ?? 0
  const asked = pod.metadata.deletionGracePeriodSeconds
  if (asked !== undefined && (grace === 0 || asked < grace)) grace = asked
  return grace === 0 ? pod.spec.terminationGracePeriodSeconds : grace
}
