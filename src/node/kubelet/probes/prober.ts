import type { Observable, Unsubscribable } from 'rxjs'
import { isSidecar } from '../../../api/pod-references.ts'
import type { Container, Pod, Probe } from '../../../api/types/core.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { process } from '../../../kernel/process.ts'
import type { RandomStreams } from '../../../kernel/random.ts'
import { Scope } from '../../../kernel/scope.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap, SparseSet } from '../../../kernel/sparse.ts'
import { type Steps, sleep } from '../../../kernel/steps.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import type { Pleg } from '../loop/pleg.ts'
import { runningContainer } from '../pods/runtime-status.ts'
import { type ProbeResult, runProbe } from './run-probe.ts'

export type ProbeType = 'liveness' | 'readiness' | 'startup'
type Verdict = 'success' | 'failure'

type ProbeOutcome = Exclude<ProbeResult, { readonly error: string }>

/** Source: prober_manager.go, kubeletRestartGracePeriod. */
const restartGraceMs = 10 * second

/** What the runtime answers to who asks for a command and no longer waits for it. */
const cancelled = { error: 'rpc error: code = Canceled desc = context canceled' } as const

/** What of a kubelet probes have to do with. */
export interface ProberParts {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly random: RandomStreams
  readonly nodeName: string
  readonly hostIp: string
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly pleg: Pick<Pleg, 'get'>
}

/** What probes found out that others act on. */
export type ProbeNews =
  | {
      readonly kind: 'readiness' | 'startup'
      readonly podUid: string
      readonly containerId: string
      readonly isSuccess: boolean
    }
  /** A liveness or startup probe wants a container dead: its Pod is synced at once. */
  | { readonly kind: 'failure'; readonly podUid: string }

interface Worker {
  readonly pod: Pod
  readonly container: Container
  readonly type: ProbeType
  readonly probe: Probe
  /** Its probing, one probe after the other. */
  run: Unsubscribable | undefined
  /** When its ticker ticks next; undefined while it has none. */
  tickAt: VirtualMs | undefined
  /** It waits for that. */
  isWaiting: boolean
  /** It is to run out of turn. */
  isAsked: boolean
  containerId: string | undefined
  last: Verdict | undefined
  /** How often in a row the last verdict was given. */
  streak: number
  isOnHold: boolean
}

/**
 * Probes the containers of the node's Pods, each at its own period, and keeps the verdicts. Source: pkg/kubelet/prober:
 * worker.go, prober_manager.go, prober.go.
 */
