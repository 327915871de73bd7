import type { Observable } from 'rxjs'
import type { Pod } from '../../../api/types/core.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { process } from '../../../kernel/process.ts'
import type { RandomStream } from '../../../kernel/random.ts'
import { Scope } from '../../../kernel/scope.ts'
import { Source } from '../../../kernel/source.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { Pleg } from '../loop/pleg.ts'
import { type IdleRest, type Jittered, jitter, type WorkQueue } from '../loop/work-queue.ts'
import type { PodWorker, PodWorkerRows } from './pod-worker.ts'
import type { PodRuntimeStatus } from './runtime-status.ts'

/**
 * A look on demand answers while the worker ends its sync, which mostly takes up at once what is new of sandbox and containers; else there
 * is another sync. Source: v1.36/README.md row 9, "a third set-up in a fifth to a third of the pods".
 */
const newsApart = 0.25

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
  /** It would only read again what it has read: such syncs are reckoned up (see `IdlePolls`). */
  readonly rests?: boolean
  /** From v1.22 on: the Pod's containers have ended for good. */
  readonly isTerminal?: boolean
  /** From v1.35 on: the error is over at this instant, when the longest crash back-off ends. */
  readonly retryAt?: VirtualMs
  /** Something was changed that the next look at the Pod will show: it is synced then. */
  readonly isAgain?: boolean
  /** From v1.36 on: it did something, so the Pod is looked at without waiting for the next pass. */
  readonly wantsLook?: boolean
}

/** The three kinds of sync; each gives how it ended. */
export interface PodSyncs {
  sync(worker: PodWorker, pod: Pod, seen: PodRuntimeStatus): Steps<SyncOutcome>
  terminating(worker: PodWorker, pod: Pod, seen: PodRuntimeStatus): Steps<SyncOutcome>
  terminated(worker: PodWorker, pod: Pod, seen: PodRuntimeStatus): Steps<SyncOutcome>
}

/** Tells of syncs, each when it begins and when it ended. */
export interface SyncReports {
  began(worker: PodWorker, pod: Pod): void
  ended(pod: Pod, outcome: SyncOutcome, nextAt: VirtualMs | undefined): void
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
  readonly #rest: IdleRest | undefined
  readonly #syncs: PodSyncs
  readonly #reports: SyncReports
  readonly #advanced = new Source<PodWorker>()
  readonly #resync: Jittered
  readonly #randomOf: (uid: string) => RandomStream
  readonly #workers: PodWorkerRows
  #held: (() => void)[] | undefined
  /** Work in hand. */
  readonly #scope = new Scope()

  constructor(options: {
    readonly kernel: Kernel
    readonly rows: PodWorkerRows
    readonly facts: KubeletFacts
    readonly pleg: Pleg
    readonly queue: WorkQueue
    readonly rest?: IdleRest
    readonly syncs: PodSyncs
    readonly reports: SyncReports
    readonly resync: Jittered
    readonly randomOf: (uid: string) => RandomStream
  }) {
    this.#kernel = options.kernel
    this.#workers = options.rows
    this.#facts = options.facts
    this.#pleg = options.pleg
    this.#queue = options.queue
    this.#rest = options.rest
    this.#syncs = options.syncs
    this.#reports = options.reports
    this.#resync = options.resync
    this.#randomOf = options.randomOf
  }