export class Prober {
  readonly #parts: ProberParts
  readonly #workers = new SparseMap<string, Worker[]>()
  readonly #startedAt: VirtualMs
  readonly #scope = new Scope()
  readonly #news = new Source<ProbeNews>()
  readonly #verdicts: Readonly<Record<ProbeType, SparseMap<string, Verdict>>> = {
    liveness: new SparseMap(),
    readiness: new SparseMap(),
    startup: new SparseMap(),
  }

  /** Uids of Pods whose commands are cancelled. */
  readonly #ending = new SparseSet<string>()

  /** `startedAt`: when the kubelet did. */
  constructor(parts: ProberParts, startedAt: VirtualMs) {
    this.#parts = parts
    this.#startedAt = startedAt
  }

  get news(): Observable<ProbeNews> {
    return this.#news
  }

  addPod(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    if (this.#workers.has(uid)) return
    const workers: Worker[] = []
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)])
      for (const type of ['startup', 'readiness', 'liveness'] as const) {
        const probe = container[`${type}Probe`]
        if (probe === undefined) continue
        const worker: Worker = {
          pod,
          container,
          type,
          probe,
          run: undefined,
          tickAt: undefined,
          isWaiting: false,
          isAsked: false,
          containerId: undefined,
          last: undefined,
          streak: 0,
          isOnHold: false,
        }
        workers.push(worker)
        const firstInMs = this.#firstInMs(worker)
        worker.run = this.#scope.start(process(this.#parts.kernel, () => this.#probeOn(worker, firstInMs)))
      }
    if (workers.length > 0) this.#workers.set(uid, workers)
  }

  removePod(uid: string): void {
    for (const { run } of this.#workers.get(uid) ?? []) run?.unsubscribe()
    this.#workers.delete(uid)
    this.#ending.delete(uid)
  }

  stopLivenessAndStartup(uid: string): void {
    const workers = this.#workers.get(uid)
    if (workers === undefined) return
    for (const { type, run } of workers) if (type !== 'readiness') run?.unsubscribe()
    if (this.#parts.facts.cancelsProbesOfEnding) this.#ending.add(uid)
    this.#workers.set(
      uid,
      workers.filter(({ type }) => type === 'readiness'),
    )
  }

  stop(): void {
    this.#scope.end()
    this.#workers.clear()
  }

  /** As `readiness`, for a status: who is not ready may be asked again at once. Source: prober_manager.go, UpdatePodStatus. */
  toldReadiness(pod: Pod, container: string, id: string): { readonly started: boolean; readonly ready: boolean } {
    const uid = pod.metadata.uid ?? ''
    const isKept = this.#isOlderThanKubelet(uid, container)
    if (isKept && hadStarted(pod, container) && !this.#verdicts.startup.has(id))
      this.#verdicts.startup.set(id, 'success')
    const told = this.readiness(uid, container, id)
    if (!told.started || told.ready) return told
    const isNews = !this.#verdicts.readiness.has(id)
    const { asksUnreadyAtOnce } = this.#parts.facts
    if (asksUnreadyAtOnce === 'while unready' || (asksUnreadyAtOnce === 'without verdict' && isNews)) {
      const isMeant = (worker: Worker) => worker.type === 'readiness' && worker.container.name === container
      const worker = this.#workers.get(uid)?.find(isMeant)
      if (worker !== undefined) this.#ask(worker)
    }
    return isKept && isNews ? { started: true, ready: wasReady(pod) } : told
  }

  /** What had started before the kubelet did stays as it was told until a probe says otherwise. Source: setReadyStateOnKubeletRestart. */
  #isOlderThanKubelet(uid: string, name: string): boolean {
    const { facts, pleg } = this.#parts
    if (!facts.keepsReadyOverRestart) return false
    const container = runningContainer(pleg.get(uid), name)
    return container !== undefined && container.startedAt < this.#startedAt - restartGraceMs
  }

  /** Whether a running container counts as started and ready. Source: prober_manager.go, UpdatePodStatus. */
  readiness(uid: string, container: string, id: string): { readonly started: boolean; readonly ready: boolean } {
    const started = this.#isSuccess(uid, container, id, 'startup')
    return { started, ready: started && this.#isSuccess(uid, container, id, 'readiness') }
  }

  /** Which probe wants the container dead. */
  failedProbe(id: string): 'liveness' | 'startup' | undefined {
    if (this.#verdicts.liveness.get(id) === 'failure') return 'liveness'
    return this.#verdicts.startup.get(id) === 'failure' ? 'startup' : undefined
  }

  #isSuccess(uid: string, container: string, id: string, type: ProbeType): boolean {
    const verdict = this.#verdicts[type].get(id)
    if (verdict !== undefined) return verdict === 'success'
    // A probe that has not run yet holds the container back.
    return !(this.#workers.get(uid) ?? []).some((worker) => worker.type === type && worker.container.name === container)
  }

  /** Probes of a restarted kubelet are spread over their period. Source: worker.go, run. */
  #firstInMs({ pod, container, type, probe }: Worker): VirtualMs {
    const { kernel, random, nodeName, facts } = this.#parts
    const periodMs = periodOf(probe)
    if (facts.probesBeginAtOnce && periodMs <= kernel.now() - this.#startedAt) return 0
    const stream = random.stream(`${nodeName}/kubelet/probe/${pod.metadata.uid ?? ''}/${container.name}/${type}`)
    return Math.floor(stream.next() * periodMs)
  }

  /** It runs once the status that asks for it is known. Who is about to run, or runs, does so once more. Source: worker.go, manualTriggerCh. */
  #ask(worker: Worker): void {
    if (!worker.isWaiting) {
      worker.isAsked = true
      return
    }
    worker.isWaiting = false
    worker.run?.unsubscribe()
    worker.run = this.#scope.start(process(this.#parts.kernel, () => this.#probeOn(worker, 0)))
  }

  /** A probe that outlasts its period is followed by the next at once: the ticker keeps one tick. Source: worker.go, run. */
  *#probeOn(worker: Worker, firstInMs: VirtualMs): Steps<never> {
    const { kernel, facts } = this.#parts
    const periodMs = periodOf(worker.probe)
    yield* sleep(firstInMs)
    if (worker.tickAt === undefined || facts.countsPeriodsFromAsking) worker.tickAt = kernel.now() + periodMs
    for (;;) {
      const id = this.#containerToProbe(worker)
      const result = id === undefined ? undefined : yield* this.#runProbe(worker, id)
      if (result !== undefined) this.#judge(worker, result)
      const isAsked: boolean = worker.isAsked
      worker.isAsked = false
      worker.isWaiting = !isAsked
      yield* sleep(isAsked ? 0 : Math.max(0, worker.tickAt - kernel.now()))
      worker.isWaiting = false
      if (isAsked && facts.countsPeriodsFromAsking) worker.tickAt = kernel.now() + periodMs
      else if (!isAsked) while (worker.tickAt <= kernel.now()) worker.tickAt += periodMs
    }
  }

  /** The container to be probed at this tick, if there is one. Source: worker.go, doProbe. */
  #containerToProbe(worker: Worker): string | undefined {
    const { kernel, pleg } = this.#parts
    const uid = worker.pod.metadata.uid ?? ''
    const container = runningContainer(pleg.get(uid), worker.container.name)
    if (container === undefined) {
      if (worker.containerId !== undefined) this.#settle(worker, 'failure', false)
      return undefined
    }
    if (worker.containerId !== container.id) {
      if (worker.containerId !== undefined) this.#verdicts[worker.type].delete(worker.containerId)
      worker.containerId = container.id
      worker.isOnHold = false
      worker.last = undefined
      worker.streak = 0
      // Startup has no verdict before its first result; liveness begins well, readiness badly.
      const isFresh = worker.type !== 'startup' && !this.#isOlderThanKubelet(uid, worker.container.name)
      if (isFresh) this.#settle(worker, worker.type === 'liveness' ? 'success' : 'failure', false)
    }
    const ageSeconds = Math.floor((kernel.now() - container.startedAt) / second)
    const hasStarted = this.#isSuccess(uid, worker.container.name, container.id, 'startup')
    const isEarly = worker.isOnHold || ageSeconds < (worker.probe.initialDelaySeconds ?? 0)
    return isEarly || hasStarted === (worker.type === 'startup') ? undefined : container.id
  }

  /** `undefined`: it could not be run, which is told and counts for nothing. */
  *#runProbe({ pod, container, type, probe }: Worker, id: string): Steps<ProbeOutcome | undefined> {
    const parts = this.#parts
    const isCancelled = type === 'readiness' && probe.exec !== undefined && this.#ending.has(pod.metadata.uid ?? '')
    const result: ProbeResult = isCancelled ? cancelled : yield* runProbe(parts, { pod, container, id }, probe)
    if (!('error' in result)) return result
    this.#unhealthy({ pod, container, type }, parts.facts.probeErrorText, result.error)
    return undefined
  }

  #judge(worker: Worker, result: ProbeOutcome): void {
    const verdict: Verdict = result.ok ? 'success' : 'failure'
    if (!result.ok) this.#unhealthy(worker, 'failed', result.output)
    worker.streak = worker.last === verdict ? worker.streak + 1 : 1
    worker.last = verdict
    const { failureThreshold = 3, successThreshold = 1 } = worker.probe
    if (worker.streak < (verdict === 'failure' ? failureThreshold : successThreshold)) return
    this.#settle(worker, verdict, true)
    if (verdict === 'failure' && worker.type !== 'readiness') {
      worker.isOnHold = true
      worker.streak = 0
    }
  }

  #unhealthy(
    { pod, container, type }: Pick<Worker, 'pod' | 'container' | 'type'>,
    what: 'failed' | KubeletFacts['probeErrorText'],
    output: string,
  ): void {
    const name = type.charAt(0).toUpperCase() + type.slice(1)
    this.#parts.events.container(pod, container, 'Warning', 'Unhealthy', `${name} probe ${what}: ${output}`)
  }

  #settle(worker: Worker, verdict: Verdict, tells: boolean): void {
    const id = worker.containerId ?? ''
    const verdicts = this.#verdicts[worker.type]
    if (verdicts.get(id) === verdict) return
    verdicts.set(id, verdict)
    const uid = worker.pod.metadata.uid ?? ''
    const isSuccess = verdict === 'success'
    const { type } = worker
    if (type !== 'liveness') this.#news.next({ kind: type, podUid: uid, containerId: id, isSuccess })
    // What a startup probe has found out has its Pod synced, whatever it is.
    const isWanted = type === 'liveness' || (type === 'startup' && !this.#parts.facts.probeResultsSync)
    if (tells && !isSuccess && isWanted) this.#news.next({ kind: 'failure', podUid: uid })
  }
}

function hadStarted({ status }: Pod, name: string): boolean {
  const told = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  return told.some((container) => container.name === name && container.started === true)
}

function wasReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false
}

function periodOf(probe: Probe): VirtualMs {
  return (probe.periodSeconds ?? 10) * second
}