  /** From v1.22 on: a worker whose Pod's containers are gone, and again when it is done with the Pod. */
  get advanced(): Observable<PodWorker> {
    return this.#advanced
  }

  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid)
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
    const worker = this.#workers.of(uid)
    if (worker.isFinished) return
    if (this.#facts.terminatingPhases) this.#noteTermination(worker, pod)
    this.#give(worker, pod)
  }

  /** A sync in which nothing was to be done but to ask for volumes anew begins and ends now; false: it can't be. */
  hasRefreshed(uid: string, rests: boolean): boolean {
    const worker = this.#workers.get(uid)
    if (worker?.state !== 'idle' || !this.#pleg.isNewerThan(uid, worker.lastSyncEnd)) return false
    worker.lastSyncEnd = this.#kernel.now()
    this.#requeue(uid, { isIdle: true, rests }, false)
    return true
  }

  /** From v1.22 on: the API server has forgotten the Pod, or it was never known; what runs of it is ended. */
  kill(pod: Pod, graceSeconds: number | undefined): void {
    const uid = pod.metadata.uid ?? ''
    const worker = this.#workers.of(uid)
    if (worker.isFinished) return
    worker.isRemoved = true
    if (!worker.isTerminating) {
      this.#terminate(worker)
      worker.graceSeconds = graceSeconds ?? this.#effectiveGrace(pod, worker.graceSeconds)
    }
    this.#give(worker, pod)
  }

  /** The node ends a Pod that the API server still knows; `graceSeconds` undefined: those of the Pod. Source: pod_workers.go, killPodNow. */
  evict(pod: Pod, graceSeconds: number | undefined): void {
    const worker = this.#workers.of(pod.metadata.uid ?? '')
    if (worker.isFinished) return
    if (this.#facts.terminatingPhases) {
      if (!worker.isTerminating) this.#terminate(worker)
      worker.graceSeconds = graceSeconds ?? this.#effectiveGrace(pod, worker.graceSeconds)
    }
    this.#give(worker, pod)
  }

  /** A Pod that is over already when the kubelet starts. */
  markFinished(uid: string): void {
    const worker = this.#workers.of(uid)
    if (worker.state === 'idle') worker.send('finished')
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
    this.#scope.end()
  }

  #noteTermination(worker: PodWorker, pod: Pod): void {
    const { phase } = pod.status ?? {}
    const isOver = pod.metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded'
    if (!isOver) return
    if (!worker.isTerminating) this.#terminate(worker)
    worker.graceSeconds = this.#effectiveGrace(pod, worker.graceSeconds)
  }

  #terminate(worker: PodWorker): void {
    worker.terminate()
    if (this.#facts.terminationEndsSync) worker.cancel()
  }

  #effectiveGrace(pod: Pod, before: number | undefined): number | undefined {
    return effectiveGrace(pod, before, this.#facts.zeroGraceCounts)
  }

  #give(worker: PodWorker, pod: Pod): void {
    if (worker.isWorking) {
      worker.pending = pod
      return
    }
    worker.send('update')
    const lastIdle = this.#queue.catchUp(worker.uid)
    if (lastIdle !== undefined) worker.lastSyncEnd = lastIdle
    if (this.#held === undefined) this.#begin(worker, pod)
    else this.#held.push(() => this.#begin(worker, pod))
  }

  #begin(worker: PodWorker, pod: Pod): void {
    this.#scope.start(process(this.#kernel, () => this.#work(worker, pod)))
  }

  /** One sync after the other, as long as there is something to do. */
  *#work(worker: PodWorker, update: Pod): Steps<void> {
    for (let pod: Pod | undefined = update; pod !== undefined; ) {
      yield* wait(this.#pleg.newerThan(worker.uid, worker.lastSyncEnd))
      worker.send('status.fresh')
      const outcome: SyncOutcome = yield* this.#sync(worker, pod, this.#pleg.get(worker.uid))
      worker.syncEnded(this.#kernel.now())
      if (outcome.wantsLook === true) {
        const isOneNews = this.#randomOf(worker.uid).next() >= newsApart
        this.#pleg.requestRelist(worker.uid, isOneNews)
      }
      pod = this.#next(worker, pod, outcome)
      if (pod !== undefined) worker.send('update')
    }
  }

  #sync(worker: PodWorker, pod: Pod, seen: PodRuntimeStatus): Steps<SyncOutcome> {
    this.#reports.began(worker, pod)
    if (worker.state === 'terminated') return this.#syncs.terminated(worker, pod, seen)
    if (worker.state === 'terminating') return this.#syncs.terminating(worker, pod, seen)
    return this.#syncs.sync(worker, pod, seen)
  }

  /** Notes how a sync ended; gives what is to be done at once. */
  #next(worker: PodWorker, pod: Pod, outcome: SyncOutcome): Pod | undefined {
    const isDone = outcome.error === undefined
    if (isDone && worker.state === 'terminated') {
      worker.send('finished')
      worker.pending = undefined
      this.#queue.remove(worker.uid)
      this.#reports.ended(pod, outcome, undefined)
      this.#advanced.next(worker)
      return undefined
    }
    let goesOn = outcome.isAgain === true && worker.state !== 'terminating'
    if (isDone && worker.state === 'terminating') {
      worker.send('containers.ended')
      goesOn = true
      this.#advanced.next(worker)
    } else worker.send('sync.ended')
    if (worker.state === 'idle' && outcome.isTerminal === true && !worker.isTerminationAsked) {
      worker.isTerminationAsked = true
      worker.graceSeconds = this.#effectiveGrace(pod, worker.graceSeconds)
      goesOn = true
    }
    if (worker.state === 'idle' && worker.isTerminationAsked) worker.send('terminate')
    const next = worker.pending ?? (goesOn ? pod : undefined)
    worker.pending = undefined
    const isAgain = !worker.isForgotten && !goesOn
    const nextAt = isAgain ? this.#requeue(worker.uid, outcome, next !== undefined) : undefined
    this.#reports.ended(pod, outcome, nextAt)
    return worker.isForgotten ? undefined : next
  }

  #requeue(uid: string, outcome: SyncOutcome, hasNext: boolean): VirtualMs {
    const random = this.#randomOf(uid)
    if (outcome.error === undefined) {
      const rest = outcome.rests === true && !hasNext ? this.#rest : undefined
      return this.#queue.enqueue(uid, jitter(this.#resync, random), outcome.isIdle === true && !hasNext, rest)
    }
    const isNetwork = outcome.error.includes('network is not ready')
    if (outcome.retryAt !== undefined && !isNetwork) {
      const leftMs = Math.min(Math.max(outcome.retryAt - this.#kernel.now(), 0), this.#resync.baseMs)
      return this.#queue.enqueue(uid, jitter({ baseMs: leftMs, factor: workerClocks.resyncJitter }, random), false)
    }
    const pause = isNetwork ? workerClocks.networkNotReady : workerClocks.backOff
    return this.#queue.enqueue(uid, jitter(pause, random), false)
  }
}

/**
 * Source: pod_workers.go, calculateEffectiveGracePeriod. In v1.26 0 counts as not set (v1.26/README.md row 14); later it is
 * made 1, of which the runtime's least time makes 2 (v1.36/README.md row 25).
 */
function effectiveGrace(pod: Pod, before: number | undefined, zeroCounts: boolean): number | undefined {
  let grace = before ?? 0
  const asked = pod.metadata.deletionGracePeriodSeconds
  if (asked !== undefined && (grace === 0 || asked < grace)) {
    if (asked === 0 && zeroCounts) return 1
    grace = asked
  }
  return grace === 0 ? pod.spec.terminationGracePeriodSeconds : grace
}
